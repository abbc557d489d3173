import { describe, expect, it } from "vitest";
import { emptyState, learn, type LearnState } from "../../../src/rules/routing/learn/index.ts";
import type { LearnedConditions } from "../../../src/rules/routing/learned-order.ts";
import { type Conditions, orderTargets, type TargetCondition } from "../../../src/rules/routing/order.ts";
import type { Candidate } from "../../../src/rules/routing/plan.ts";
import { bindingOf } from "../../../src/rules/routing/reasoning-binding.ts";
import { target } from "./target.ts";

const now = 1_000_000;
const context = "s-----";
const abc = [target("a/m"), target("b/m", { place: 1 }), target("c/m", { place: 2 })];

/** Everybody answers alike, and what is said of the answers is known well. */
function taught(scores: Readonly<Record<string, number>>, rounds = 60): LearnState {
	let state = emptyState;
	for (let round = 0; round < rounds; round++) {
		for (const [label, score] of Object.entries(scores)) {
			state = learn(state, { kind: "choice", target: label, context, ok: true, latencyMs: 1000, costMicroUsd: 100, expected: { costMicroUsd: 100 }, exploratory: false }, now - 1000 + round);
			state = learn(state, { kind: "feedback", target: label, context, score }, now - 1000 + round);
		}
	}
	return state;
}

interface Scene {
	readonly state?: LearnState;
	readonly affinity?: Conditions["affinity"];
	readonly isSticky?: boolean;
	readonly conditions?: Readonly<Record<string, Partial<TargetCondition>>>;
	readonly learned?: Partial<LearnedConditions>;
	readonly random?: () => number;
	readonly targets?: readonly Candidate[];
}

function plan({ state = emptyState, affinity = {}, isSticky = true, conditions = {}, learned = {}, random = () => 0.5, targets = abc }: Scene) {
	const ordered = orderTargets(
		{ requested: "r", route: "r", strategy: "learned", isSticky, targets: targets as [Candidate, ...Candidate[]] },
		{
			condition: (each) => ({ score: 100, latencyMs: 0, ...conditions[each.label] }),
			cost: () => undefined,
			random, affinity, now,
			learned: { state, context, expected: () => ({ costMicroUsd: 100 }), score: () => undefined, switchingCost: () => 0, ...learned },
		},
	);
	if (!ordered.ok) throw new Error(ordered.problem.message);
	return { ...ordered.value, labels: ordered.value.targets.map(({ label }) => label) };
}

describe("the order of a route that learns", () => {
	const state = taught({ "a/m": 0.5, "b/m": 0.9, "c/m": 0.1 });

	it("is that of what is expected, and says what was", () => {
		const { labels, decision } = plan({ state });
		expect(labels).toEqual(["b/m", "a/m", "c/m"]);
		expect(decision).toMatchObject({ strategy: "learned", reason: "exploit", context });
		expect(decision.scores?.map(({ target: label }) => label)).toEqual(["a/m", "b/m", "c/m"]);
		for (const { mean, sampled, n } of decision.scores ?? []) for (const value of [mean, sampled, n]) expect(String(value).length).toBeLessThanOrEqual(7);
	});

	it("begins with prices where nothing was learnt", () => {
		const prices: Record<string, number> = { "a/m": 900, "b/m": 300, "c/m": 3 };
		// In the middle of what may be drawn.
		const { labels } = plan({ learned: { expected: (each) => ({ costMicroUsd: prices[each.label] ?? 0 }) } });
		expect(labels[0]).toBe("c/m");
	});

	it.each<[string, Scene, string[], string]>([
		["what rests is left out", { state, conditions: { "b/m": { readyAt: now + 1 } } }, ["a/m", "c/m"], "exploit"],
		["only one is ready", { state, conditions: { "b/m": { readyAt: now + 1 }, "c/m": { readyAt: now + 1 } } }, ["a/m"], "only"],
		["a session stays for what leaving costs", { state, affinity: { last: "a/m" }, learned: { switchingCost: () => 0.5 } }, ["a/m", "b/m", "c/m"], "session"],
		["a session leaves for what is much better", { state, affinity: { last: "c/m" } }, ["b/m", "a/m", "c/m"], "exploit"],
		["a session does not stay where the route is not sticky", { state, isSticky: false, affinity: { last: "a/m" }, learned: { switchingCost: () => 0.5 } }, ["b/m", "a/m", "c/m"], "exploit"],
		["a session's target that rests is left", { state, affinity: { last: "c/m" }, conditions: { "c/m": { readyAt: now + 1 } } }, ["b/m", "a/m"], "exploit"],
		["what made the reasoning comes first, the others by what is expected", { state, affinity: { boundTo: bindingOf(target("c/m")) } }, ["c/m", "b/m", "a/m"], "reasoning"],
		["an operator's word counts", { learned: { score: ({ providerName }) => (providerName === "c" ? 1 : 0) } }, ["c/m", "a/m", "b/m"], "override"],
	])("%s", (_, scene, labels, reason) => {
		const found = plan(scene);
		expect(found.labels).toEqual(labels);
		expect(found.decision.reason).toBe(reason);
	});

	it("names the target that comes first to be learnt of, and what was expected of each", () => {
		let seed = 1;
		const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
		const little = taught({ "a/m": 0.7 }, 20);
		const plans = Array.from({ length: 400 }, () => plan({ state: little, random }));
		const explored = plans.filter(({ decision }) => decision.reason === "explore");
		expect(explored.length).toBeGreaterThan(0);
		for (const { labels, lesson } of explored) expect(lesson?.explored).toBe(labels[0]);
		for (const { lesson, decision } of plans) {
			expect(lesson?.expected.get("c/m")).toEqual({ costMicroUsd: 100 });
			if (decision.reason !== "explore") expect(lesson?.explored).toBeUndefined();
		}
	});

	it("draws alike for what belongs together, whatever chance says", () => {
		const first = (key: string, chance: number) => plan({ affinity: { key }, random: () => chance }).labels[0];
		const keys = Array.from({ length: 100 }, (_, index) => `ses_${index}`);
		for (const key of keys) expect(first(key, 0.9)).toBe(first(key, 0.1));
		expect(new Set(keys.map((key) => first(key, 0.5))).size).toBeGreaterThan(1);
	});
});
