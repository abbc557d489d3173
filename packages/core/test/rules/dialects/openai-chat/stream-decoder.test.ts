import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import { openaiChat } from "../../../../src/rules/dialects/openai-chat/index.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";
import { bytes, chunk, decodePieces, decodeStream, end, sse } from "./helpers.ts";

const types = (text: string) => decodeStream(text).map((event) => event.type);
const last = (text: string) => decodeStream(text).at(-1);
function answerOf(chunks: readonly JsonObject[]) {
	const fold = createAnswerFold();
	fold.push(decodeStream(sse(chunks)));
	return fold.answer();
}
const call = (index: number | undefined, fields: JsonObject, made: JsonObject) =>
	chunk({ tool_calls: [{ ...(index === undefined ? {} : { index }), ...fields, function: made }] });
const calls = (chunks: readonly JsonObject[]) =>
	answerOf(chunks).content.flatMap((part) => (part.type === "tool-call" ? [[part.toolCallId, part.toolName, part.input]] : []));

describe("the end of a stream", () => {
	it("tells the response first and the finish last, with usage that came behind the reason", () => {
		const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12, prompt_tokens_details: { cached_tokens: 2 } };
		expect(decodeStream(sse([chunk({ role: "assistant", content: "" }), chunk({ content: "Hi" }), end("stop"), { ...end("stop"), choices: [], usage }]))).toEqual([
			{ type: "response-metadata", id: "chatcmpl-1", model: "gpt-4o", createdAt: 1_700_000_000_000 },
			{ type: "text-start", id: "text-0" },
			{ type: "text-delta", id: "text-0", delta: "Hi" },
			{ type: "text-end", id: "text-0" },
			{ type: "finish", reason: "stop", rawReason: "stop", usage: { inputTokens: 5, outputTokens: 7, cachedInputTokens: 2 } },
		]);
	});
	it("finishes at [DONE], not before: the usage is still to come", () => {
		const decoder = openaiChat.provider.createStreamDecoder();
		const before = decoder.push(bytes(sse([chunk({ content: "a" }), end("stop")], "")));
		expect(before.map((event) => event.type)).toEqual(["response-metadata", "text-start", "text-delta"]);
		const usage = { prompt_tokens: 1, completion_tokens: 2 };
		expect(decoder.push(bytes(sse([{ choices: [], usage }]))).at(-1)).toMatchObject({ type: "finish", usage: { inputTokens: 1, outputTokens: 2 } });
	});
	it.each([
		["no finish_reason and no [DONE] (vercel/ai #19169)", sse([chunk({ content: "a" })], "")],
		["no finish_reason, though [DONE] came", sse([chunk({ content: "a" })])],
		["nothing at all", ""],
		["[DONE] alone", "data: [DONE]\n\n"],
		["half an event", sse([chunk({ content: "a" })], 'data: {"choices":[{"delta"')],
		["an event that is not JSON", "data: oops\n\n"],
		["an event that is no object", "data: [1]\n\n"],
		["a tool call that never gets a name", sse([call(0, { id: "call_1" }, { arguments: "{}" }), end("tool_calls")])],
	])("is a protocol failure with %s", (_, text) => {
		expect(last(text)).toMatchObject({ type: "error", failure: { kind: "protocol", blame: "upstream" } });
	});
	it("is a protocol failure where an event is too large", () => {
		const text = sse([chunk({ content: "a" }), chunk({ content: "x".repeat(2000) }), end("stop")]);
		for (const at of [0, 10, 400, 1000, text.length]) {
			const events = decodePieces([bytes(text.slice(0, at)), bytes(text.slice(at))], { maxEventBytes: 1000 });
			expect(events.map((event) => event.type)).toEqual(["response-metadata", "text-start", "text-delta", "error"]);
		}
	});
	it("does not take text that looks like protocol for protocol", () => {
		expect(answerOf([chunk({ content: "[DONE]" }), chunk({ content: "\r\ndata: [DONE]\n\n\ud83d" }), end("stop")]).content).toEqual([
			{ type: "text", text: "[DONE]\r\ndata: [DONE]\n\n\ud83d" },
		]);
	});
	it.each([
		["stop", "stop"],
		["length", "length"],
		["model_length", "length"],
		["eos", "stop"],
		["content_filter", "content-filter"],
		["insufficient_system_resource", "error"],
		["whatever_comes_next", "other"],
	])("reads finish_reason %s as %s", (raw, reason) => {
		expect(last(sse([chunk({ content: "a" }), end(raw)]))).toMatchObject({ reason, rawReason: raw });
	});
	it("takes stop with a tool call for tool-calls: a forced call ends so at OpenAI", () => {
		expect(last(sse([call(0, { id: "c" }, { name: "f", arguments: "{}" }), end("stop")]))).toMatchObject({ reason: "tool-calls", rawReason: "stop" });
	});
	it("keeps the first reason, and an empty one is none", () => {
		expect(last(sse([chunk({ content: "a" }, {}, { finish_reason: "" }), end("length"), end("stop")]))).toMatchObject({ reason: "length" });
		expect(last(sse([chunk({ content: "a" }, {}, { finish_reason: "" })]))).toMatchObject({ type: "error" });
	});
});

