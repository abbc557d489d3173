import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Strategy } from "../../../src/contract/route.ts";
import { type Conditions, orderTargets, type TargetCondition } from "../../../src/rules/routing/order.ts";
import type { Candidate } from "../../../src/rules/routing/plan.ts";
import { bindingOf } from "../../../src/rules/routing/reasoning-binding.ts";
import { target } from "./target.ts";

interface Scene {
	readonly targets: readonly Candidate[];
	readonly strategy?: Strategy;
	readonly isSticky?: boolean;
	readonly conditions?: Readonly<Record<string, Partial<TargetCondition>>>;
	readonly costs?: Readonly<Record<string, number>>;
	readonly affinity?: Conditions["affinity"];
	readonly random?: () => number;
}

function order({ targets, strategy = "priority", isSticky = false, conditions = {}, costs = {}, affinity = {}, random = () => 0.5 }: Scene) {
	return orderTargets(
		{ requested: "r", route: "r", strategy, isSticky, targets: targets as [Candidate, ...Candidate[]] },
		{
			condition: (each) => ({ score: 100, latencyMs: 0, ...conditions[each.label] }),
			cost: (each) => costs[each.label],
			random, affinity, now: 1_000_000,
		},
	);
}
function labels(scene: Scene): string[] {
	const plan = order(scene);
	return plan.ok ? plan.value.targets.map(({ label }) => label) : [plan.problem.code];
}
const abc = [target("a/m", { place: 0 }), target("b/m", { place: 1 }), target("c/m", { place: 2 })];

describe("the order of a route's targets", () => {
	it.each<[string, Omit<Scene, "targets">, string[]]>([
		["priority: as written", {}, ["a/m", "b/m", "c/m"]],
		["cheapest: by cost, unknown prices last and as written", { strategy: "cheapest", costs: { "c/m": 5 } }, ["c/m", "a/m", "b/m"]],
		["cheapest: equal costs as written", { strategy: "cheapest", costs: { "a/m": 9, "b/m": 2, "c/m": 2 } }, ["b/m", "c/m", "a/m"]],
		["fastest: by latency", { strategy: "fastest", conditions: { "a/m": { latencyMs: 300 }, "b/m": { latencyMs: 100 }, "c/m": { latencyMs: 200 } } }, ["b/m", "c/m", "a/m"]],
		["fastest: what was never measured first", { strategy: "fastest", conditions: { "a/m": { latencyMs: 300 }, "b/m": { latencyMs: 100 } } }, ["c/m", "b/m", "a/m"]],
		["fastest: failures count as slowness", { strategy: "fastest", conditions: { "a/m": { latencyMs: 100, score: 20 }, "b/m": { latencyMs: 200 }, "c/m": { latencyMs: 600 } } }, ["b/m", "a/m", "c/m"]],
		["what rests is left out", { conditions: { "a/m": { readyAt: 1_000_500 } } }, ["b/m", "c/m"]],
		["a session's last target first", { isSticky: true, affinity: { last: "c/m" } }, ["c/m", "a/m", "b/m"]],
		["not where the route is not sticky", { affinity: { last: "c/m" } }, ["a/m", "b/m", "c/m"]],
		["not where it rests", { isSticky: true, affinity: { last: "c/m" }, conditions: { "c/m": { readyAt: 1_000_001 } } }, ["a/m", "b/m"]],
		["what made the reasoning before the session's last target", { isSticky: true, affinity: { last: "c/m", boundTo: bindingOf(target("b/m")) } }, ["b/m", "c/m", "a/m"]],
		["what made the reasoning also where the route is not sticky", { affinity: { boundTo: bindingOf(target("c/m")) } }, ["c/m", "a/m", "b/m"]],
	])("%s", (_, scene, expected) => expect(labels({ targets: abc, ...scene })).toEqual(expected));

	it("keeps the credentials of a model together and takes the healthier more often", () => {
		const targets = [target("a/m"), target("a#2/m"), target("b/m", { place: 1 })];
		let draws = 0;
		const first = (random: () => number) => labels({ targets, random, conditions: { "a/m": { score: 1 } } })[0];
		const counts = { "a/m": 0, "a#2/m": 0 };
		for (let round = 0; round < 1000; round++) {
			const label = first(() => ((draws += 0.6180339887) * 7919) % 1);
			if (label === "a/m" || label === "a#2/m") counts[label]++;
		}
		expect(counts["a/m"] + counts["a#2/m"]).toBe(1000);
		expect(counts["a/m"]).toBeLessThan(60);
	});

	it("draws by weight", () => {
		const targets = [target("a/m", { weight: 3 }), target("b/m", { weight: 1, place: 1 })];
		let seed = 7;
		const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
		const firsts = Array.from({ length: 4000 }, () => labels({ targets, strategy: "weighted", random })[0]);
		const share = firsts.filter((label) => label === "a/m").length / firsts.length;
		expect(share).toBeGreaterThan(0.72);
		expect(share).toBeLessThan(0.78);
	});

	it("draws alike for a session's key, whatever chance says, and by weight over many keys", () => {
		const targets = [target("a/m", { weight: 3 }), target("b/m", { weight: 1, place: 1 })];
		const first = (key: string, chance: number) => labels({ targets, strategy: "weighted", isSticky: true, affinity: { key }, random: () => chance })[0];
		const keys = Array.from({ length: 4000 }, (_, index) => `ses_${index}`);
		for (const key of keys.slice(0, 50)) expect(first(key, 0.9)).toBe(first(key, 0.1));
		const share = keys.filter((key) => first(key, 0.5) === "a/m").length / keys.length;
		expect(share).toBeGreaterThan(0.72);
		expect(share).toBeLessThan(0.78);
	});

	it("tells when the first target is ready again where all rest", () => {
		const conditions = { "a/m": { readyAt: 1_090_000, restsBecauseOf: "quota" }, "b/m": { readyAt: 1_002_500, restsBecauseOf: "rate-limited" }, "c/m": { readyAt: 1_005_000 } } as const;
		const plan = order({ targets: abc, conditions });
		expect(plan).toMatchObject({ ok: false, problem: { status: 503, code: "PROVIDER_OVERLOADED", retryAfterMs: 2500 } });
		expect(plan.ok ? "" : plan.problem.message).toBe('Every target of "r" rests after failures (rate-limited). Try again in 3 s');
	});

	it("never has one that rests while another is ready, and loses none that is", () => {
		const scene = fc.record({
			strategy: fc.constantFrom<Strategy>("priority", "weighted", "cheapest", "fastest"),
			isSticky: fc.boolean(),
			rests: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
			latencies: fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 }),
			random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
			last: fc.constantFrom("p0/m", "p3/m", "nobody/m"),
			key: fc.option(fc.string(), { nil: undefined }),
		});
		fc.assert(
			fc.property(scene, ({ rests, latencies, random, last, key, ...rest }) => {
				const targets = rests.map((_, index) => target(`p${index}/m`, { place: index }));
				const conditions = Object.fromEntries(
					rests.map((isResting, index) => [`p${index}/m`, { latencyMs: latencies[index] ?? 0, ...(isResting ? { readyAt: 1_000_001 } : {}) }]),
				);
				const ready = targets.map(({ label }) => label).filter((_, index) => rests[index] === false);
				const found = labels({ ...rest, targets, conditions, random: () => random, affinity: { last, key } });
				expect(found.toSorted()).toEqual(ready.length === 0 ? ["PROVIDER_OVERLOADED"] : ready);
			}),
		);
	});
});
