import { describe, expect, it } from "vitest";
import type { AssistantPart, Prompt } from "../../../src/contract/prompt.ts";
import type { Answer, FinishReason } from "../../../src/contract/stream-event.ts";
import { simulator } from "../../../src/index.ts";
import { anonymous, keptAnswer, targetOf } from "../../../src/rules/cache/entry.ts";
import { isCutForCaller, isWorthKeeping, mayBeCached } from "../../../src/rules/cache/worth-keeping.ts";
import { labelled } from "../../../src/rules/routing/target.ts";

const text: AssistantPart = { type: "text", text: "Hello" };
const call: AssistantPart = { type: "tool-call", toolCallId: "1", toolName: "f", input: "{}" };
const answer = (content: readonly AssistantPart[], reason: FinishReason = "stop"): Answer => ({ content, finish: { reason, usage: {} } });

describe("an answer worth keeping", () => {
	it.each<[string, Answer, boolean, boolean]>([
		["text", answer([text]), true, true],
		["thoughts and text", answer([{ type: "reasoning", text: "hm" }, text]), true, true],
		["a picture", answer([{ type: "file", mediaType: "image/png", data: { type: "base64", base64: "AA==" } }]), true, true],
		["a call", answer([text, call], "tool-calls"), false, true],
		["a call of a model that says stop", answer([call]), false, true],
		["a call that is cut", answer([{ type: "tool-call", toolCallId: "1", toolName: "f", input: "{", incomplete: true }], "tool-calls"), false, false],
		["a call that the provider ran", answer([{ type: "tool-call", toolCallId: "1", toolName: "f", input: "{}", providerExecuted: true }, text]), false, false],
		["a result of the provider's", answer([{ type: "tool-result", toolCallId: "1", output: { type: "text", text: "5" }, providerExecuted: true }, text]), false, false],
		["what only one dialect can say", answer([{ type: "opaque", dialect: "openai-chat", value: {} }, text]), false, false],
		["a refusal", answer([{ type: "text", text: "No.", refusal: true }]), false, false],
		["nothing", answer([]), false, false],
		["an empty text", answer([{ type: "text", text: "" }]), false, false],
		["thoughts alone", answer([{ type: "reasoning", text: "hm" }]), false, false],
		...(["length", "content-filter", "pause", "error", "other"] as const).map((reason): [string, Answer, boolean, boolean] => [reason, answer([text], reason), false, false]),
	])("%s", (_, given, isKept, isKeptWithCalls) => {
		expect([isWorthKeeping(given, false), isWorthKeeping(given, true)]).toEqual([isKept, isKeptWithCalls]);
	});

	it("was not cut short for one caller's budget", () => {
		expect(isCutForCaller([{ code: "changed-setting", field: "settings.maxOutputTokens", message: "" }])).toBe(true);
		expect(isCutForCaller([{ code: "unsupported-setting", field: "settings.seed", message: "" }])).toBe(false);
	});
});

describe("a prompt that may be answered from the cache", () => {
	const prompt: Prompt = { messages: [], settings: {} };
	const candidate = (dialect: "openai-chat" | "claude-code") => ({ providerName: "a", model: "m", label: "a/m", credential: 1, weight: 1, place: 0, provider: { ...simulator(), dialect } });
	it.each<[string, Prompt, "openai-chat" | "claude-code", boolean]>([
		["plain", prompt, "openai-chat", true],
		["with functions", { ...prompt, tools: [{ type: "function", name: "f", inputSchema: {} }] }, "openai-chat", true],
		["with a tool that the provider runs", { ...prompt, tools: [{ type: "provider", name: "web_search", dialect: "openai-responses", definition: {} }] }, "openai-chat", false],
		["with a field that lets it search", { ...prompt, extras: { dialect: "openai-chat", fields: { web_search_options: {} } } }, "openai-chat", false],
		["with other fields", { ...prompt, extras: { dialect: "openai-chat", fields: { logit_bias: {} } } }, "openai-chat", true],
		["for a program that works on files", prompt, "claude-code", false],
	])("%s", (_, given, dialect, expected) => {
		expect(mayBeCached(given, { targets: [candidate(dialect)] })).toBe(expected);
	});
});

describe("a kept answer", () => {
	const provider = simulator();
	const target = (credential: number | string, model = "m/x#1") => labelled({ providerName: "a", model, credential, provider });
	it("has no id and no time of its own", () => {
		const given = { ...answer([text]), id: "chatcmpl-1", createdAt: 5, model: "m" };
		expect(anonymous(given)).toEqual({ ...answer([text]), model: "m" });
		expect(keptAnswer(given, target(1), [], "req_1").answer).not.toHaveProperty("id");
	});
	it("finds its target again, or its model by another credential", () => {
		const kept = keptAnswer(answer([text]), target(2), [], "req_1");
		const [first, second, other] = [target(1), target(2), target(1, "n")];
		expect(targetOf(kept, [first, second])).toBe(second);
		expect(targetOf(kept, [other, first])).toBe(first);
		expect(targetOf(kept, [other])).toBeUndefined();
		expect(targetOf(keptAnswer(answer([text]), target("crd_5"), [], "req_1"), [other, first])).toBe(first);
	});
});