describe("errors inside a 200 stream", () => {
	it.each([
		["insufficient_quota first (vercel/ai #15922)", { message: "You exceeded your quota", type: "insufficient_quota", code: "insufficient_quota" }, "quota"],
		["a rate limit", { message: "slow", type: "requests", code: "rate_limit_exceeded" }, "rate-limited"],
		["OpenRouter's numeric code", { message: "Provider returned error", code: 502 }, "upstream"],
		["an overload by number", { code: 529 }, "overloaded"],
		["a prompt that is too long", { type: "invalid_request_error", message: "maximum context length is 8192 tokens" }, "context-length"],
		["a text", "boom", "upstream"],
	])("%s", (_, error, kind) => {
		expect(decodeStream(sse([{ error }]))).toMatchObject([{ type: "error", failure: { kind } }]);
		const late = decodeStream(sse([chunk({ content: "a" }), { error }, chunk({ content: "never" })]));
		expect(late.map((event) => event.type)).toEqual(["response-metadata", "text-start", "text-delta", "error"]);
	});
	it("comes after Azure's role chunk (Bifrost, retries)", () => {
		const azure = { id: "", model: "", choices: [], prompt_filter_results: [] };
		const error = { code: "content_filter", message: "The response was filtered", param: "prompt", type: null };
		expect(decodeStream(sse([azure, { error }]))).toEqual([
			{
				type: "error",
				failure: { kind: "content-filter", blame: "caller", message: "The response was filtered", code: "content_filter", param: "prompt" },
			},
		]);
	});
	it("takes id and model from the chunk behind Azure's first one", () => {
		const azure = { id: "", model: "", created: 0, choices: [], prompt_filter_results: [] };
		expect(decodeStream(sse([azure, chunk({ content: "a" }), end("stop")]))[0]).toEqual({
			type: "response-metadata",
			id: "chatcmpl-1",
			model: "gpt-4o",
			createdAt: 1_700_000_000_000,
		});
	});
	it("keeps code, type and parameter (vercel/ai #17230), but not the words of a failure that is not the caller's", () => {
		const error = { message: "key sk-secret123456 is bad", type: "authentication_error", code: "invalid_api_key", param: null };
		const event = last(sse([{ error }]));
		expect(event).toMatchObject({ failure: { kind: "authentication", blame: "gateway", code: "invalid_api_key", type: "authentication_error" } });
		expect(JSON.stringify(event)).not.toContain("secret");
	});
	it("is read where only the event's name says it", () => {
		expect(last('event: error\ndata: {"message":"x","code":"rate_limit_exceeded"}\n\n')).toMatchObject({ failure: { kind: "rate-limited" } });
	});
	it("an error of null is none", () => {
		expect(types(sse([chunk({ content: "a" }, { error: null }), end("stop")])).at(-1)).toBe("finish");
	});
});

describe("reasoning_details (OpenRouter)", () => {
	const details = [
		{ type: "reasoning.text", text: "Let me see", signature: "sig", index: 0, format: "anthropic-claude-v1" },
		{ type: "reasoning.encrypted", data: "AAAA", index: 1 },
	];
	it("are put together from their pieces, and go back with the thought that they belong to", () => {
		const { content } = answerOf([
			chunk({ reasoning: "Let me", reasoning_details: [{ type: "reasoning.text", text: "Let me", index: 0, format: "anthropic-claude-v1" }] }),
			chunk({ reasoning: " see", reasoning_details: [{ type: "reasoning.text", text: " see", index: 0, signature: null }] }),
			chunk({ reasoning_details: [{ type: "reasoning.text", signature: "sig", index: 0 }, details[1] ?? null] }),
			chunk({ content: "Yes" }),
			end("stop"),
		]);
		expect(content).toEqual([
			{ type: "reasoning", text: "Let me see", metadata: { openai: { field: "reasoning", reasoning_details: details } } },
			{ type: "text", text: "Yes" },
		]);
	});
	it("that come behind the words, or without any, have a part of their own", () => {
		const late = { type: "reasoning", text: "", metadata: { openai: { field: "reasoning", reasoning_details: [details[1]] } } };
		expect(answerOf([chunk({ content: "Yes" }), chunk({ reasoning_details: [details[1] ?? null] }), chunk({ content: "!" }), end("stop")]).content).toEqual([{ type: "text", text: "Yes!" }, late]);
	});
	it("without numbers are whole", () => {
		const piece = { type: "reasoning.encrypted", data: "AA" };
		expect(answerOf([chunk({ reasoning_details: [piece, piece, "x", null] }), end("stop")]).content).toMatchObject([{ metadata: { openai: { reasoning_details: [piece, piece] } } }]);
	});
});

