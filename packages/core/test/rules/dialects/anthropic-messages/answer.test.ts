import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { AssistantPart } from "../../../../src/contract/prompt.ts";
import type { Answer, Finish } from "../../../../src/contract/stream-event.ts";
import { message as messageSchema } from "../../../../src/contract/wire/anthropic-messages.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";
import { pack } from "../../../../src/rules/dialects/foreign-state.ts";
import { context } from "./streams.ts";

function decode(fields: JsonObject): Answer {
	const decoded = anthropicMessages.provider.decodeAnswer({
		id: "msg_1", type: "message", role: "assistant", model: "claude-x", content: [], stop_reason: "end_turn", stop_sequence: null, usage: {}, ...fields,
	});
	if (!decoded.ok) throw new Error(decoded.problem.message);
	return decoded.value;
}
function encode(content: readonly AssistantPart[], finish: Partial<Finish> = {}): JsonObject {
	const body = anthropicMessages.caller.encodeAnswer({ id: "chatcmpl-1", content, finish: { reason: "stop", usage: {}, ...finish } }, context);
	expect(messageSchema.safeParse(body).error).toBeUndefined();
	return body;
}

describe("decoding", () => {
	it("citations become sources and keep what they were", () => {
		const citation = { type: "web_search_result_location", url: "https://a", title: "A", cited_text: "c", encrypted_index: "e" };
		expect(decode({ content: [{ type: "text", text: "x", citations: [citation] }] }).content).toEqual([
			{ type: "text", text: "x", sources: [{ url: "https://a", title: "A", metadata: { anthropic: citation } }] },
		]);
	});

	it.each([
		["end_turn", "stop"],
		["stop_sequence", "stop"],
		["max_tokens", "length"],
		["model_context_window_exceeded", "length"],
		["tool_use", "tool-calls"],
		["pause_turn", "pause"],
		["refusal", "content-filter"],
		["something_new", "other"],
	])("stop reason %s is %s (CLIProxyAPI #4958, #4873)", (stop_reason, reason) => {
		expect(decode({ stop_reason }).finish).toMatchObject({ reason, rawReason: stop_reason });
	});

	it("what a refusal says and what the usage tells beyond tokens is kept", () => {
		const { finish } = decode({
			stop_reason: "refusal",
			stop_details: { type: "refusal", category: "cyber" },
			container: null,
			usage: { input_tokens: 1, output_tokens: 2, cache_creation: { ephemeral_1h_input_tokens: 3 }, service_tier: "standard" },
		});
		expect(finish.metadata).toEqual({
			anthropic: {
				stop_details: { type: "refusal", category: "cyber" },
				usage: { cache_creation: { ephemeral_1h_input_tokens: 3 }, service_tier: "standard" },
			},
		});
	});

	it("input tokens count the cache in (CLIProxyAPI, browser-use #5306)", () => {
		const usage = { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 7, output_tokens_details: { thinking_tokens: 3 } };
		expect(decode({ usage }).finish.usage).toEqual({
			inputTokens: 125, outputTokens: 7, cachedInputTokens: 100, cacheWriteTokens: 20, reasoningTokens: 3,
		});
	});

	it("a call cut off at the token limit is kept and marked (agentgateway #2776)", () => {
		const calls = [{ type: "tool_use", id: "a", name: "x", input: {} }, { type: "tool_use", id: "b", name: "x", input: { q: 1 } }];
		const { content } = decode({ content: calls, stop_reason: "max_tokens" });
		expect(content[0]).not.toHaveProperty("incomplete");
		expect(content[1]).toMatchObject({ toolCallId: "b", incomplete: true });
	});

	it.each([
		["not an object", "text", "protocol"],
		["no content", { id: "msg_1" }, "protocol"],
		["a block that is none", { content: [{ type: "text" }] }, "protocol"],
		["an error inside a 200", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "overloaded"],
		["another vendor's error inside a 200", { error: { message: "no", type: "invalid_request_error" } }, "bad-request"],
	])("%s is a failure", (_, body, kind) => {
		expect(anthropicMessages.provider.decodeAnswer(body)).toMatchObject({ ok: false, problem: { kind } });
	});
});

