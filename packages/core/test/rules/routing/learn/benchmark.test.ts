import { expect, test } from "vitest";
import { epsilonGreedy, learned, type PolicyMaker, random } from "../../../../../../bench/routing/policies.ts";
import { recovery, simulate, total } from "../../../../../../bench/routing/simulation.ts";
import type { ScenarioName } from "../../../../../../bench/routing/world.ts";
import { defaultWeights } from "../../../../src/rules/routing/learn/index.ts";

const seeds = [1, 2, 3, 4];
const regretOf = (scenario: ScenarioName, maker: PolicyMaker) =>
	seeds.reduce((sum, seed) => sum + total(simulate(scenario, seed, maker, defaultWeights).regret), 0) / seeds.length;

/** The benchmark in small. The bounds are its figures on these seeds with some room: `docs/learned-routing.md`. */
test.each([
	["outage", 0.2],
	["drifting latency", 0.4],
	["contexts", 0.45],
] as const)("learning loses little of what epsilon-greedy loses: %s", (scenario, most) => {
	const ours = regretOf(scenario, learned());
	expect(ours).toBeLessThan(most * regretOf(scenario, epsilonGreedy(0.01, false)));
	expect(ours).toBeLessThan(0.25 * regretOf(scenario, random));
});

test("learning recovers from an outage within 50 requests, in most worlds", () => {
	const times = seeds.map((seed) => recovery(simulate("outage", seed, learned(), defaultWeights), 1) ?? Number.POSITIVE_INFINITY);
	expect(times.filter((time) => time <= 50).length).toBeGreaterThanOrEqual(3);
});