describe("text and reasoning", () => {
	it("empty deltas open nothing (agentgateway #2148)", () => {
		const pieces = [
			chunk({ role: "assistant", content: "", refusal: null }),
			call(0, { id: "call_1" }, { name: "f", arguments: "" }),
			chunk({ content: "", reasoning_content: "" }),
			call(0, {}, { arguments: "{}" }),
			end("tool_calls"),
		];
		expect(types(sse(pieces))).toEqual(["response-metadata", "tool-input-start", "tool-input-delta", "tool-input-end", "tool-call", "finish"]);
	});
	it.each([
		["reasoning_content (DeepSeek, xAI)", { reasoning_content: "why" }, "reasoning_content"],
		["reasoning (Groq)", { reasoning: "why" }, "reasoning"],
		["both, with the same words (OpenRouter)", { reasoning: "why", reasoning_content: "why" }, "reasoning_content"],
		["a thinking chunk (Mistral)", { content: [{ type: "thinking", thinking: [{ type: "text", text: "why" }] }] }, "thinking"],
	])("reads %s", (_, delta, field) => {
		expect(answerOf([chunk(delta), chunk({ content: "so" }), end("stop")]).content).toEqual([
			{ type: "reasoning", text: "why", metadata: { openai: { field } } },
			{ type: "text", text: "so" },
		]);
	});
	it("reads content in parts, and keeps a part that only the vendor knows", () => {
		const reference = { type: "reference", reference_ids: [1] };
		expect(answerOf([chunk({ content: [{ type: "text", text: "a" }, reference, { type: "text", text: "b" }] }), end("stop")]).content).toEqual([
			{ type: "text", text: "a" },
			{ type: "opaque", dialect: "openai-chat", value: { content: [reference] } },
			{ type: "text", text: "b" },
		]);
	});
	it("reads a refusal as a text of its own", () => {
		expect(answerOf([chunk({ refusal: "I " }), chunk({ refusal: "won't" }), end("stop")]).content).toEqual([{ type: "text", text: "I won't", refusal: true }]);
	});
	it("reads citations", () => {
		const annotation = { type: "url_citation", url_citation: { url: "https://a.example", title: "A", start_index: 0, end_index: 1 } };
		expect(answerOf([chunk({ content: "x" }), chunk({ annotations: [annotation] }), end("stop")]).content).toEqual([
			{ type: "text", text: "x", sources: [{ url: "https://a.example", title: "A", metadata: { openai: annotation } }] },
		]);
	});
	it("takes choice 0 of several, wherever it stands", () => {
		const two = { ...chunk({}), choices: [{ index: 1, delta: { content: "b" } }, { index: 0, delta: { content: "a" } }] };
		expect(answerOf([two, chunk({ content: "c" }, {}, { index: 1 }), end("stop")]).content).toEqual([{ type: "text", text: "a" }]);
	});
	it("ignores comments (openrouter.ai) and reads data: without a space (envoy #2470)", () => {
		const text = `: OPENROUTER PROCESSING\n\ndata:${JSON.stringify(chunk({ content: "a" }))}\n\ndata:${JSON.stringify(end("stop", { usage: { prompt_tokens: 1, completion_tokens: 1 } }))}\n\ndata:[DONE]\n\n`;
		expect(last(text)).toMatchObject({ type: "finish", usage: { inputTokens: 1, outputTokens: 1 } });
	});
	it("puts spoken audio together", () => {
		const pieces = [chunk({ audio: { id: "a1", transcript: "Hel" } }), chunk({ audio: { data: "AA", transcript: "lo" } }), chunk({ audio: { data: "BB", expires_at: 5 } })];
		expect(answerOf([...pieces, end("stop")]).content).toEqual([
			{ type: "opaque", dialect: "openai-chat", value: { audio: { id: "a1", transcript: "Hello", data: "AABB", expires_at: 5 } } },
		]);
	});
	it("bears very many log probabilities and tool calls in one event", () => {
		const many = Array.from({ length: 200_000 }, () => 1);
		expect(last(sse([chunk({ content: "a" }, {}, { logprobs: { content: many } }), end("stop")]))?.type).toBe("finish");
		const tool_calls = Array.from({ length: 20_000 }, (_, index) => ({ index, id: `c${index}`, function: { name: "f", arguments: "{}" } }));
		expect(calls([chunk({ tool_calls }), end("tool_calls")])).toHaveLength(20_000);
	});
	it("gathers log probabilities", () => {
		const told = (token: string) => ({ logprobs: { content: [{ token }], refusal: null } });
		expect(answerOf([chunk({ content: "a" }, {}, told("a")), chunk({ content: "b" }, {}, told("b")), end("stop")]).finish.metadata).toEqual({
			openai: { logprobs: { content: [{ token: "a" }, { token: "b" }] } },
		});
	});
});

