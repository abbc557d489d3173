import { describe, expect, it } from "vitest";
import { gatewayError } from "../../../../src/contract/errors.ts";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import { pack } from "../../../../src/rules/dialects/foreign-state.ts";
import { asJsonArray } from "../../../../src/rules/dialects/gemini/array-encoder.ts";
import { gemini } from "../../../../src/rules/dialects/gemini/index.ts";
import { context, parseSse } from "./helpers.ts";

const encode = (...events: StreamEvent[]) => parseSse(gemini.caller.createStreamEncoder(context).push(events));
const partsOf = (...events: StreamEvent[]) =>
	encode(...events, { type: "finish", reason: "stop", usage: {} }).flatMap((chunk) => (chunk.candidates as { content: { parts: object[] } }[])[0]?.content.parts ?? []).slice(0, -1);
const finish: StreamEvent = { type: "finish", reason: "stop", usage: { inputTokens: 3, outputTokens: 9, reasoningTokens: 4, cachedInputTokens: 1 } };
const text: StreamEvent[] = [{ type: "text-start", id: "0" }, { type: "text-delta", id: "0", delta: "a\n\ndata: b" }, { type: "text-end", id: "0" }];

describe("an answer of another vendor, in Google's form", () => {
	it("thoughts are marked; another vendor's state comes behind them, packed", () => {
		const metadata = { anthropic: { signature: "x" } };
		expect(partsOf({ type: "reasoning-start", id: "r" }, { type: "reasoning-delta", id: "r", delta: "Hm" }, { type: "reasoning-end", id: "r", metadata })).toEqual([
			{ text: "Hm", thought: true },
			{ text: "", thought: true, thoughtSignature: pack(metadata) },
		]);
	});

	it("calls come whole, with their ids, in the order in which they are complete", () => {
		const call = (id: string) => ({ type: "tool-call", toolCallId: id, toolName: id, input: '{"n":1}' }) as const;
		const starts = ["a", "b"].map((id): StreamEvent => ({ type: "tool-input-start", id, toolName: id }));
		expect(partsOf(...starts, { type: "tool-input-delta", id: "a", delta: '{"n"' }, call("b"), call("a"))).toEqual([
			{ functionCall: { id: "b", name: "b", args: { n: 1 } } },
			{ functionCall: { id: "a", name: "a", args: { n: 1 } } },
		]);
	});

	it("a call that was cut off stays so (agentgateway #2776)", () => {
		const cut = { type: "tool-call", toolCallId: "a", toolName: "f", input: '{"n":', incomplete: true } as const;
		expect(partsOf(cut)).toEqual([{ functionCall: { id: "a", name: "f", args: { invalid_input: '{"n":' }, willContinue: true } }]);
		const body = gemini.caller.encodeAnswer({ content: [cut], finish: { reason: "length", usage: {} } }, context);
		expect(gemini.provider.decodeAnswer(JSON.parse(JSON.stringify(body)))).toMatchObject({ ok: true, value: { content: [cut], finish: { reason: "length" } } });
	});

	it("tools that another vendor ran itself are not shown: a client would run them again", () => {
		expect(partsOf({ type: "tool-call", toolCallId: "x", toolName: "web_search", input: "{}", providerExecuted: true, metadata: { anthropic: { type: "server_tool_use" } } })).toEqual([]);
	});

	it("sources become pages that the answer rests on", () => {
		const source: StreamEvent = { type: "source", id: "0", source: { url: "https://a.example", title: "A" } };
		const [start, delta, stop] = text as [StreamEvent, StreamEvent, StreamEvent];
		expect(encode(start, delta, source, stop, finish).at(-1)).toMatchObject({
			candidates: [{ finishReason: "STOP", groundingMetadata: { groundingChunks: [{ web: { uri: "https://a.example", title: "A" } }] } }],
		});
	});

	it("the last chunk tells the usage, thoughts beside the words", () => {
		expect(encode(...text, finish).at(-1)).toMatchObject({
			usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5, thoughtsTokenCount: 4, cachedContentTokenCount: 1, totalTokenCount: 12 },
			modelVersion: "alias",
			responseId: "msg_own",
		});
	});

	it.each([
		["length", undefined, "MAX_TOKENS"],
		["content-filter", "refusal", "SAFETY"],
		["tool-calls", "tool_use", "STOP"],
		["pause", "pause_turn", "OTHER"],
		["error", "error", "OTHER"],
		["content-filter", "RECITATION", "RECITATION"],
	] as const)("the end %s (%s) is %s", (reason, rawReason, word) => {
		expect(encode({ type: "finish", reason, usage: {}, ...(rawReason === undefined ? {} : { rawReason }) })).toMatchObject([{ candidates: [{ finishReason: word }] }]);
	});

	it("a refusal that ended well is the filter's", () => {
		expect(encode({ type: "text-start", id: "0", refusal: true }, { type: "text-delta", id: "0", delta: "No" }, { type: "text-end", id: "0" }, finish).at(-1)).toMatchObject({ candidates: [{ finishReason: "SAFETY" }] });
	});

	it("a terminal error follows what was said, and nothing follows it", () => {
		const encoder = gemini.caller.createStreamEncoder(context);
		encoder.push(text);
		expect(parseSse(encoder.fail(gatewayError("PROVIDER_OVERLOADED", { retryAfterMs: 1500 })))).toEqual([
			{
				error: {
					code: 503,
					message: "The provider is overloaded",
					status: "UNAVAILABLE",
					details: [
						{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "PROVIDER_OVERLOADED", domain: "postern", metadata: { requestId: "req_1" } },
						{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "2s" },
					],
				},
			},
		]);
		expect([encoder.push([finish]), encoder.fail(gatewayError("INTERNAL_ERROR"))]).toEqual(["", ""]);
	});

	it("a sign of life is a comment", () => {
		expect(gemini.caller.createStreamEncoder(context).push([{ type: "ping" }])).toBe(": ping\n\n");
	});
});

