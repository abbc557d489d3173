import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Prompt } from "../../../src/contract/prompt.ts";
import { type CachedRequest, canonicalJson, requestText } from "../../../src/rules/cache/request-text.ts";
import { simulator } from "../../../src/index.ts";
import { arbitraryJsonObject, arbitraryPrompt } from "../dialects/arbitraries.ts";
import { labelled } from "../../../src/rules/routing/target.ts";

const prompt: Prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }], settings: { temperature: 1 } };
const target = (name: string, credential = 1) => {
	const [providerName = "", model = ""] = name.split("/");
	return labelled({ providerName, model, credential, provider: simulator(), weight: 1, place: 0 });
};
const request: CachedRequest = {
	principal: { kind: "key", id: "key_1", projectId: "prj_1" },
	candidates: { targets: [target("a/m")] },
	tools: { allowed: undefined, disallowed: [] },
	isReviewed: false,
	prompt,
};
const anyPrompt = fc.oneof(arbitraryPrompt("openai-chat"), arbitraryPrompt("anthropic-messages"), arbitraryPrompt("gemini"));

/** The same value, built in another order of keys. */
function shuffled<Value>(value: Value): Value {
	if (Array.isArray(value)) return value.map(shuffled) as Value;
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).toReversed().map(([key, inner]) => [key, shuffled(inner)])) as Value;
}

describe("the canonical text of a request", () => {
	it("is the same whatever the order of keys, the form of numbers, and what is absent", () => {
		fc.assert(
			fc.property(anyPrompt, (given) => {
				const again = shuffled(JSON.parse(JSON.stringify(given)));
				expect(requestText({ ...request, prompt: { ...again, toolChoice: again.toolChoice ?? undefined } })).toBe(requestText({ ...request, prompt: given }));
			}),
		);
		expect(canonicalJson(JSON.parse('{"b":1.0,"a":-0,"c":1e2}'))).toBe('{"a":0,"b":1,"c":100}');
	});

	it("is another one for another prompt, whatever the difference", () => {
		fc.assert(
			fc.property(anyPrompt, anyPrompt, (one, other) => {
				const isSame = canonicalJson({ ...one, extras: undefined }) === canonicalJson({ ...other, extras: undefined }) && canonicalJson(one.extras ?? null) === canonicalJson(other.extras ?? null);
				expect(requestText({ ...request, prompt: one }) === requestText({ ...request, prompt: other })).toBe(isSame);
			}),
		);
	});

	it("holds all that was asked: it can be read back", () => {
		fc.assert(
			fc.property(anyPrompt, ({ extras: _, ...given }) => {
				const read = JSON.parse(requestText({ ...request, prompt: given }));
				expect(read.prompt).toEqual(JSON.parse(JSON.stringify(given)));
			}),
		);
	});

	it("never mixes tenants up", () => {
		const name = fc.oneof(fc.constantFrom("prj_1", "a", "project", ""), fc.string());
		const perhaps = fc.option(name, { nil: undefined });
		const principal = fc.record({ kind: fc.constantFrom("key", "host", "user", "operator"), id: name, organisationId: perhaps, projectId: perhaps });
		fc.assert(
			fc.property(principal, principal, (one, other) => {
				const told = ({ kind, id, ...where }: typeof one) => requestText({ ...request, principal: { kind, id, ...JSON.parse(JSON.stringify(where)) } });
				const isSame =
					one.projectId === other.projectId && (one.projectId === undefined ? one.kind === other.kind && one.id === other.id : one.organisationId === other.organisationId);
				expect(told(one) === told(other)).toBe(isSame);
			}),
		);
	});

	it("sorts the keys of any JSON, and only them", () => {
		fc.assert(fc.property(arbitraryJsonObject, (value) => void expect(JSON.parse(canonicalJson(value))).toEqual(value)));
		expect(canonicalJson(JSON.parse('{"__proto__":{"b":1,"a":2},"10":1,"9":2}'))).toBe('{"9":2,"10":1,"__proto__":{"a":2,"b":1}}');
		expect(canonicalJson({ list: ["b", "a"] })).toBe('{"list":["b","a"]}');
	});

	it.each<[string, Partial<CachedRequest>, boolean]>([
		["a number a hair off", { prompt: { ...prompt, settings: { temperature: 1.0000000001 } } }, false],
		["a space more", { prompt: { ...prompt, messages: [{ role: "user", content: [{ type: "text", text: "Hello " }] }] } }, false],
		["half a character of another", { prompt: { ...prompt, messages: [{ role: "user", content: [{ type: "text", text: "Hello\ud83d" }] }] } }, false],
		["a text cut in two", { prompt: { ...prompt, messages: [{ role: "user", content: [{ type: "text", text: "Hel" }, { type: "text", text: "lo" }] }] } }, false],
		["a review", { isReviewed: true }, false],
		["a route", { candidates: { route: "fast", targets: [target("a/m")] } }, false],
		["one more target", { candidates: { targets: [target("a/m"), target("b/m")] } }, false],
		["another credential of the same model", { candidates: { targets: [target("a/m"), target("a/m", 2)] } }, true],
		["a tool that is forbidden", { tools: { allowed: undefined, disallowed: ["Bash"] } }, false],
		["another key of the project", { principal: { kind: "key", id: "key_2", projectId: "prj_1" } }, true],
		["no more than what changes nothing", { prompt: { ...prompt, extras: { dialect: "openai-chat", fields: { prompt_cache_key: "x", stream_options: { include_obfuscation: false } } } } }, true],
		["what does", { prompt: { ...prompt, extras: { dialect: "openai-chat", fields: { logit_bias: { "50256": -100 } } } } }, false],
		["a header that goes on", { prompt: { ...prompt, extras: { dialect: "anthropic-messages", fields: {}, headers: { "anthropic-beta": "x" } } } }, false],
	])("%s", (_, change, isSame) => {
		expect(requestText({ ...request, ...change }) === requestText(request)).toBe(isSame);
	});
});
