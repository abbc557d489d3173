import { describe, expect, test } from "vitest";
import type { EmbeddingRequest } from "../../../src/contract/embedding.ts";
import { simulator } from "../../../src/effects/simulator/simulator.ts";
import { embeddingCandidates } from "../../../src/rules/embeddings/candidates.ts";
import { anthropic } from "../../../src/rules/providers/anthropic.ts";
import { gemini } from "../../../src/rules/providers/gemini.ts";
import { openai } from "../../../src/rules/providers/openai.ts";
import type { Provider } from "../../../src/rules/providers/provider.ts";
import type { Candidates, RoutingTable } from "../../../src/rules/routing/plan.ts";

const providers: Readonly<Record<string, Provider>> = {
	anthropic: anthropic({ apiKey: "sk-1" }),
	openai: openai({ apiKey: "sk-1" }),
	gemini: gemini({ apiKey: "sk-1" }),
	keyless: openai(),
};
const tableOf = (...names: string[]): RoutingTable => ({
	providers: Object.fromEntries(names.map((name) => [name, [providers[name] ?? simulator()]])),
	routes: {},
	defaultModel: undefined,
});
function candidatesOf(...names: [string, ...string[]]): Candidates {
	const [first, ...rest] = names.map((providerName, place) => ({ providerName, provider: providers[providerName] ?? simulator(), credential: 1, model: "m", label: `${providerName}/m`, weight: 1, place }));
	if (first === undefined) throw new Error("A route has a target");
	return { requested: "m", strategy: "priority", isSticky: false, targets: [first, ...rest] };
}
const texts: EmbeddingRequest = { inputs: [{ type: "text", text: "a" }], format: "float" };
const tokens: EmbeddingRequest = { ...texts, inputs: [{ type: "tokens", tokens: [1] }] };
const image: EmbeddingRequest = { ...texts, inputs: [{ type: "opaque", dialect: "gemini", value: {} }] };

test.each<[string, Candidates, EmbeddingRequest, string[]]>([
	["who can", candidatesOf("openai", "gemini"), texts, ["openai", "gemini"]],
	["and leaves out who cannot at all", candidatesOf("anthropic", "gemini", "openai"), texts, ["gemini", "openai"]],
	["and who takes no tokens", candidatesOf("gemini", "openai"), tokens, ["openai"]],
	["and who takes no images", candidatesOf("openai", "gemini"), image, ["gemini"]],
])("it keeps %s", (_, candidates, request, kept) => {
	const able = embeddingCandidates(candidates, request, tableOf("openai"));
	expect(able.ok && able.value.targets.map(({ providerName }) => providerName)).toEqual(kept);
	expect(able).toMatchObject({ value: { requested: "m", strategy: "priority" } });
});

describe("where nobody can, the caller is told", () => {
	test.each<[string, Candidates, EmbeddingRequest, RoutingTable, string, RegExp]>([
		["who else can", candidatesOf("anthropic"), texts, tableOf("anthropic", "openai", "gemini", "keyless"), "model", /anthropic makes no embeddings.*: openai, gemini$/],
		["that nobody else can", candidatesOf("anthropic"), texts, tableOf("anthropic", "keyless"), "model", /No provider of this gateway does$/],
		["what is wrong with tokens", candidatesOf("gemini"), tokens, tableOf("gemini"), "input", /token ids/],
		["what is wrong with the request before who cannot at all", candidatesOf("anthropic", "gemini"), tokens, tableOf("gemini"), "input", /token ids/],
		["what is wrong with an image", candidatesOf("openai"), image, tableOf("openai"), "content", /must be text/],
	])("%s", (_, candidates, request, table, param, message) => {
		const able = embeddingCandidates(candidates, request, table);
		expect(able).toMatchObject({ ok: false, problem: { code: "VALIDATION_ERROR", status: 400, param, issues: [{ path: param }] } });
		expect(able.ok ? "" : able.problem.message).toMatch(message);
	});
});
