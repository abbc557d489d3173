import { describe, expect, it } from "vitest";
import { type ModelRequest, planTargets, type RoutingTable } from "../../../src/rules/routing/plan.ts";
import type { Provider } from "../../../src/rules/providers/provider.ts";

const provider = (rest: Partial<Provider> = {}): Provider => ({
	dialect: "openai-chat", baseUrl: "http://p", headers: {}, quirks: {}, secrets: [], models: [], modelPrefixes: [], ...rest,
});
const table: RoutingTable = {
	providers: {
		openai: provider({ models: ["gpt-4o-mini"], modelPrefixes: ["gpt-"], defaultModel: "gpt-4o-mini" }),
		anthropic: provider({ dialect: "anthropic-messages", modelPrefixes: ["claude-"] }),
		openrouter: provider(),
		broken: provider({ unavailable: "Provider broken has no key: set BROKEN_API_KEY" }),
	},
	routes: { fast: ["broken/x", "openai/gpt-4o-mini", "anthropic/claude-haiku-4-5"], dead: ["broken/x"] },
	defaultModel: "fast",
};
const targetsOf = (request: ModelRequest, routing = table) => {
	const plan = planTargets(request, routing);
	return plan.ok ? plan.value.targets.map(({ providerName, model }) => `${providerName}/${model}`) : plan.problem.code;
};

describe("planning targets", () => {
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
		expect(targetsOf({ model: "anything" }, { ...table, providers: { local: provider() } })).toEqual(["local/anything"]);
	});

	it("does not let the simulator answer for a real model's name", () => {
		const send = async () => Promise.reject(new Error("not called"));
		expect(targetsOf({ model: "gpt-4o" }, { ...table, providers: { sim: provider({ send }) } })).toBe("MODEL_NOT_FOUND");
	});

	it("tells what can be used instead, on one short line", () => {
		const plan = planTargets({ model: `x\n${"y".repeat(500)}` }, table);
		if (plan.ok) throw new Error("planned");
		expect(plan.problem.message).toContain("provider/model");
		expect(plan.problem.message).not.toContain("\n");
		expect(plan.problem.message.length).toBeLessThan(400);
	});
});