describe("tool calls", () => {
	it("keeps interleaved pieces of parallel calls apart (praxis #266, LiteLLM #21331)", () => {
		const pieces = [
			call(0, { id: "call_a", type: "function" }, { name: "f", arguments: "" }),
			call(1, { id: "call_b", type: "function" }, { name: "g", arguments: '{"x"' }),
			call(0, {}, { arguments: '{"n":' }),
			call(1, {}, { arguments: ":2}" }),
			call(0, {}, { arguments: "0.10}" }),
			end("tool_calls"),
		];
		expect(calls(pieces)).toEqual([
			["call_a", "f", '{"n":0.10}'],
			["call_b", "g", '{"x":2}'],
		]);
	});
	it("never ends a call because its input parses so far (vercel/ai #16838)", () => {
		const pieces = [call(0, { id: "c" }, { name: "f", arguments: "1" }), call(0, {}, { arguments: "2" }), end("tool_calls")];
		expect(types(sse(pieces))).toEqual(["response-metadata", "tool-input-start", "tool-input-delta", "tool-input-delta", "tool-input-end", "tool-call", "finish"]);
		expect(calls(pieces)).toEqual([["c", "f", "12"]]);
	});
	it("keeps numbers as they were written (busbar ADR-0005)", () => {
		expect(calls([call(0, { id: "c" }, { name: "f", arguments: '{"a":12345678901234567890,"b":1.0}' }), end("tool_calls")])).toEqual([
			["c", "f", '{"a":12345678901234567890,"b":1.0}'],
		]);
	});
	it.each<[string, readonly JsonObject[], readonly (readonly string[])[]]>([
		["an empty name and no id in later pieces (Mistral)", [call(0, { id: "c" }, { name: "f", arguments: "" }), call(0, {}, { name: "", arguments: "{}" })], [["c", "f", "{}"]]],
		["id and name in every piece", [call(0, { id: "c" }, { name: "f", arguments: '{"a"' }), call(0, { id: "c" }, { name: "f", arguments: ":1}" })], [["c", "f", '{"a":1}']]],
		["no index at all", [call(undefined, { id: "c" }, { name: "f", arguments: "{" }), call(undefined, {}, { arguments: "}" }), call(undefined, { id: "d" }, { name: "g", arguments: "{}" })], [["c", "f", "{}"], ["d", "g", "{}"]]],
		["the index 0 for every call", [call(0, { id: "c" }, { name: "f", arguments: "{}" }), call(0, { id: "d" }, { name: "g", arguments: "{}" })], [["c", "f", "{}"], ["d", "g", "{}"]]],
		["the name after the input began", [call(0, { id: "c" }, { arguments: "{" }), call(0, {}, { name: "f", arguments: "}" })], [["c", "f", "{}"]]],
		["no id", [call(0, {}, { name: "f", arguments: "{}" }), call(1, {}, { name: "f", arguments: "{}" })], [["call_0_chatcmpl1", "f", "{}"], ["call_1_chatcmpl1", "f", "{}"]]],
		["one id for two calls", [call(0, { id: "c" }, { name: "f", arguments: "{}" }), call(1, { id: "c" }, { name: "g", arguments: "{}" })], [["c", "f", "{}"], ["call_1_chatcmpl1", "g", "{}"]]],
		["no arguments", [call(0, { id: "c" }, { name: "f" })], [["c", "f", "{}"]]],
		["arguments as an object", [call(0, { id: "c" }, { name: "f", arguments: { a: 1 } })], [["c", "f", '{"a":1}']]],
		["the older function_call", [chunk({ function_call: { name: "f", arguments: "{" } }), chunk({ function_call: { arguments: "}" } })], [["call_0_chatcmpl1", "f", "{}"]]],
	])("reads calls with %s", (_, pieces, expected) => {
		expect(calls([...pieces, end("tool_calls")])).toEqual(expected);
	});
	it("keeps a call that the token limit cut off, and says so (agentgateway #2776, CLIProxyAPI #4873)", () => {
		expect(answerOf([call(0, { id: "c" }, { name: "f", arguments: '{"a":' }), end("length")])).toMatchObject({
			content: [{ type: "tool-call", input: '{"a":', incomplete: true }],
			finish: { reason: "length" },
		});
		expect(answerOf([call(0, { id: "c" }, { name: "f", arguments: "{}" }), end("length")]).content[0]).not.toHaveProperty("incomplete");
	});
	it("keeps what a vendor puts on a call (Gemini's thought signature, OpenChatCut #6)", () => {
		const extra_content = { google: { thought_signature: "sig" } };
		expect(answerOf([call(0, { id: "c", extra_content }, { name: "f", arguments: "{}" }), end("tool_calls")]).content).toMatchObject([
			{ metadata: { openai: { extra_content } } },
		]);
	});
	it("keeps free-text calls of custom tools whole (vercel/ai #15193)", () => {
		const pieces = [chunk({ tool_calls: [{ index: 0, id: "c", type: "custom", custom: { name: "f", input: "" } }] }), chunk({ tool_calls: [{ index: 0, custom: { input: "free" } }] })];
		expect(answerOf([...pieces, end("tool_calls")])).toMatchObject({
			content: [{ type: "opaque", value: { tool_calls: [{ id: "c", type: "custom", custom: { name: "f", input: "free" } }] } }],
			finish: { reason: "tool-calls" },
		});
	});
});

