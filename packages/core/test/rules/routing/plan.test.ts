import { describe, expect, it } from "vitest";
import { findCandidates, type ModelRequest, type RoutingTable } from "../../../src/rules/routing/plan.ts";
import { routeOf } from "../../../src/rules/routing/route.ts";
import { provider } from "./target.ts";

const table: RoutingTable = {
	providers: {
		openai: [provider({ models: ["gpt-4o-mini"], modelPrefixes: ["gpt-"], defaultModel: "gpt-4o-mini" })],
		anthropic: [provider({ dialect: "anthropic-messages", modelPrefixes: ["claude-"] })],
		openrouter: [provider()],
		broken: [provider({ unavailable: "Provider broken has no key: set BROKEN_API_KEY" })],
		several: [provider({ unavailable: "Provider several has no key" }), provider(), provider()],
	},
	routes: {
		fast: routeOf(["broken/x", "openai/gpt-4o-mini", "anthropic/claude-haiku-4-5"]),
		dead: routeOf(["broken/x"]),
		spread: routeOf({ strategy: "weighted", targets: [{ target: "several/m", weight: 3 }, "openai/gpt-5"] }),
	},
	defaultModel: "fast",
};
const targetsOf = (request: ModelRequest, routing = table) => {
	const found = findCandidates(request, routing);
	return found.ok ? found.value.targets.map(({ label }) => label) : found.problem.code;
};

describe("finding the targets of a model's name", () => {
	it.each([
		["provider/model", { model: "openai/gpt-5" }, ["openai/gpt-5"]],
		["a model id with slashes", { model: "openrouter/meta-llama/llama-3" }, ["openrouter/meta-llama/llama-3"]],
		["a route, without targets that have no key", { model: "fast" }, ["openai/gpt-4o-mini", "anthropic/claude-haiku-4-5"]],
		["the default", {}, ["openai/gpt-4o-mini", "anthropic/claude-haiku-4-5"]],
		["provider and model fields", { provider: "openrouter", model: "openai/gpt-4o" }, ["openrouter/openai/gpt-4o"]],
		["provider and model fields that repeat the provider", { provider: "openai", model: "openai/gpt-4o" }, ["openai/gpt-4o"]],
		["a provider alone", { provider: "openai" }, ["openai/gpt-4o-mini"]],
		["a bare model by its prefix", { model: "claude-sonnet-4-5" }, ["anthropic/claude-sonnet-4-5"]],
		["a bare model that a provider lists", { model: "gpt-4o-mini" }, ["openai/gpt-4o-mini"]],
		["every credential that can be used", { model: "several/m" }, ["several#2/m", "several#3/m"]],
		["the credentials of a route's targets", { model: "spread" }, ["several#2/m", "several#3/m", "openai/gpt-5"]],
		["an unknown model", { model: "llama" }, "MODEL_NOT_FOUND"],
		["nothing behind the slash", { model: "openai/" }, "MODEL_NOT_FOUND"],
		["an unknown provider", { provider: "nobody", model: "x" }, "VALIDATION_ERROR"],
		["a provider without a model", { provider: "openrouter" }, "VALIDATION_ERROR"],
		["a provider without a key", { model: "broken/x" }, "PROVIDER_NOT_CONFIGURED"],
		["a route of providers without keys", { model: "dead" }, "PROVIDER_NOT_CONFIGURED"],
		["a name of the language", { model: "constructor" }, "MODEL_NOT_FOUND"],
		["a provider's name of the language", { provider: "__proto__" }, "VALIDATION_ERROR"],
	] satisfies [string, ModelRequest, string[] | string][])("%s", (_, request, expected) => expect(targetsOf(request)).toEqual(expected));

	it("sends any bare model to the only provider there is", () => {
		expect(targetsOf({ model: "anything" }, { ...table, providers: { local: [provider()] } })).toEqual(["local/anything"]);
	});

	it("does not let the simulator answer for a real model's name", () => {
		const send = async () => Promise.reject(new Error("not called"));
		expect(targetsOf({ model: "gpt-4o" }, { ...table, providers: { sim: [provider({ send })] } })).toBe("MODEL_NOT_FOUND");
	});

	it("tells what can be used instead, on one short line", () => {
		const plan = findCandidates({ model: `x\n${"y".repeat(500)}` }, table);
		if (plan.ok) throw new Error("planned");
		expect(plan.problem.message).toContain("provider/model");
		expect(plan.problem.message).not.toContain("\n");
		expect(plan.problem.message.length).toBeLessThan(400);
	});

	it("keeps weights and places of a route: credentials share those of their model", () => {
		const found = findCandidates({ model: "spread" }, table);
		if (!found.ok) throw new Error("refused");
		expect(found.value.targets.map(({ weight, place }) => [weight, place])).toEqual([[3, 0], [3, 0], [1, 1]]);
		expect(found.value).toMatchObject({ strategy: "weighted", isSticky: true, route: "spread", requested: "spread" });
	});
});
