import fc from "fast-check";
import { expect, test } from "vitest";
import { whatIsCorrected } from "../../../../src/rules/routing/learn/correction.ts";
import { emptyState, learn, mergeStates, weightsView } from "../../../../src/rules/routing/learn/index.ts";
import { outcomeOf, start, taught } from "./support.ts";

const score = fc.double({ min: 0, max: 1, noNaN: true });

test("after a correction only the last word counts, once, whatever was learnt meanwhile", () => {
	fc.assert(
		fc.property(fc.array(score, { minLength: 1, maxLength: 5 }), fc.nat(86_400_000), (words, later) => {
			const known = taught(emptyState, "one/m", 3, { score: 0.6 });
			const feedback = { kind: "feedback", target: "one/m", context: "s----" } as const;
			const [first = 0, ...others] = words;
			let corrected = learn(known, { ...feedback, score: first }, start);
			corrected = learn(corrected, outcomeOf("one/m"), start + later);
			let before = first;
			for (const word of others) {
				corrected = mergeStates(corrected, whatIsCorrected({ ...feedback, score: word }, before, start));
				before = word;
			}
			const once = learn(learn(known, { ...feedback, score: before }, start), outcomeOf("one/m"), start + later);
			const [one, two] = [corrected, once].map((state) => state.targets["one/m"]?.cells["s----"]?.quality ?? []);
			for (const [at, moment] of (one ?? []).entries()) expect(moment).toBeCloseTo(two?.[at] ?? Number.NaN, 9);
			const models = [{ provider: "one", model: "m", labels: ["one/m"] }];
			expect(weightsView([corrected], models, start + later)[0]?.score).toBeCloseTo(weightsView([once], models, start + later)[0]?.score ?? Number.NaN, 9);
		}),
	);
});

test("what is corrected is no outcome", () => {
	const { targets, choices } = whatIsCorrected({ target: "one/m", context: "s----", score: 1 }, 0, start);
	expect(choices).toEqual(emptyState.choices);
	expect(targets["one/m"]?.totals.calls).toBe(0);
	expect(targets["one/m"]?.recent).toEqual([]);
});
