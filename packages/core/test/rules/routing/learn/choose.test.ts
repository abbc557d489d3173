import { describe, expect, test } from "vitest";
import { chooseOrder, emptyState, learn, type LearnState, weightsView } from "../../../../src/rules/routing/learn/index.ts";
import { seeded } from "../../../../../../bench/routing/random.ts";
import { inputOf, one, outcomeOf, start, taught, two } from "./support.ts";

const good = taught(taught(emptyState, "one/m", 40, { score: 0.9 }), "two/m", 40, { score: 0.4 });

/** How often each target comes first in a hundred choices. */
function firsts(state: LearnState, rest: Parameters<typeof inputOf>[1] = {}): Record<string, number> {
	const random = seeded(5, 6, 7);
	const counts: Record<string, number> = {};
	for (let index = 0; index < 100; index++) {
		const [first = ""] = chooseOrder(inputOf(state, { now: start + 41_000, ...rest, random })).order;
		counts[first] = (counts[first] ?? 0) + 1;
	}
	return counts;
}

describe("chooseOrder", () => {
	test("takes the cheaper and faster where nothing else is known", () => {
		const cheap = { label: "cheap/m", expected: { latencyMs: 500, costMicroUsd: 100 } };
		const { order, explanation } = chooseOrder(inputOf(emptyState, { targets: [one, cheap] }));
		expect(order).toEqual(["cheap/m", "one/m"]);
		expect(explanation).toMatchObject({ target: "cheap/m", reason: "exploit" });
		expect(explanation.scores.map(({ target }) => target)).toEqual(["one/m", "cheap/m"]);
	});

	test("is the same for the same seed", () => {
		expect(chooseOrder(inputOf(good))).toEqual(chooseOrder(inputOf(good)));
	});

	test("takes what was praised, in each context its own", () => {
		expect(firsts(good)["one/m"]).toBeGreaterThan(90);
		let state = good;
		for (const [target, score] of [["one/m", 0.1], ["two/m", 0.9]] as const) state = taught(state, target, 40, { context: "lctjk", score });
		expect(firsts(state)["one/m"]).toBeGreaterThan(90);
		expect(firsts(state, { context: "lctjk" })["two/m"]).toBeGreaterThan(90);
	});

	test("has no other choice than the only one", () => {
		const { order, explanation } = chooseOrder(inputOf(good, { targets: [two] }));
		expect([order, explanation.reason]).toEqual([["two/m"], "explicit"]);
	});

	test("stays with a session's target unless another is better by more than leaving costs", () => {
		const near = taught(taught(emptyState, "one/m", 40, { score: 0.62 }), "two/m", 40, { score: 0.58 });
		expect(chooseOrder(inputOf(near, { session: { last: "two/m", switchingCost: 0.1 } }))).toMatchObject({ order: ["two/m", "one/m"], explanation: { reason: "sticky" } });
		expect(firsts(near, { session: { last: "two/m", switchingCost: 0.1 } })).toEqual({ "two/m": 100 });
		expect(firsts(good, { session: { last: "two/m", switchingCost: 0.1 } })).toEqual({ "one/m": 100 });
		expect(chooseOrder(inputOf(good, { session: { last: "gone/m", switchingCost: 1 } })).explanation.reason).not.toBe("sticky");
	});

	test("believes an operator's score, and says that it made the difference", () => {
		const scored = chooseOrder(inputOf(emptyState, { targets: [one, { ...two, score: 0.95 }] }));
		expect(scored.explanation).toMatchObject({ target: "two/m", reason: "override" });
		const agreed = chooseOrder(inputOf(good, { targets: [{ ...one, score: 0.9 }, two] }));
		expect(agreed.explanation).toMatchObject({ target: "one/m", reason: "exploit" });
	});

	test("leaves a target that fails after two failures, looks after it, and comes back", () => {
		let state = good;
		for (let failure = 0; failure < 2; failure++) state = learn(state, outcomeOf("one/m", { ok: false, latencyMs: undefined }), start + 41_000 + failure);
		const looks = firsts(state)["one/m"] ?? 0;
		expect(looks).toBeLessThan(15);
		state = learn(state, outcomeOf("one/m"), start + 42_000);
		state = learn(state, outcomeOf("one/m"), start + 43_000);
		expect(firsts(state)["one/m"]).toBeGreaterThan(80);
	});

	test("leaves a target that has become slow or dear", () => {
		const near = taught(taught(emptyState, "one/m", 40, { score: 0.62 }), "two/m", 40, { score: 0.58 });
		for (const changed of [{ latencyMs: 5000 }, { costMicroUsd: 5000 }]) {
			const state = taught(near, "one/m", 5, changed, start + 41_000);
			expect(chooseOrder(inputOf(state, { now: start + 46_000, session: { last: "two/m", switchingCost: 0 } })).order[0]).toBe("two/m");
			expect(firsts(state, { now: start + 46_000 })["one/m"] ?? 0).toBeLessThan(20);
		}
	});

	test("explores within its bound", () => {
		let state = emptyState;
		let exploratory = 0;
		const random = seeded(3, 3, 3);
		for (let index = 0; index < 600; index++) {
			const now = start + index * 1000;
			const { order, explanation } = chooseOrder(inputOf(state, { now, random, targets: [one, two, { ...one, label: "three/m" }] }));
			const target = order[0] ?? "";
			exploratory += explanation.reason === "explore" ? 1 : 0;
			state = learn(state, outcomeOf(target, { exploratory: explanation.reason === "explore" }), now);
			// Words that contradict each other keep all of them in play.
			state = learn(state, { kind: "feedback", target, context: "s----", score: index % 2 }, now);
		}
		expect(exploratory).toBeGreaterThan(0);
		expect(exploratory).toBeLessThanOrEqual(41 + 0.1 * 600);
	});

	test("takes what has no price for as dear as the dearest", () => {
		const dear = { label: "dear/m", expected: { latencyMs: 1000, costMicroUsd: 9000 } };
		const unknown = { label: "unknown/m", expected: { latencyMs: 1000 } };
		const { scores } = chooseOrder(inputOf(emptyState, { targets: [one, dear, unknown], weights: { quality: 0, latency: 0, cost: 1 } })).explanation;
		expect(scores[2]?.mean).toBeCloseTo(scores[1]?.mean ?? 0, 6);
	});
});

