import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import { gemini } from "../../../../src/rules/dialects/gemini/index.ts";
import { bytes, chunk, decodeChunks, decodePieces, decodeWhole, end, fold, sse } from "./helpers.ts";

const contentOf = (...chunks: JsonObject[]) => fold(decodeChunks([...chunks, end("STOP")])).content;

describe("frames", () => {
	it("parse without a space, with CR LF, comments and several data lines (envoy #2470, #2163)", () => {
		const text = `: hello\r\ndata:${JSON.stringify(chunk([{ text: "a" }]))}\r\n\r\ndata: {"candidates":\ndata: [{"finishReason":"STOP"}]}\n\n`;
		expect(fold(decodePieces([bytes(text)])).content).toEqual([{ type: "text", text: "a" }]);
	});

	it("a very large signature split over reads is put together, and broken JSON leaks nothing (envoy #1829)", () => {
		const thoughtSignature = "x".repeat(300_000);
		const whole = bytes(sse([chunk([{ text: "a", thoughtSignature }]), end("STOP")]));
		const pieces = Array.from({ length: Math.ceil(whole.length / 1000) }, (_, index) => whole.subarray(index * 1000, (index + 1) * 1000));
		expect(fold(decodePieces(pieces)).content).toEqual([{ type: "text", text: "a", metadata: { google: { thoughtSignature } } }]);
		const broken = decodePieces([bytes('data: {"secret": "AIzaSy\n\n')]);
		expect(broken).toMatchObject([{ type: "error", failure: { kind: "protocol" } }]);
		expect(JSON.stringify(broken)).not.toContain("AIza");
	});

	it("end early without a reason: a failure, never a stop (vercel/ai #19169)", () => {
		expect(decodeChunks([chunk([{ text: "a" }])]).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol", blame: "upstream" } });
		expect(decodeChunks([]).at(-1)).toMatchObject({ type: "error" });
	});

	it("may hold an error inside a 200, before and after content (vercel/ai #15922)", () => {
		const error = { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } };
		expect(decodeChunks([error])).toEqual([{ type: "error", failure: expect.objectContaining({ kind: "overloaded", blame: "upstream" }) }]);
		expect(decodeChunks([chunk([{ text: "a" }]), error, end("STOP")]).at(-1)).toMatchObject({ type: "error", failure: { kind: "overloaded", type: "UNAVAILABLE" } });
	});
});

describe("parts", () => {
	it("thoughts and words are parts of their own; a signature closes its part", () => {
		expect(contentOf(chunk([{ text: "Hm", thought: true }]), chunk([{ text: "m", thought: true }]), chunk([{ text: "So" }]), chunk([{ text: "", thoughtSignature: "c2ln" }]), chunk([{ text: "More" }]))).toEqual([
			{ type: "reasoning", text: "Hmm", metadata: { google: { thought: true } } },
			{ type: "text", text: "So", metadata: { google: { thoughtSignature: "c2ln" } } },
			{ type: "text", text: "More" },
		]);
	});

	it("parallel calls have distinct ids, the same at each reading; only the first is signed (vercel/ai #17649)", () => {
		const call = (name: string) => ({ functionCall: { name, args: { n: 1 } } });
		const chunks = [chunk([{ ...call("f"), thoughtSignature: "c2ln" }, call("f")]), chunk([call("g")])];
		const calls = contentOf(...chunks);
		expect(calls).toEqual([
			{ type: "tool-call", toolCallId: "call_nameless_0_r1", toolName: "f", input: '{"n":1}', metadata: { google: { thoughtSignature: "c2ln" } } },
			{ type: "tool-call", toolCallId: "call_nameless_1_r1", toolName: "f", input: '{"n":1}' },
			{ type: "tool-call", toolCallId: "call_nameless_2_r1", toolName: "g", input: '{"n":1}' },
		]);
		expect(contentOf(...chunks)).toEqual(calls);
	});

	it("ids that Google gives are kept, and told apart where it repeats one", () => {
		const call = { functionCall: { id: "x", name: "f", args: {} } };
		expect(contentOf(chunk([call, call])).map((part) => (part.type === "tool-call" ? part.toolCallId : ""))).toEqual(["x", "call_nameless_1_r1"]);
	});

	it("a call without arguments has an empty object", () => {
		expect(contentOf(chunk([{ functionCall: { name: "f" } }]))).toMatchObject([{ input: "{}" }]);
	});

	it("images are files, with their signature", () => {
		const image = { inlineData: { mimeType: "image/png", data: "AA==" }, thoughtSignature: "c2ln" };
		expect(contentOf(chunk([{ text: "Look:" }, image, { text: "!" }]))).toEqual([
			{ type: "text", text: "Look:" },
			{ type: "file", mediaType: "image/png", data: { type: "base64", base64: "AA==" }, metadata: { google: { thoughtSignature: "c2ln" } } },
			{ type: "text", text: "!" },
		]);
	});

	it("images of a thought and parts of kinds unknown pass as they came", () => {
		const draft = { thought: true, inlineData: { mimeType: "image/png", data: "AA==" } };
		expect(contentOf(chunk([draft, { somethingNew: 1 }]))).toEqual([
			{ type: "opaque", dialect: "gemini", value: draft },
			{ type: "opaque", dialect: "gemini", value: { somethingNew: 1 } },
		]);
	});
});