describe("a stream as one JSON array", () => {
	const create = () => asJsonArray(gemini.caller.createStreamEncoder(context));

	it("is the same chunks, whatever the batches were", () => {
		const events: StreamEvent[] = [...text, { type: "ping" }, finish];
		const expected = encode(...events);
		expect(JSON.parse(create().push(events))).toEqual(expected);
		const encoder = create();
		expect(JSON.parse(events.map((event) => encoder.push([event])).join(""))).toEqual(expected);
	});

	it("ends with the error where it broke off, also before the first chunk", () => {
		const encoder = create();
		const begun = encoder.push(text);
		expect(JSON.parse(begun + encoder.fail(gatewayError("PROVIDER_ERROR")))).toMatchObject([{ candidates: [{}] }, { error: { code: 502 } }]);
		expect(JSON.parse(create().fail(gatewayError("PROVIDER_ERROR")))).toMatchObject([{ error: { code: 502 } }]);
	});

	it("takes the provider's own chunks, whose numbers and unknown fields it keeps to the letter", () => {
		const first = '{"candidates":[{"content":{"parts":[{"text":"a\\n\\nb"}]}}], "unknown":1.50}';
		const wire = `: comment\r\n\r\ndata: ${first}\r\n\r\ndata:{"x":\ndata: 1e2}\n\ndata: [DONE]\n\n`;
		const encoder = create();
		expect((encoder.pass?.(wire, false) ?? "") + encoder.pass?.("", true)).toBe(`[${first},\n{"x":\n1e2}]`);
		const broken = create();
		expect(JSON.parse(broken.pass?.(wire, false) + broken.fail(gatewayError("PROVIDER_ERROR")))).toMatchObject([{}, {}, { error: { code: 502 } }]);
		expect(create().pass?.("", true)).toBe("[]");
	});
});
