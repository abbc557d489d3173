import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";
import { block, decode, fold, message, sse } from "./streams.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const failureOf = (events: readonly StreamEvent[]) => events.find((event) => event.type === "error")?.failure;
const toolUse = (id: string, input: JsonObject = {}) => ({ type: "tool_use", id, name: "look", input });
const json = (partial_json: string) => ({ type: "input_json_delta", partial_json });
const contentOf = (events: readonly JsonObject[]) => fold(decode([sse(events)])).content;
const text = (value: string) => ({ type: "text_delta", text: value });

describe("frames", () => {
	const events = message(block(0, { type: "text", text: "" }, [text("é[DONE]\r\n")]));
	const lines = events.map((event) => JSON.stringify(event));
	it.each([
		["`data:` without a space (envoy #2470)", lines.map((line) => `data:${line}\n\n`)],
		["CRLF and data over several lines (envoy #2163)", lines.map((line) => `event: x\r\ndata: ${line.replace(",", ",\r\ndata: ")}\r\n\r\n`)],
		["comments between (openrouter.ai)", lines.map((line) => `: PROCESSING\n\ndata: ${line}\n\n`)],
		["the last blank line missing", lines.map((line, index) => `data: ${line}${index === lines.length - 1 ? "" : "\n\n"}`)],
		["event types from tomorrow (docs.claude.com streaming)", lines.map((line) => `event: novel\ndata: {"type":"novel","x":1}\n\ndata: ${line}\n\n`)],
		["something behind the end", [...lines.map((line) => `data: ${line}\n\n`), "data: [DONE]\n\n", "data: {\n\n"]],
	])("%s", (_, parts) => {
		expect(decode([bytes(parts.join(""))])).toEqual(decode([sse(events)]));
	});

	it("a ping is a sign of life, not content (envoy #2549)", () => {
		const [start, ...rest] = events;
		const decoded = decode([sse([start ?? {}, { type: "ping" }, ...rest])]);
		expect(decoded[1]).toEqual({ type: "ping" });
		expect(decoded.filter(({ type }) => type !== "ping")).toEqual(decode([sse(events)]));
	});
});

describe("content", () => {
	it("text, event by event", () => {
		expect(decode([sse(message(block(0, { type: "text", text: "" }, [text("a"), text(""), text("b")])))])).toEqual([
			{ type: "response-metadata", id: "msg_1", model: "claude-x", usage: { inputTokens: 10, outputTokens: 1 } },
			{ type: "text-start", id: "0" },
			{ type: "text-delta", id: "0", delta: "a" },
			{ type: "text-delta", id: "0", delta: "b" },
			{ type: "text-end", id: "0" },
			{ type: "finish", reason: "stop", rawReason: "end_turn", usage: { inputTokens: 10, outputTokens: 7 } },
		]);
	});

	it("text that a server put into the block's start is not lost", () => {
		expect(contentOf(message(block(0, { type: "text", text: "a" }, [text("b")])))).toEqual([{ type: "text", text: "ab" }]);
	});

	it("thinking, then its signature; redacted thinking (hebo #131/#132, envoy #1818, vercel/ai #19058)", () => {
		const events = message([
			...block(0, { type: "thinking", thinking: "", signature: "" }, [{ type: "thinking_delta", thinking: "hm" }, { type: "signature_delta", signature: "sig" }]),
			...block(1, { type: "redacted_thinking", data: "enc" }),
		]);
		expect(contentOf(events)).toEqual([
			{ type: "reasoning", text: "hm", metadata: { anthropic: { signature: "sig" } } },
			{ type: "reasoning", text: "", metadata: { anthropic: { redactedData: "enc" } } },
		]);
	});

	it("citations belong to their text", () => {
		const citation = { type: "char_location", document_title: "D", cited_text: "c", start_char_index: 0, end_char_index: 1 };
		expect(contentOf(message(block(0, { type: "text", text: "", citations: [] }, [text("a"), { type: "citations_delta", citation }])))).toEqual([
			{ type: "text", text: "a", sources: [{ title: "D", metadata: { anthropic: citation } }] },
		]);
	});

	it("unknown blocks and deltas travel on whole", () => {
		const events = message([
			...block(0, { type: "compaction", content: null }, [{ type: "compaction_delta", content: "sum" }]),
			...block(1, { type: "novel", parts: [1] }, [{ type: "novel_delta", text: "a" }, { type: "novel_delta", text: "b" }]),
			...block(2, { type: "text", text: "" }, [{ type: "novel_delta", x: 1 }, text("a")]),
		]);
		expect(contentOf(events)).toEqual([
			{ type: "opaque", dialect: "anthropic-messages", value: { type: "compaction", content: "sum" } },
			{ type: "opaque", dialect: "anthropic-messages", value: { type: "novel", parts: [1], text: "ab" } },
			{ type: "text", text: "a" },
		]);
	});
});