describe("encoding", () => {
	it("an answer of another dialect gets an id and a model of this one", () => {
		expect(encode([{ type: "text", text: "x" }])).toEqual({
			id: "msg_made",
			type: "message",
			role: "assistant",
			model: "asked/model",
			content: [{ type: "text", text: "x" }],
			stop_reason: "end_turn",
			stop_sequence: null,
			usage: { input_tokens: 0, cache_creation_input_tokens: null, cache_read_input_tokens: null, output_tokens: 0 },
		});
	});

	it.each<[string, Partial<Finish>, string, string | null]>([
		["stop", { reason: "stop", rawReason: "stop" }, "end_turn", null],
		["a stop sequence", { reason: "stop", stopSequence: "x" }, "stop_sequence", "x"],
		["length", { reason: "length", rawReason: "length" }, "max_tokens", null],
		["tool calls", { reason: "tool-calls", rawReason: "tool_calls" }, "tool_use", null],
		["content filter", { reason: "content-filter", rawReason: "content_filter" }, "refusal", null],
		["error", { reason: "error" }, "end_turn", null],
		["a reason nobody knows", { reason: "other", rawReason: "eos_token" }, "eos_token", null],
		["nothing", { reason: "other" }, "end_turn", null],
	])("the end by %s", (_, finish, stop_reason, stop_sequence) => {
		expect(encode([], finish)).toMatchObject({ stop_reason, stop_sequence });
	});

	it("a refusal in OpenAI's way ends as Anthropic's does", () => {
		expect(encode([{ type: "text", text: "No.", refusal: true }])).toMatchObject({ content: [{ type: "text", text: "No." }], stop_reason: "refusal" });
	});

	it("usage takes the cache out of the input again", () => {
		expect(encode([], { usage: { inputTokens: 125, cachedInputTokens: 100, cacheWriteTokens: 20, outputTokens: 7, reasoningTokens: 3 } })["usage"]).toEqual({
			input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 7, output_tokens_details: { thinking_tokens: 3 },
		});
	});

	it("reasoning of another vendor stays reasoning (LiteLLM #26916), with its state, or marked where it has none", () => {
		const google = { google: { thoughtSignature: "c2ln" } };
		expect(encode([{ type: "reasoning", text: "hm" }])["content"]).toEqual([{ type: "thinking", thinking: "hm", signature: pack({}) }]);
		expect(encode([{ type: "reasoning", text: "hm", metadata: google }])["content"]).toEqual([{ type: "thinking", thinking: "hm", signature: pack(google) }]);
	});

	it("a call of another vendor carries what its vendor wants back; one of Anthropic's says nothing more", () => {
		const call = { type: "tool-call", toolCallId: "a", toolName: "f", input: "{}" } as const;
		const google = { google: { thoughtSignature: "c2ln" } };
		const wire = { type: "tool_use", id: "a", name: "f", input: {} };
		expect(encode([{ ...call, metadata: google }])["content"]).toEqual([{ ...wire, signature: pack(google) }]);
		expect(encode([{ ...call, metadata: { anthropic: { caller: { type: "direct" } } } }])["content"]).toEqual([{ ...wire, caller: { type: "direct" } }]);
	});

	it("sources of another vendor are citations that claim nothing", () => {
		expect(encode([{ type: "text", text: "x", sources: [{ url: "https://a", title: "A" }] }])["content"]).toEqual([
			{ type: "text", text: "x", citations: [{ type: "web_search_result_location", url: "https://a", title: "A", cited_text: "", encrypted_index: "" }] },
		]);
	});

	it("what this dialect cannot say is left out", () => {
		expect(
			encode([
				{ type: "opaque", dialect: "openai-chat", value: {} },
				{ type: "file", mediaType: "image/png", data: { type: "base64", base64: "aa" } },
				{ type: "tool-call", toolCallId: "s", toolName: "search", input: "{}", providerExecuted: true },
				{ type: "tool-result", toolCallId: "s", output: { type: "text", text: "r" }, providerExecuted: true },
			])["content"],
		).toEqual([]);
	});
});
