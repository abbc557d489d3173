import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutatedStream } from "../../../fuzz/hostile.ts";
import { guardPrototypes } from "../../../fuzz/expectations.ts";
import { itDecodesAlikeAtEverySplit } from "../stream-laws.ts";
import { expectWellFormed } from "../well-formed.ts";
import { answerOf, decode, decodeOdd, decodePieces, decodeWhole, failureOf, finish, type Part, said, usage, wire } from "./parts.ts";

guardPrototypes();

const page = { type: "source", sourceType: "url", id: "s1", url: "https://w.example", title: "W" } as const;
const whole: readonly Part[] = [
	{ type: "stream-start", warnings: [{ type: "unsupported", feature: "topK" }] },
	{ type: "response-metadata", id: "resp_1", modelId: "m-1", timestamp: new Date(1_700_000_000_000) },
	{ type: "reasoning-start", id: "0" },
	{ type: "reasoning-delta", id: "0", delta: "Let me " },
	{ type: "reasoning-delta", id: "0", delta: "see" },
	{ type: "reasoning-delta", id: "0", delta: "", providerMetadata: { anthropic: { signature: "sig" } } },
	{ type: "reasoning-end", id: "0" },
	{ type: "text-start", id: "1" },
	{ type: "text-delta", id: "1", delta: "Grüß " },
	{ type: "text-delta", id: "1", delta: "dich 👋" },
	{ type: "text-end", id: "1", providerMetadata: { openai: { itemId: "msg_1" } } },
	page,
	{ type: "tool-input-start", id: "call_1", toolName: "weather" },
	{ type: "tool-input-delta", id: "call_1", delta: '{"city":' },
	{ type: "tool-input-delta", id: "call_1", delta: '"Köln"}' },
	{ type: "tool-input-end", id: "call_1" },
	{ type: "tool-call", toolCallId: "call_1", toolName: "weather", input: '{"city":"Köln"}' },
	{ type: "tool-call", toolCallId: "call_2", toolName: "now", input: "" },
	{ type: "raw", rawValue: { any: "thing" } },
	{ type: "finish", finishReason: { unified: "tool-calls", raw: "tool_use" }, usage, providerMetadata: { anthropic: { stopSequence: "END" } } },
];