describe("usage", () => {
	it.each<[string, JsonObject, object]>([
		["reasoning inside the completion (OpenAI)", { prompt_tokens: 1, completion_tokens: 9, total_tokens: 10, completion_tokens_details: { reasoning_tokens: 4 } }, { inputTokens: 1, outputTokens: 9, reasoningTokens: 4 }],
		["reasoning beside the completion (xAI)", { prompt_tokens: 12, completion_tokens: 1, total_tokens: 241, completion_tokens_details: { reasoning_tokens: 228 } }, { inputTokens: 12, outputTokens: 229, reasoningTokens: 228 }],
		["reasoning beside the completion, without a total", { prompt_tokens: 12, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 9 } }, { inputTokens: 12, outputTokens: 10, reasoningTokens: 9 }],
		["less reasoning than completion, beside it", { prompt_tokens: 1, completion_tokens: 9, total_tokens: 14, completion_tokens_details: { reasoning_tokens: 4 } }, { inputTokens: 1, outputTokens: 13, reasoningTokens: 4 }],
		["cache hits beside the details (DeepSeek)", { prompt_tokens: 5, completion_tokens: 1, prompt_cache_hit_tokens: 3 }, { inputTokens: 5, outputTokens: 1, cachedInputTokens: 3 }],
		["cache writes", { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cache_write_tokens: 3 } }, { inputTokens: 5, outputTokens: 1, cacheWriteTokens: 3 }],
		["numbers that are none", { prompt_tokens: -1, completion_tokens: "7" }, {}],
	])("reads %s", (_, usage, expected) => {
		expect(last(sse([chunk({ content: "a" }), end("stop", { usage })]))).toMatchObject({ usage: expected });
		expect(Object.keys(answerOf([end("stop", { usage })]).finish.usage).sort()).toEqual(Object.keys(expected).sort());
	});
	it("reads it from x_groq and from the choice, and takes the last word", () => {
		const usage = { prompt_tokens: 1, completion_tokens: 2 };
		const expected = { usage: { inputTokens: 1, outputTokens: 2 } };
		expect(last(sse([end("stop", { x_groq: { usage } })]))).toMatchObject(expected);
		expect(last(sse([chunk({}, {}, { finish_reason: "stop", usage })]))).toMatchObject(expected);
		expect(last(sse([chunk({ content: "a" }, { usage: { prompt_tokens: 1, completion_tokens: 1 } }), end("stop", { usage }), end("stop", { usage: null })]))).toMatchObject(expected);
	});
});