test("late words count less than new ones, and count for the choice's time", () => {
	const day = 86_400_000;
	const known = learn(emptyState, outcomeOf("one/m"), start);
	const late = learn(known, { kind: "feedback", target: "one/m", context: "s----", score: 1 }, start - 14 * day);
	expect(late.targets["one/m"]?.cells["s----"]?.quality[0]).toBeCloseTo(0.5, 6);
});

test("weightsView tells calls, means and what is believed of quality", () => {
	const models = [
		{ provider: "one", model: "m", labels: ["one/m", "one#2/m"] },
		{ provider: "two", model: "m", labels: ["two/m"], score: 0.85 },
		{ provider: "new", model: "m", labels: ["new/m"] },
		{ provider: "put", model: "m", labels: ["put/m"], score: 0.2 },
	];
	const [first, second, third, fourth] = weightsView([good], models, start + 41_000);
	expect(first).toMatchObject({ provider: "one", model: "m", totalCalls: 40, avgLatencyMs: 1000, avgTokensOut: 100 });
	expect(first?.score).toBeGreaterThan(0.8);
	// An operator's word is worth fifty of the callers'.
	expect(second?.score).toBeCloseTo((50 * 0.85 + 40 * 0.4) / 90, 2);
	expect(third).toMatchObject({ totalCalls: 0, avgLatencyMs: 0, avgTokensOut: 0 });
	expect(fourth?.score).toBeCloseTo(0.2, 9);
	const twice = weightsView([good, good], models, start + 41_000)[0];
	expect(twice?.totalCalls).toBe(80);
});
