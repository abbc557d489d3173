import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyState, learn, type LearnState, mergeStates, type Outcome, whatIsLearnt } from "../../../../src/rules/routing/learn/index.ts";
import { start } from "./support.ts";

const outcome = fc.record({
	at: fc.integer({ min: start, max: start + 3_600_000 }),
	outcome: fc.oneof(
		fc.record({
			kind: fc.constant("choice" as const),
			target: fc.constantFrom("a/m", "b/m", "constructor"),
			context: fc.constantFrom("s----", "mc---"),
			ok: fc.boolean(),
			latencyMs: fc.integer({ min: 1, max: 60_000 }),
			costMicroUsd: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
			tokensOut: fc.integer({ min: 0, max: 5000 }),
			expected: fc.constant({ latencyMs: 1000, costMicroUsd: 500 }),
			exploratory: fc.boolean(),
		}),
		fc.record({
			kind: fc.constant("feedback" as const),
			target: fc.constantFrom("a/m", "b/m"),
			context: fc.constantFrom("s----", "mc---"),
			score: fc.double({ min: 0, max: 1, noNaN: true }),
		}),
	),
});
type Learnt = { readonly at: number; readonly outcome: Outcome };

const deltasOf = (outcomes: readonly Learnt[]) => outcomes.map(({ outcome: each, at }) => whatIsLearnt(emptyState, each, at));
const sumOf = (states: readonly LearnState[]) => states.reduce((sum, state) => mergeStates(sum, state), emptyState);

/** Up to rounding. */
function expectSame(one: unknown, other: unknown, path = "state"): void {
	if (typeof one === "number" && typeof other === "number") expect(Math.abs(one - other), path).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(one)));
	else if (typeof one === "object" && one !== null && typeof other === "object" && other !== null) {
		expect(Object.keys(one).toSorted(), path).toEqual(Object.keys(other).toSorted());
		for (const key of Object.keys(one)) expectSame(Reflect.get(one, key), Reflect.get(other, key), `${path}.${key}`);
	} else expect(one, path).toBe(other);
}

describe("states", () => {
	test("add up to the same in any order and grouping", () => {
		fc.assert(
			fc.property(fc.array(outcome, { maxLength: 30 }).chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.nat())), ([all, shuffled, cut]) => {
				const middle = shuffled.length === 0 ? 0 : cut % shuffled.length;
				const grouped = mergeStates(sumOf(deltasOf(shuffled.slice(middle))), sumOf(deltasOf(shuffled.slice(0, middle))));
				expectSame(grouped, sumOf(deltasOf(all)));
			}),
			{ numRuns: 60 },
		);
	});

	test("have nothing learnt as their neutral element, and survive JSON", () => {
		fc.assert(
			fc.property(fc.array(outcome, { maxLength: 20 }), (all) => {
				const state = sumOf(deltasOf(all));
				expectSame(mergeStates(state, emptyState), state);
				expectSame(mergeStates(emptyState, state), state);
				expectSame(JSON.parse(JSON.stringify(state)), state);
			}),
			{ numRuns: 40 },
		);
	});

	test("of two instances that share a store converge", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean(), outcome), { maxLength: 40 }), (steps) => {
				let stored = emptyState;
				const instances = [0, 1].map(() => ({ known: emptyState, pending: emptyState }));
				const write = (instance: (typeof instances)[number]) => {
					stored = mergeStates(stored, instance.pending);
					[instance.known, instance.pending] = [stored, emptyState];
				};
				for (const [isSecond, writes, { outcome: each, at }] of steps) {
					const instance = instances[isSecond ? 1 : 0];
					if (instance === undefined) continue;
					const delta = whatIsLearnt(instance.known, each, at);
					instance.known = mergeStates(instance.known, delta);
					instance.pending = mergeStates(instance.pending, delta);
					if (writes) write(instance);
				}
				for (const instance of [...instances, ...instances]) write(instance);
				expectSame(instances[0]?.known, instances[1]?.known);
				const calls = Object.values(stored.targets).reduce((sum, { totals }) => sum + totals.calls, 0);
				expect(calls).toBe(steps.filter(([, , { outcome: each }]) => each.kind === "choice").length);
			}),
			{ numRuns: 40 },
		);
	});

	test("keep a bounded number of the newest outcomes, and fade with time", () => {
		let state = emptyState;
		const expected = { latencyMs: 1000 };
		for (let at = 0; at < 100; at++) state = learn(state, { kind: "choice", target: "a/m", context: "s----", ok: true, latencyMs: 1000 + at, expected, exploratory: false }, start + at);
		const recent = state.targets["a/m"]?.recent ?? [];
		expect(recent.map(([at]) => at - start)).toEqual(Array.from({ length: 12 }, (_, index) => 88 + index));
		const later = learn(state, { kind: "feedback", target: "a/m", context: "s----", score: 1 }, start + 2 * 3_600_000);
		expect(later.targets["a/m"]?.cells["s----"]?.latency[0]).toBeCloseTo(50, 1);
	});
});