describe("tool calls", () => {
	it("parallel calls whose deltas interleave keep to their own (praxis #266, LiteLLM #21331, headroom PR #2890)", () => {
		const events = message([
			{ type: "content_block_start", index: 0, content_block: toolUse("a") },
			{ type: "content_block_start", index: 1, content_block: toolUse("b") },
			{ type: "content_block_delta", index: 1, delta: json('{"b":') },
			{ type: "content_block_delta", index: 0, delta: json('{"a":1}') },
			{ type: "content_block_delta", index: 1, delta: json("2}") },
			{ type: "content_block_stop", index: 0 },
			{ type: "content_block_stop", index: 1 },
		]);
		expect(contentOf(events)).toEqual([
			{ type: "tool-call", toolCallId: "a", toolName: "look", input: '{"a":1}' },
			{ type: "tool-call", toolCallId: "b", toolName: "look", input: '{"b":2}' },
		]);
	});

	it("is not finished because what there is happens to parse (vercel/ai #16838)", () => {
		const events = message([
			{ type: "content_block_start", index: 0, content_block: toolUse("a") },
			{ type: "content_block_delta", index: 0, delta: json('{"a":1}') },
		]).slice(0, -2);
		expect(decode([sse(events)]).map(({ type }) => type)).toEqual(["response-metadata", "tool-input-start", "tool-input-delta", "error"]);
	});

	it.each([
		["no delta at all", toolUse("a"), [], "{}"],
		["an empty delta", toolUse("a"), [json("")], "{}"],
		["its input in the start", toolUse("a", { url: "x" }), [], '{"url":"x"}'],
	])("with %s: deltas add up to the input", (_, start, deltas, input) => {
		const events = decode([sse(message(block(0, start, deltas)))]);
		expect(events.flatMap((event) => (event.type === "tool-input-delta" ? [event.delta] : [])).join("")).toBe(input);
		expect(events.find(({ type }) => type === "tool-call")).toMatchObject({ input });
	});

	it("numbers do not drift: the text is the model's own (busbar ADR-0005)", () => {
		const [call] = contentOf(message(block(0, toolUse("a"), [json('{"n":0.10,"big":12345678901234567890}')])));
		expect(call).toMatchObject({ input: '{"n":0.10,"big":12345678901234567890}' });
	});

	it.each([
		["not parsable", "max_tokens", '{"a":', true],
		["parsable by chance", "max_tokens", "", true],
		["the window is full", "model_context_window_exceeded", '{"a":', true],
		["whole", "tool_use", '{"a":1}', false],
	])("cut off at the token limit is kept and marked: %s (agentgateway #2776, CLIProxyAPI #4873)", (_, stop_reason, input, isCut) => {
		const events = message(block(0, toolUse("a"), [json(input)]), { delta: { stop_reason } });
		const [call] = contentOf(events);
		expect(call).toMatchObject({ type: "tool-call", toolCallId: "a" });
		expect("incomplete" in (call ?? {})).toBe(isCut);
	});

	it("a whole call in front of what was cut off is whole", () => {
		const events = message([...block(0, toolUse("a")), ...block(1, { type: "text", text: "" })], { delta: { stop_reason: "max_tokens" } });
		expect(contentOf(events)[0]).not.toHaveProperty("incomplete");
	});

	it("tools that the provider runs are told as such, with their results", () => {
		const result = { type: "web_search_tool_result", tool_use_id: "s", content: [{ type: "web_search_result", url: "u" }] };
		expect(contentOf(message([...block(0, { ...toolUse("s"), type: "server_tool_use" }, [json('{"q":1}')]), ...block(1, result)]))).toEqual([
			{ type: "tool-call", toolCallId: "s", toolName: "look", input: '{"q":1}', providerExecuted: true, metadata: { anthropic: { type: "server_tool_use" } } },
			{
				type: "tool-result",
				toolCallId: "s",
				output: { type: "text", text: JSON.stringify(result.content) },
				providerExecuted: true,
				metadata: { anthropic: { type: "web_search_tool_result" } },
			},
		]);
	});
});