describe("a stream of a language model", () => {
	it("is decoded into its parts, calls, end and usage", () => {
		const events = decode(...whole);
		expectWellFormed(events);
		expect(answerOf(events)).toEqual({
			id: "resp_1",
			model: "m-1",
			createdAt: 1_700_000_000_000,
			content: [
				{ type: "reasoning", text: "Let me see", metadata: { anthropic: { signature: "sig" } } },
				{ type: "text", text: "Grüß dich 👋", sources: [{ url: "https://w.example", title: "W" }], metadata: { aiSdk: { openai: { itemId: "msg_1" } } } },
				{ type: "tool-call", toolCallId: "call_1", toolName: "weather", input: '{"city":"Köln"}' },
				{ type: "tool-call", toolCallId: "call_2", toolName: "now", input: "{}" },
			],
			finish: {
				reason: "tool-calls",
				rawReason: "tool_use",
				stopSequence: "END",
				usage: { inputTokens: 35, outputTokens: 9, cachedInputTokens: 20, cacheWriteTokens: 10, reasoningTokens: 2 },
				metadata: { aiSdk: { providerMetadata: { anthropic: { stopSequence: "END" } }, warnings: [{ type: "unsupported", feature: "topK" }] } },
			},
		});
	});

	it("gives the same events at every split", () => {
		const bytes = wire(whole);
		const expected = decodePieces([bytes]);
		expect(decodePieces([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
		for (let cut = 0; cut <= bytes.length; cut++) expect(decodePieces([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
	});

	it("agrees with the whole answer", () => {
		const decoded = decodeWhole({
			content: [
				{ type: "reasoning", text: "Let me see", providerMetadata: { anthropic: { signature: "sig" } } },
				{ type: "text", text: "Grüß dich 👋", providerMetadata: { openai: { itemId: "msg_1" } } },
				page,
				{ type: "tool-call", toolCallId: "call_1", toolName: "weather", input: '{"city":"Köln"}' },
				{ type: "tool-call", toolCallId: "call_2", toolName: "now", input: "" },
			],
			finishReason: { unified: "tool-calls", raw: "tool_use" },
			providerMetadata: { anthropic: { stopSequence: "END" } },
			response: { id: "resp_1", modelId: "m-1", timestamp: new Date(1_700_000_000_000) },
			warnings: [{ type: "unsupported", feature: "topK" }],
		});
		expect(decoded).toEqual({ ok: true, value: answerOf(decode(...whole)) });
	});

	it.each([
		["stop", "stop", "stop"],
		["length", "max_tokens", "length"],
		["content-filter", "refusal", "content-filter"],
		["error", "failed", "error"],
		["other", "odd", "other"],
		["stop", "pause_turn", "pause"],
	] as const)("that ends with %s (%s) ends with %s", (unified, raw, reason) => {
		expect(decode(...said("Hi"), finish(unified, raw)).at(-1)).toMatchObject({ type: "finish", reason, rawReason: raw });
	});

	it("of version 2 says the same in other places", () => {
		const old = { type: "finish", finishReason: "tool-calls", usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15, reasoningTokens: 2, cachedInputTokens: 4 } };
		expect(decodeOdd(...said("Hi"), old).at(-1)).toEqual({
			type: "finish",
			reason: "tool-calls",
			usage: { inputTokens: 10, outputTokens: 5, reasoningTokens: 2, cachedInputTokens: 4 },
		});
	});

	it("leaves out a warning that nests too deep to be kept", () => {
		const deep = JSON.parse("[".repeat(500) + "]".repeat(500));
		const events = decodeOdd({ type: "stream-start", warnings: [{ type: "other", message: deep }, { type: "other", message: "w" }, "odd"] }, finish());
		expect(events.at(-1)).toMatchObject({ metadata: { aiSdk: { warnings: [{ type: "other", message: "w" }] } } });
	});

	it("passes signs of life on, and skips parts that are not known", () => {
		const events = decodeOdd({ type: "hologram-start", id: "h" }, { type: "ping" }, ...said("Hi"), finish());
		expect(events.map(({ type }) => type)).toEqual(["ping", "text-start", "text-delta", "text-end", "finish"]);
	});
});

describe("texts and thoughts", () => {
	it("are told one after the other, also where the model keeps a text open while it calls", () => {
		const events = decode(
			{ type: "text-start", id: "0" },
			{ type: "text-delta", id: "0", delta: "I look." },
			{ type: "tool-input-start", id: "c", toolName: "f" },
			{ type: "text-delta", id: "0", delta: "Wait." },
			{ type: "tool-input-delta", id: "c", delta: "{}" },
			{ type: "tool-call", toolCallId: "c", toolName: "f", input: "{}" },
			{ type: "text-end", id: "0" },
			finish("tool-calls"),
		);
		expectWellFormed(events);
		expect(events.map(({ type }) => type)).toEqual([
			"text-start", "text-delta", "text-end", "tool-input-start", "text-start", "text-delta", "text-end", "tool-input-delta", "tool-input-end", "tool-call", "finish",
		]);
	});

	it("may use an id twice, also for parts of both kinds and for a call", () => {
		const events = decode(
			{ type: "reasoning-start", id: "0" },
			{ type: "reasoning-delta", id: "0", delta: "Hm" },
			{ type: "reasoning-end", id: "0" },
			...said("A"),
			...said("B"),
			{ type: "tool-call", toolCallId: "0", toolName: "f", input: "{}" },
			{ type: "tool-call", toolCallId: "0", toolName: "g", input: "{}" },
			finish(),
		);
		expectWellFormed(events);
		expect(answerOf(events).content).toMatchObject([{ type: "reasoning" }, { text: "A" }, { text: "B" }, { toolName: "f" }, { toolName: "g" }]);
	});

	it.each([
		["redacted thoughts", { anthropic: { redactedData: "YWJj" } }, { anthropic: { redactedData: "YWJj" } }],
		["an encrypted state", { openai: { itemId: "rs_1", reasoningEncryptedContent: "enc" } }, { responses: { encrypted_content: "enc" }, aiSdk: { openai: { itemId: "rs_1" } } }],
		["a state of another vendor", { xai: { blob: "b" } }, { aiSdk: { xai: { blob: "b" } } }],
	])("without words carry %s", (_, providerMetadata, metadata) => {
		const events = decodeOdd({ type: "reasoning-start", id: "0", providerMetadata }, { type: "reasoning-end", id: "0" }, finish());
		expectWellFormed(events);
		expect(answerOf(events).content).toEqual([{ type: "reasoning", text: "", metadata }]);
	});

	it("are marked where nothing is said of a thought: callers drop what carries no state", () => {
		const events = decode({ type: "reasoning-start", id: "0" }, { type: "reasoning-delta", id: "0", delta: "Hm" }, { type: "reasoning-end", id: "0" }, finish());
		expect(answerOf(events).content).toEqual([{ type: "reasoning", text: "Hm", metadata: { aiSdk: {} } }]);
	});

	it("tell a state once, with the piece that it came with", () => {
		const events = decode(
			{ type: "reasoning-start", id: "0" },
			{ type: "reasoning-delta", id: "0", delta: "Hm" },
			{ type: "reasoning-delta", id: "0", delta: "", providerMetadata: { anthropic: { signature: "sig" } } },
			...said("I look.", "1"),
			{ type: "reasoning-delta", id: "0", delta: "Well" },
			{ type: "reasoning-end", id: "0" },
			finish(),
		);
		expectWellFormed(events);
		expect(answerOf(events).content).toMatchObject([{ metadata: { anthropic: { signature: "sig" } } }, { text: "I look." }, { text: "Well", metadata: { aiSdk: {} } }]);
	});

	it("keep a text's own signature apart from those of thoughts", () => {
		const events = decode(...said("A").slice(0, 2), { type: "text-end", id: "0", providerMetadata: { anthropic: { signature: "sig" } } }, finish());
		expect(answerOf(events).content).toEqual([{ type: "text", text: "A", metadata: { aiSdk: { anthropic: { signature: "sig" } } } }]);
	});

	it("say nothing where they are empty and carry nothing", () => {
		expect(decode({ type: "text-start", id: "0" }, { type: "text-delta", id: "0", delta: "" }, { type: "text-end", id: "0" }, finish())).toHaveLength(1);
	});

	it("keep Google's signature, with words and without", () => {
		const signed = { providerMetadata: { google: { thoughtSignature: "ts" } } };
		const metadata = { google: { thoughtSignature: "ts" } };
		const events = decode(...said("A", "1").slice(0, 2), { type: "text-end", id: "1", ...signed }, { type: "text-start", id: "2", ...signed }, { type: "text-end", id: "2" }, finish());
		expect(answerOf(events).content).toEqual([{ type: "text", text: "A", metadata }, { type: "text", text: "", metadata }]);
	});
});

describe("sources", () => {
	const other = { ...page, id: "s2", url: "https://o.example", title: "O", providerMetadata: { anthropic: { pageAge: "1 d" } } };

	it("belong to the text that is open, or the next one, or to the end", () => {
		const events = decode(page, ...said("A"), finish());
		expect(answerOf(events).content).toMatchObject([{ text: "A", sources: [{ url: "https://w.example" }] }]);
		const late = decode(...said("A"), { type: "tool-call", toolCallId: "c", toolName: "f", input: "{}" }, page, finish());
		expectWellFormed(late);
		expect(late.at(-1)).toMatchObject({ metadata: { aiSdk: { sources: [{ url: "https://w.example", title: "W" }] } } });
	});

	it("give way to citations, which tell their place", () => {
		const citation = { source: page, startIndex: 0, endIndex: 1, citedText: "A" };
		const events = decode(...said("A").slice(0, 2), page, other, { type: "text-end", id: "0", citations: [citation] }, finish());
		const [text] = answerOf(events).content;
		expect(text).toMatchObject({
			sources: [
				{ url: "https://w.example", title: "W", metadata: { openai: { type: "url_citation", url_citation: { url: "https://w.example", title: "W", start_index: 0, end_index: 1 } } } },
				{ url: "https://o.example", title: "O", metadata: { aiSdk: { anthropic: { pageAge: "1 d" } } } },
			],
		});
	});

	it("go on to the next text where their own is long told", () => {
		const citation = { source: page, startIndex: 0, endIndex: 1 };
		const events = decode(...said("A").slice(0, 2), { type: "tool-call", toolCallId: "c", toolName: "f", input: "{}" }, { type: "text-end", id: "0", citations: [citation] }, ...said("B", "1"), finish());
		expectWellFormed(events);
		expect(answerOf(events).content).toMatchObject([{ text: "A" }, { type: "tool-call" }, { text: "B", sources: [{ url: "https://w.example" }] }]);
	});

	it("are documents too", () => {
		const events = decode({ type: "source", sourceType: "document", id: "d", mediaType: "application/pdf", title: "Report" }, ...said("A"), finish());
		expect(answerOf(events).content).toMatchObject([{ sources: [{ title: "Report" }] }]);
	});
});

describe("tool calls", () => {
	it("may interleave", () => {
		const events = decode(
			{ type: "tool-input-start", id: "a", toolName: "f" },
			{ type: "tool-input-start", id: "b", toolName: "g" },
			{ type: "tool-input-delta", id: "a", delta: '{"x":' },
			{ type: "tool-input-delta", id: "b", delta: "{}" },
			{ type: "tool-input-delta", id: "a", delta: "1}" },
			{ type: "tool-input-end", id: "b" },
			{ type: "tool-call", toolCallId: "b", toolName: "g", input: "{}" },
			{ type: "tool-input-end", id: "a" },
			{ type: "tool-call", toolCallId: "a", toolName: "f", input: '{"x":1}' },
			finish("tool-calls"),
		);
		expectWellFormed(events);
		expect(answerOf(events).content).toMatchObject([{ toolCallId: "a", input: '{"x":1}' }, { toolCallId: "b", input: "{}" }]);
	});

	it("that stop makes an answer of calls", () => {
		expect(decode({ type: "tool-call", toolCallId: "c", toolName: "f", input: "{}" }, finish("stop")).at(-1)).toMatchObject({ reason: "tool-calls", rawReason: "stop" });
	});

	it("tell what their deltas left out", () => {
		const events = decode(
			{ type: "tool-input-start", id: "c", toolName: "f" },
			{ type: "tool-input-delta", id: "c", delta: '{"x"' },
			{ type: "tool-call", toolCallId: "c", toolName: "f", input: '{"x":1}' },
			finish("tool-calls"),
		);
		expect(events.filter(({ type }) => type === "tool-input-delta")).toMatchObject([{ delta: '{"x"' }, { delta: ":1}" }]);
	});

	it("with bare text for deltas are told as their JSON", () => {
		const events = decode(
			{ type: "tool-input-start", id: "c", toolName: "patch", inputEncoding: "text" },
			{ type: "tool-input-delta", id: "c", delta: "*** Begin" },
			{ type: "tool-call", toolCallId: "c", toolName: "patch", input: '"*** Begin"' },
			finish("tool-calls"),
		);
		expect(events.filter(({ type }) => type === "tool-input-delta")).toEqual([{ type: "tool-input-delta", id: "c", delta: '"*** Begin"' }]);
	});

	it.each([
		["the token limit cuts behind it", [{ type: "tool-call", toolCallId: "c", toolName: "f", input: "{}" }, finish("length")]],
		["its input is no JSON", [{ type: "tool-call", toolCallId: "c", toolName: "f", input: '{"x' }, finish()]],
		["it is never told whole", [{ type: "tool-input-start", id: "c", toolName: "f" }, { type: "tool-input-delta", id: "c", delta: '{"x' }, finish("length")]],
	] satisfies [string, Part[]][])("are incomplete where %s", (_, parts) => {
		const events = decode(...parts);
		expectWellFormed(events);
		expect(answerOf(events).content).toMatchObject([{ type: "tool-call", incomplete: true }]);
	});

	it("keep what is said of them at their start and at their end", () => {
		const called = { type: "tool-call", toolCallId: "c", toolName: "f", input: "{}" } as const;
		const start = { type: "tool-input-start", id: "c", toolName: "f" } as const;
		const atStart = { providerMetadata: { openai: { itemId: "s" } } };
		const atEnd = { providerMetadata: { google: { thoughtSignature: "ts" } } };
		expect(answerOf(decode({ ...start, ...atStart }, called, finish())).content).toMatchObject([{ metadata: { aiSdk: { openai: { itemId: "s" } } } }]);
		expect(answerOf(decode(start, { ...called, ...atEnd }, finish())).content).toMatchObject([{ metadata: { google: { thoughtSignature: "ts" } } }]);
	});

	it("find their results also where an id is used twice", () => {
		const called = { type: "tool-call", toolCallId: "s", toolName: "search", input: "{}", providerExecuted: true } as const;
		const result = { type: "tool-result", toolCallId: "s", toolName: "search", result: "A" } as const;
		const { content } = answerOf(decode(called, result, called, result, finish()));
		expect(content.map((part) => "toolCallId" in part && part.toolCallId)).toEqual(["s", "s", "s_2", "s_2"]);
	});

	it("of the provider's own tools come with their results, the last of them", () => {
		const result = { type: "tool-result", toolCallId: "s", toolName: "web_search", result: [{ url: "https://w.example" }] } as const;
		const events = decode(
			{ type: "tool-call", toolCallId: "s", toolName: "web_search", input: '{"query":"q"}', providerExecuted: true },
			{ ...result, result: [], preliminary: true },
			{ ...result, providerMetadata: { openai: { itemId: "ws_1" } } },
			...said("Found."),
			finish("stop"),
		);
		expectWellFormed(events);
		expect(events.at(-1)).toMatchObject({ reason: "stop" });
		expect(answerOf(events).content).toEqual([
			{ type: "tool-call", toolCallId: "s", toolName: "web_search", input: '{"query":"q"}', providerExecuted: true },
			{
				type: "tool-result", toolCallId: "s", toolName: "web_search", output: { type: "text", text: '[{"url":"https://w.example"}]' }, providerExecuted: true,
				metadata: { aiSdk: { openai: { itemId: "ws_1" } } },
			},
			{ type: "text", text: "Found." },
		]);
	});
});

describe("files and what the canonical form has no words for", () => {
	it.each([
		["bytes", { data: { type: "data", data: "iVBO" } }, { type: "base64", base64: "iVBO" }],
		["bytes of version 3", { data: "iVBO" }, { type: "base64", base64: "iVBO" }],
		["an address", { data: { type: "url", url: "https://f.example/a.png" } }, { type: "url", url: "https://f.example/a.png" }],
	])("%s are a file", (_, file, data) => {
		const events = decodeOdd({ type: "file", mediaType: "image/png", ...file }, finish());
		expect(events[0]).toEqual({ type: "file", mediaType: "image/png", data });
	});

	it.each([
		{ type: "custom", kind: "openai.compaction", providerMetadata: { openai: { a: 1 } } },
		{ type: "reasoning-file", mediaType: "image/png", data: { type: "data", data: "iVBO" } },
		{ type: "tool-approval-request", approvalId: "a", toolCallId: "c" },
	])("$type is kept as it came", (part) => {
		expect(decodeOdd(part, finish())[0]).toEqual({ type: "opaque", dialect: "ai-sdk", value: part });
		expect(decodeWhole({ content: [part] as never })).toMatchObject({ ok: true, value: { content: [{ type: "opaque", value: part }] } });
	});
});

describe("a stream that breaks", () => {
	it("is never a clean end, wherever it is cut", () => {
		const bytes = wire(whole);
		for (let cut = 0; cut < bytes.length - 1; cut++) expect(failureOf(decodePieces([bytes.subarray(0, cut)]))).toMatchObject({ kind: "protocol", blame: "upstream" });
	});

	it.each([
		["interrupted", { unified: "interrupted", raw: undefined }],
		["other without a word", { unified: "other", raw: undefined }],
		["unknown, in version 2", "unknown"],
	])("%s is a failure: providers tell a connection that broke as an end", (_, finishReason) => {
		expect(failureOf(decodeOdd(...said("Hi"), { type: "finish", finishReason, usage }))).toMatchObject({ kind: "protocol" });
	});

	it.each<[string, readonly unknown[]]>([
		["a part that is no object", ["text"]],
		["a part without a type", [{ id: "0" }]],
		["a delta before its start", [{ type: "text-delta", id: "0", delta: "Hi" }]],
		["an end before its start", [{ type: "reasoning-end", id: "0" }]],
		["an input without a call", [{ type: "tool-input-delta", id: "c", delta: "{}" }]],
		["a call that begins twice", [{ type: "tool-input-start", id: "c", toolName: "f" }, { type: "tool-input-start", id: "c", toolName: "f" }]],
		["a call without a name", [{ type: "tool-call", toolCallId: "c", input: "{}" }]],
		["a call without an id", [{ type: "tool-input-start", toolName: "f" }]],
		["a result without a call", [{ type: "tool-result", toolName: "f", result: 1 }]],
		["a file without data", [{ type: "file", mediaType: "image/png" }]],
		["an end without a reason", [{ type: "finish", usage }]],
	])("%s is a failure", (_, parts) => {
		const events = decodeOdd(...parts, ...said("late"), finish());
		expect(failureOf(events)).toMatchObject({ kind: "protocol" });
		expect(events.filter(({ type }) => type === "error" || type === "finish")).toHaveLength(1);
	});

	it("is a failure where a part, an input, or what has to be kept grows past the cap", () => {
		const cap = { maxEventBytes: 1000 };
		const message = (...parts: readonly Part[]) => failureOf(decodePieces([wire(parts)], cap))?.message;
		expect(message(...said("x".repeat(2000)), finish())).toContain("too large");
		const pieces = Array.from({ length: 30 }, (): Part => ({ type: "tool-input-delta", id: "c", delta: "x".repeat(50) }));
		expect(message({ type: "tool-input-start", id: "c", toolName: "f" }, ...pieces, finish())).toContain("too large");
		expect(message(...Array.from({ length: 30 }, (): Part => page), ...said("A"), finish())).toContain("too much");
	});

	it.each([
		["an error of the AI SDK", { name: "AI_APICallError", message: "no", statusCode: 429, responseBody: '{"error":{"message":"slow down","code":"rate_limit_exceeded"}}' }, "rate-limited"],
		["OpenAI's object", { message: "The server had an error", type: "server_error", code: null }, "upstream"],
		["OpenAI's stream error", { message: "no", type: "server_error", code: "rate_limit_exceeded", statusCode: 429, data: { error: { message: "no", code: "rate_limit_exceeded" } } }, "rate-limited"],
		["Anthropic's object", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "overloaded"],
		["Google's object", { code: 503, message: "busy", status: "UNAVAILABLE" }, "overloaded"],
		["a status alone", { statusCode: 503, message: "busy" }, "overloaded"],
		["a chunk that cannot be read", { name: "AI_TypeValidationError", message: "no" }, "protocol"],
		["words", "it broke", "upstream"],
		["nothing", null, "upstream"],
	])("by %s is %s", (_, error, kind) => {
		const events = decodeOdd(...said("Hi").slice(0, 2), { type: "error", error }, finish("error"));
		expect(failureOf(events)).toMatchObject({ kind });
		expect(events.at(-2)).toMatchObject({ type: "text-delta" });
	});
});

describe("hostile bytes", () => {
	const text = new TextDecoder().decode(wire(whole));
	itDecodesAlikeAtEverySplit(fc.oneof({ weight: 5, arbitrary: mutatedStream(text) }, fc.uint8Array({ maxLength: 200 })), decodePieces);
});