describe("arguments in pieces", () => {
	const piece = (partialArgs: JsonObject[], rest: JsonObject = { willContinue: true }) => chunk([{ functionCall: { partialArgs, ...rest } }]);
	const start = chunk([{ functionCall: { name: "f", willContinue: true } }]);

	it("make values of every kind at any place", () => {
		const made = contentOf(
			start,
			piece([{ jsonPath: "$.a.b[0].c", stringValue: "x", willContinue: true }]),
			piece([{ jsonPath: "$.a.b[0].c", stringValue: "y" }, { jsonPath: "$.a.b[1]", numberValue: 0.5 }]),
			piece([{ jsonPath: "$['odd key'][0]", boolValue: false }, { jsonPath: '$["n"]', nullValue: "NULL_VALUE" }]),
			chunk([{ functionCall: {} }]),
		);
		expect(made).toMatchObject([{ type: "tool-call", input: '{"a":{"b":[{"c":"xy"},0.5]},"odd key":[false],"n":null}' }]);
	});

	it("end with the next call or part, never where they happen to parse (vercel/ai #16838)", () => {
		expect(contentOf(start, piece([{ jsonPath: "$.a", stringValue: "x" }]), chunk([{ functionCall: { name: "g", args: { b: 1 } } }]), chunk([{ text: "done" }]))).toMatchObject([
			{ toolName: "f", input: '{"a":"x"}' },
			{ toolName: "g", input: '{"b":1}' },
			{ type: "text", text: "done" },
		]);
	});

	it("cut off by the token limit are kept and marked (CLIProxyAPI #4873)", () => {
		const { content, finish } = fold(decodeChunks([start, piece([{ jsonPath: "$.a", stringValue: "x", willContinue: true }]), end("MAX_TOKENS")]));
		expect(content).toMatchObject([{ type: "tool-call", incomplete: true, input: '{"a":"x"}' }]);
		expect(finish.reason).toBe("length");
	});

	it.each([
		["no path", { stringValue: "x" }],
		["a path that is none", { jsonPath: "a.b", stringValue: "x" }],
		["the root", { jsonPath: "$", stringValue: "x" }],
		["a gap in a list", { jsonPath: "$.a[5]", stringValue: "x" }],
		["no value", { jsonPath: "$.a" }],
		["an endless path", { jsonPath: `$${".a".repeat(100)}`, stringValue: "x" }],
	])("with %s are a failure", (_, broken) => {
		expect(decodeChunks([start, piece([broken]), end("STOP")]).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
	});

	it("that name __proto__ make an argument of that name", () => {
		expect(contentOf(start, piece([{ jsonPath: "$.__proto__.polluted", boolValue: true }]))).toMatchObject([{ input: '{"__proto__":{"polluted":true}}' }]);
		expect({}).not.toHaveProperty("polluted");
	});
});

describe("the end", () => {
	it.each([
		["STOP", "stop"],
		["MAX_TOKENS", "length"],
		["SAFETY", "content-filter"],
		["RECITATION", "content-filter"],
		["BLOCKLIST", "content-filter"],
		["PROHIBITED_CONTENT", "content-filter"],
		["SPII", "content-filter"],
		["IMAGE_SAFETY", "content-filter"],
		["MALFORMED_FUNCTION_CALL", "error"],
		["UNEXPECTED_TOOL_CALL", "error"],
		["CONTINUATION", "pause"],
		["OTHER", "other"],
		["SOMETHING_NEW", "other"],
	])("%s is %s", (finishReason, reason) => {
		expect(decodeChunks([end(finishReason)]).at(-1)).toMatchObject({ type: "finish", reason, rawReason: finishReason });
	});

	it("STOP behind a call is that of its tools", () => {
		expect(decodeChunks([chunk([{ functionCall: { name: "f" } }]), end("STOP")]).at(-1)).toMatchObject({ reason: "tool-calls", rawReason: "STOP" });
	});

	it("of a blocked prompt is the content filter's, whole and streamed", () => {
		const blocked = { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 } };
		const expected = { reason: "content-filter", usage: { inputTokens: 7 }, metadata: { google: { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } } } };
		expect(decodeChunks([blocked]).at(-1)).toEqual({ type: "finish", ...expected });
		expect(decodeWhole(blocked).finish).toEqual(expected);
		expect(gemini.caller.encodeAnswer(decodeWhole(blocked), { model: "m", answerId: "a", createdAt: 0, requestId: "r" })).toEqual({ ...blocked, modelVersion: "m", responseId: "a" });
	});

	it("counts thoughts as output and cached tokens as input; zeros and null mid-stream wipe out nothing (envoy #2259, CLIProxyAPI 7cf92793c)", () => {
		const usage = (usageMetadata: JsonObject) => chunk([{ text: "a" }], {}, { usageMetadata });
		const [finish] = decodeChunks([
			usage({ promptTokenCount: 100, cachedContentTokenCount: 60, candidatesTokenCount: 0 }),
			usage({ promptTokenCount: 0, candidatesTokenCount: 5, thoughtsTokenCount: 20 }),
			usage({ promptTokenCount: null, candidatesTokenCount: 12, thoughtsTokenCount: 0, toolUsePromptTokenCount: 9, totalTokenCount: 141 }),
			end("STOP"),
		]).slice(-1);
		expect(finish).toMatchObject({ type: "finish", usage: { inputTokens: 109, outputTokens: 32, cachedInputTokens: 60, reasoningTokens: 20 } });
	});

	it("tells sources once, on the text that rests on them", () => {
		const web = { web: { uri: "https://a.example", title: "A" } };
		const groundingMetadata = { groundingChunks: [web], webSearchQueries: ["a"] };
		const citationMetadata = { citations: [{ uri: "https://b.example", startIndex: 0 }] };
		const { content, finish } = fold(decodeChunks([chunk([{ text: "So" }], { groundingMetadata }), chunk([{ text: "", thoughtSignature: "c2ln" }], { groundingMetadata, citationMetadata, finishReason: "STOP" })]));
		expect(content).toEqual([
			{
				type: "text",
				text: "So",
				sources: [
					{ url: "https://a.example", title: "A", metadata: { google: web } },
					{ url: "https://b.example", metadata: { google: { uri: "https://b.example", startIndex: 0 } } },
				],
				metadata: { google: { thoughtSignature: "c2ln" } },
			},
		]);
		expect(finish.metadata).toEqual({ google: { candidate: { groundingMetadata, citationMetadata } } });
	});
});

describe("a whole answer", () => {
	it.each([
		["no object", []],
		["no candidate", { usageMetadata: { promptTokenCount: 1 } }],
		["an empty list of them", { candidates: [] }],
	])("with %s is a protocol failure", (_, body) => {
		expect(gemini.provider.decodeAnswer(body as never)).toMatchObject({ ok: false, problem: { kind: "protocol" } });
	});

	it("that is an error is that failure", () => {
		expect(gemini.provider.decodeAnswer({ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Slow down" } })).toMatchObject({ ok: false, problem: { kind: "rate-limited" } });
	});

	it("may leave out why it ended", () => {
		expect(decodeWhole({ candidates: [{ content: { parts: [{ text: "a" }] } }] })).toMatchObject({ content: [{ text: "a" }], finish: { reason: "other" } });
	});
});