describe("usage is told twice and merged by field, never added (rust-genai PR #258, envoy #2236, #2239, #2292, agentgateway #2977)", () => {
	it.each<[string, JsonObject, JsonObject, object]>([
		["output grows", { input_tokens: 10, output_tokens: 1 }, { output_tokens: 7 }, { inputTokens: 10, outputTokens: 7 }],
		["input corrected at the end", { input_tokens: 43, output_tokens: 1 }, { input_tokens: 61, output_tokens: 2 }, { inputTokens: 61, outputTokens: 2 }],
		["cache told at the end only", { input_tokens: 10 }, { output_tokens: 2, cache_read_input_tokens: 5 }, { inputTokens: 15, cachedInputTokens: 5, outputTokens: 2 }],
		["cache told at both ends", { input_tokens: 1, cache_read_input_tokens: 5 }, { output_tokens: 2, cache_read_input_tokens: 5 }, { inputTokens: 6, cachedInputTokens: 5, outputTokens: 2 }],
		["null and zero as placeholders", { input_tokens: 9, cache_read_input_tokens: 3 }, { input_tokens: 0, cache_read_input_tokens: null, output_tokens: 2 }, { inputTokens: 12, cachedInputTokens: 3, outputTokens: 2 }],
	])("%s", (_, first, second, expected) => {
		expect(fold(decode([sse(message([], { usage: second }, { usage: first }))])).finish.usage).toEqual(expected);
	});
});

describe("the end", () => {
	it("keeps stop sequence, details and what stands beside them", () => {
		const delta = { stop_reason: "stop_sequence", stop_sequence: "x", stop_details: { a: 1 }, container: { id: "c" } };
		expect(fold(decode([sse(message([], { delta, context_management: { applied_edits: [] } }))])).finish).toMatchObject({
			reason: "stop",
			rawReason: "stop_sequence",
			stopSequence: "x",
			metadata: { anthropic: { stop_details: { a: 1 }, container: { id: "c" }, context_management: { applied_edits: [] } } },
		});
	});

	it("without a reason is a failure (vercel/ai #19169)", () => {
		expect(failureOf(decode([sse(message([], { delta: {} }))]))).toMatchObject({ kind: "protocol" });
	});

	it.each([
		["overloaded_error", "overloaded"],
		["rate_limit_error", "rate-limited"],
		["api_error", "upstream"],
		["timeout_error", "timeout"],
		["novel_error", "upstream"],
	])("an %s inside a 200 stream, first or later, is that failure (docs.claude.com streaming)", (type, kind) => {
		const error = { type: "error", error: { type, message: "secret host" } };
		for (const events of [[error], [...message([]).slice(0, 1), error, { type: "ping" }]]) {
			const decoded = decode([sse(events)]);
			expect(decoded.at(-1)).toMatchObject({ type: "error", failure: { kind, type } });
			expect(failureOf(decoded)?.message).not.toContain("secret");
		}
	});

	const open = { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };
	const [start = {}] = message([]);
	const [, delta = {}, stop = {}] = message([]);
	it.each<[string, JsonObject[]]>([
		["nothing at all", []],
		["before the end mark", [start, delta]],
		["with a block open", [start, open]],
		["an end with a block open", [start, open, delta, stop]],
		["a second message (spliced streams)", [start, start]],
		["content before the message", [open]],
		["a delta without its block", [start, { type: "content_block_delta", index: 3, delta: text("x") }]],
		["a stop without its block", [start, { type: "content_block_stop", index: 3 }]],
		["a block that opens twice", [start, open, open]],
		["a delta of another kind of block", [start, open, { type: "content_block_delta", index: 0, delta: json("{}") }]],
		["a call without an id", [start, { type: "content_block_start", index: 0, content_block: { type: "tool_use", name: "x", input: {} } }]],
	])("%s is a protocol failure, once, and nothing follows", (_, events) => {
		const decoded = decode([sse([...events])]);
		expect(decoded.at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol", blame: "upstream" } });
		expect(decoded.filter(({ type }) => type === "error" || type === "finish")).toHaveLength(1);
	});

	it.each([["garbage", "data: {oops\n\n"], ["an HTML page", "<html>"], ["the other vendor's end mark", "data: [DONE]\n\n"]])("%s is a protocol failure that tells no upstream text", (_, tail) => {
		const failure = failureOf(decode([sse([start]), bytes(tail)]));
		expect(failure).toMatchObject({ kind: "protocol" });
		expect(failure?.message).not.toMatch(/oops|html|DONE/);
	});

	it("an event, a call or a block that outgrows the cap is a protocol failure", () => {
		const long = "x".repeat(300);
		for (const events of [
			message(block(0, { type: "text", text: "" }, [text(long.repeat(3))])),
			message(block(0, toolUse("a"), [json(long), json(long), json(long)])),
			message(block(0, { type: "novel" }, [{ type: "d", text: long }, { type: "d", text: long }, { type: "d", text: long }])),
		]) {
			expect(failureOf(decode([sse(events)], { maxEventBytes: 700 }))).toMatchObject({ kind: "protocol" });
		}
	});

	it("is dead after its end", () => {
		const decoder = anthropicMessages.provider.createStreamDecoder();
		expect(decoder.push(sse(message([]))).at(-1)?.type).toBe("finish");
		expect([...decoder.push(sse(message([]))), ...decoder.close()]).toEqual([]);
	});
});
