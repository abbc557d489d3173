import { describe, expect, it } from "vitest";
import { routeProblems } from "../../../src/rules/routing/route-problems.ts";
import { routeOf } from "../../../src/rules/routing/route.ts";

describe("what is wrong with a route", () => {
	it.each<[string, unknown, string[]]>([
		["a list", ["a/m", "b/n"], []],
		["a list of objects", ["a/m", { target: "b/n" }], []],
		["weights", { targets: ["a/m", { target: "b/n", weight: 0.5 }], strategy: "weighted" }, []],
		["a list with weights", ["a/m", { target: "b/n", weight: 0.5 }], ["1.weight"]],
		["weights of a route that has no strategy", { targets: [{ target: "a/m", weight: 2 }, "b/n"] }, ["targets.0.weight"]],
		["weights of a route that learns", { targets: [{ target: "a/m", weight: 2 }, "b/n"], strategy: "learned" }, ["targets.0.weight"]],
		["weights of the cheapest", { targets: ["a/m", { target: "b/n", weight: 1 }], strategy: "cheapest" }, ["targets.1.weight"]],
		["a target twice", ["a/m", "b/n", "a/m"], ["2"]],
		["a target three times", { targets: ["a/m", { target: "a/m" }, "a/m"], strategy: "fastest" }, ["targets.1.target", "targets.2"]],
		["no target twice", ["a/m", 7, "a/m"], ["1", "2"]],
		["an object", { targets: ["a/m"], strategy: "fastest", sticky: false }, []],
		["text", "a/m", [""]],
		["null", null, [""]],
		["an empty list", [], [""]],
		["no targets", { strategy: "priority" }, ["targets"]],
		["an empty list of targets", { targets: [] }, ["targets"]],
		["a bare model", ["gpt"], ["0"]],
		["nothing behind the slash", ["a/"], ["0"]],
		["an unknown provider", ["a/m", "zed/m"], ["1"]],
		["an unknown provider in an object", { targets: [{ target: "zed/m" }] }, ["targets.0.target"]],
		["a target without its name", { targets: [{ weight: 1 }], strategy: "weighted" }, ["targets.0.target"]],
		["a number as target", [7], ["0"]],
		["a weight of 0", { targets: [{ target: "a/m", weight: 0 }], strategy: "weighted" }, ["targets.0.weight"]],
		["a weight as text", [{ target: "a/m", weight: "2" }], ["0.weight"]],
		["an unknown strategy", { targets: ["a/m"], strategy: "best" }, ["strategy"]],
		["sticky as text", { targets: ["a/m"], sticky: "yes" }, ["sticky"]],
		["a misspelt field", { targets: ["a/m"], stategy: "fastest" }, ["stategy"]],
		["a route that learns", { targets: ["a/m", "b/n"], strategy: "learned", weights: { quality: 1, cost: 0 } }, []],
		["weights of a route that does not learn", { targets: ["a/m"], weights: { quality: 1 } }, ["weights"]],
		["weights as a list", { targets: ["a/m"], strategy: "learned", weights: [1] }, ["weights"]],
		["a negative weight and an unknown one", { targets: ["a/m"], strategy: "learned", weights: { cost: -1, speed: 1 } }, ["weights.speed", "weights.cost"]],
		["no weight that counts", { targets: ["a/m"], strategy: "learned", weights: { quality: 0, latency: 0, cost: 0 } }, ["weights"]],
		["several things", { targets: ["x"], strategy: 1, sticky: 1 }, ["targets.0", "strategy", "sticky"]],
	])("%s", (_, definition, places) => {
		const problems = routeProblems(definition, ["a", "b"]);
		expect(problems.map(({ path }) => path.join("."))).toEqual(places);
		for (const { what, remedy } of problems) expect(what.length * remedy.length).toBeGreaterThan(0);
	});
});

describe("what to write instead", () => {
	const told = (definition: unknown) => routeProblems(definition, ["a", "b"]).map(({ what, remedy }) => `${what}; ${remedy}`);

	it("of a target twice: one of them", () => {
		expect(told(["a/m", "b/n", "a/m"])).toEqual(['"a/m" is there already; write it once: what fails is tried again by itself']);
	});

	it("of one that was to be drawn more often: one with the sum as its weight", () => {
		const targets = ["a/m", { target: "b/n", weight: 2 }, { target: "a/m", weight: 0.5 }, "a/m", { target: "a/m", weight: -1 }];
		const once = '"a/m" is there already; write it once, with the weight 2.5';
		expect(told({ targets, strategy: "weighted" })).toEqual([once, once, once, expect.stringMatching(/no weight/)]);
	});

	it("of a weight that does nothing: a strategy for which it does", () => {
		expect(told([{ target: "a/m", weight: 2 }])).toEqual([
			'does nothing where the strategy is priority; leave it out, or write {"targets": [...], "strategy": "weighted"}',
		]);
		expect(told({ targets: [{ target: "a/m", weight: 2 }], strategy: "learned" })).toEqual([
			'does nothing where the strategy is learned; leave it out, or write "strategy": "weighted"',
		]);
	});
});

it("reads every form of a route alike", () => {
	expect(routeOf(["a/m"])).toEqual({ strategy: "priority", isSticky: false, targets: [{ name: "a/m", weight: 1 }] });
	expect(routeOf({ targets: ["a/m", { target: "b/n", weight: 2 }], strategy: "weighted" })).toEqual({
		strategy: "weighted", isSticky: true, targets: [{ name: "a/m", weight: 1 }, { name: "b/n", weight: 2 }],
	});
	expect(routeOf({ targets: ["a/m"], strategy: "fastest", sticky: false }).isSticky).toBe(false);
	expect(routeOf({ targets: ["a/m"], strategy: "learned", weights: { cost: 1 } })).toMatchObject({ isSticky: true, weights: { quality: 0.5, latency: 0.25, cost: 1 } });
});
