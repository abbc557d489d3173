import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import { bedrockConverse } from "../../../../src/rules/dialects/bedrock-converse/index.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";
import { expectWellFormed } from "../well-formed.ts";
import { decodePieces, delta, end, event, exception, frame, metadata, seal, start, stop, tool } from "./frames.ts";

const thinking = [
	delta(0, { reasoningContent: { text: "Let me " } }),
	delta(0, { reasoningContent: { text: "see" } }),
	delta(0, { reasoningContent: { signature: "sig" } }),
	stop(0),
];
const whole = [
	start,
	...thinking,
	delta(1, { text: "Grüß " }),
	delta(1, { text: "dich 👋" }),
	stop(1),
	tool(2, "tooluse_1", "weather"),
	delta(2, { toolUse: { input: '{"city":' } }),
	delta(2, { toolUse: { input: '"Köln"}' } }),
	stop(2),
	tool(3, "tooluse_2", "now"),
	stop(3),
	end("tool_use"),
	metadata,
];

const failureOf = (events: readonly StreamEvent[]) => {
	const last = events.at(-1);
	return last?.type === "error" ? last.failure : undefined;
};
const protocol = { kind: "protocol", blame: "upstream" };

describe("a stream of ConverseStream", () => {
	it("is decoded into its parts, calls, end and usage", () => {
		const events = decodePieces(whole);
		expectWellFormed(events);
		const fold = createAnswerFold();
		fold.push(events);
		expect(fold.answer()).toEqual({
			content: [
				{ type: "reasoning", text: "Let me see", metadata: { anthropic: { signature: "sig" } } },
				{ type: "text", text: "Grüß dich 👋" },
				{ type: "tool-call", toolCallId: "tooluse_1", toolName: "weather", input: '{"city":"Köln"}' },
				{ type: "tool-call", toolCallId: "tooluse_2", toolName: "now", input: "{}" },
			],
			finish: {
				reason: "tool-calls",
				rawReason: "tool_use",
				usage: { inputTokens: 35, outputTokens: 7, cachedInputTokens: 20, cacheWriteTokens: 10 },
				metadata: { bedrock: { metrics: { latencyMs: 300 } } },
			},
		});
	});

	it("tells an image once it is whole, as a whole answer does", () => {
		const image = (bytes: string) => delta(0, { image: { source: { bytes } } });
		const events = decodePieces([start, event("contentBlockStart", { contentBlockIndex: 0, start: { image: { format: "png" } } }), image("AAEC"), image("Aw=="), stop(0), end("end_turn"), metadata]);
		expectWellFormed(events);
		const whole = bedrockConverse.decodeAnswer({ output: { message: { content: [{ image: { format: "png", source: { bytes: "AAECAw==" } } }] } }, stopReason: "end_turn" });
		expect(events[0]).toEqual(whole.ok ? whole.value.content[0] : undefined);
		expect(events[0]).toEqual({ type: "file", mediaType: "image/png", data: { type: "base64", base64: "AAECAw==" } });
		expect(decodePieces([start, image("%%%")]).at(-1)).toMatchObject({ type: "error", failure: protocol });
	});

	it("gives the same events at every split", () => {
		const bytes = Buffer.concat(whole);
		const expected = decodePieces([bytes]);
		expect(decodePieces([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
		for (let cut = 0; cut <= bytes.length; cut++) expect(decodePieces([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
	});

	it("agrees with the whole answer", () => {
		const fold = createAnswerFold();
		fold.push(decodePieces(whole));
		const decoded = bedrockConverse.decodeAnswer({
			output: {
				message: {
					role: "assistant",
					content: [
						{ reasoningContent: { reasoningText: { text: "Let me see", signature: "sig" } } },
						{ text: "Grüß dich 👋" },
						{ toolUse: { toolUseId: "tooluse_1", name: "weather", input: { city: "Köln" } } },
						{ toolUse: { toolUseId: "tooluse_2", name: "now", input: {} } },
					],
				},
			},
			stopReason: "tool_use",
			usage: { inputTokens: 5, outputTokens: 7, totalTokens: 42, cacheReadInputTokens: 20, cacheWriteInputTokens: 10 },
			metrics: { latencyMs: 300 },
		});
		expect(decoded).toEqual({ ok: true, value: fold.answer() });
	});

	// vercel/ai #19058
	it("keeps redacted thoughts for the way back", () => {
		const events = decodePieces([start, delta(0, { reasoningContent: { redactedContent: "YWJj" } }), delta(0, { reasoningContent: { redactedContent: "ZGVm" } }), stop(0), end("end_turn"), metadata]);
		expect(events).toContainEqual({ type: "reasoning-end", id: "0", metadata: { anthropic: { redactedData: "YWJjZGVm" } } });
	});

	it.each([
		["end_turn", "stop"],
		["stop_sequence", "stop"],
		["max_tokens", "length"],
		["guardrail_intervened", "content-filter"],
		["content_filtered", "content-filter"],
		["model_context_window_exceeded", "length"],
		["malformed_tool_use", "error"],
		["something_new", "other"],
	])("that ends with %s ends with %s", (word, reason) => {
		expect(decodePieces([start, delta(0, { text: "Hi" }), stop(0), end(word), metadata]).at(-1)).toMatchObject({ type: "finish", reason, rawReason: word });
	});

	it("tells the stop sequence that was met", () => {
		const stopped = end("stop_sequence", { additionalModelResponseFields: { stop_sequence: "END" } });
		expect(decodePieces([start, stopped, metadata]).at(-1)).toMatchObject({ reason: "stop", stopSequence: "END" });
	});

	it("marks a call that the token limit cut", () => {
		const events = decodePieces([start, tool(0, "t", "f"), delta(0, { toolUse: { input: "{}" } }), stop(0), end("max_tokens"), metadata]);
		expect(events).toContainEqual({ type: "tool-call", toolCallId: "t", toolName: "f", input: "{}", incomplete: true });
	});

	it("skips messages, events and deltas that are not known, and headers of every type", () => {
		const odd = seal(
			Buffer.concat([Buffer.from("\x01a\x00\x01b\x01\x01c\x02z\x01d\x03zz\x01e\x04zzzz\x01f\x05zzzzzzzz\x01g\x06\x00\x02zz\x01h\x08zzzzzzzz\x01i\x09zzzzzzzzzzzzzzzz", "latin1")]),
			Buffer.from("{}"),
		);
		const events = decodePieces([odd, start, event("news", {}), delta(0, { hologram: {} }), delta(0, { text: "Hi" }), stop(0), end("end_turn"), metadata]);
		expect(events.map(({ type }) => type)).toEqual(["text-start", "text-delta", "text-end", "finish"]);
	});

	it("ends cleanly without its metadata where it closes between two messages", () => {
		expect(decodePieces([start, end("end_turn")]).at(-1)).toEqual({ type: "finish", reason: "stop", rawReason: "end_turn", usage: {} });
	});
});

describe("a stream that breaks", () => {
	// vercel/ai #19039, #19040, #18996
	it("is never a clean end, wherever it is cut", () => {
		const bytes = Buffer.concat(whole);
		const clean = new Set([bytes.length, bytes.length - metadata.length]);
		for (let cut = 0; cut < bytes.length; cut++) {
			const events = decodePieces([bytes.subarray(0, cut)]);
			if (!clean.has(cut)) expect(failureOf(events)).toMatchObject(protocol);
		}
	});

	it("is a failure at any damaged byte", () => {
		fc.assert(
			fc.property(fc.nat(Buffer.concat(whole).length - 1), fc.integer({ min: 1, max: 255 }), (index, mask) => {
				const bytes = Buffer.concat(whole);
				bytes[index] = (bytes[index] ?? 0) ^ mask;
				expect(failureOf(decodePieces([bytes]))).toMatchObject(protocol);
			}),
		);
	});

	it.each([
		["no JSON", [start, frame({ ":message-type": "event", ":event-type": "contentBlockDelta" }, Buffer.from("{"))]],
		["a second start", [start, start]],
		["a delta before the start", [delta(0, { text: "Hi" })]],
		["arguments without a call", [start, delta(0, { toolUse: { input: "{}" } })]],
		["a delta of another kind", [start, delta(0, { text: "Hi" }), delta(0, { reasoningContent: { text: "Hm" } })]],
		["an end with a block open", [start, delta(0, { text: "Hi" }), end("end_turn")]],
		["a call without a name", [start, event("contentBlockStart", { contentBlockIndex: 0, start: { toolUse: { toolUseId: "t" } } })]],
		["an end without a reason", [start, event("messageStop", {})]],
		["headers that run over", [start, seal(Buffer.from([9, 1]), Buffer.from("{}"))]],
	])("%s is a failure", (_, frames) => {
		const events = decodePieces([...frames, delta(0, { text: "late" }), end("end_turn"), metadata]);
		expect(failureOf(events)).toMatchObject(protocol);
		expect(events.filter(({ type }) => type === "error" || type === "finish")).toHaveLength(1);
	});

	it("is a failure where a message or a call grows past the cap", () => {
		expect(failureOf(decodePieces([start, delta(0, { text: "x".repeat(2000) })], { maxEventBytes: 1000 }))?.message).toContain("too large");
		const pieces = Array.from({ length: 30 }, () => delta(0, { toolUse: { input: "x".repeat(50) } }));
		expect(failureOf(decodePieces([start, tool(0, "t", "f"), ...pieces], { maxEventBytes: 1000 }))?.message).toContain("too large");
	});

	it.each([
		["throttlingException", "rate-limited", "upstream"],
		["modelStreamErrorException", "upstream", "upstream"],
		["internalServerException", "upstream", "upstream"],
		["serviceUnavailableException", "overloaded", "upstream"],
		["validationException", "bad-request", "caller"],
		["modelTimeoutException", "timeout", "upstream"],
		["newException", "upstream", "upstream"],
	])("by %s is %s", (type, kind, blame) => {
		const events = decodePieces([start, delta(0, { text: "Hi" }), exception(type, { message: "It broke" }), metadata]);
		expect(failureOf(events)).toMatchObject({ kind, blame });
		expect(events.at(-2)).toMatchObject({ type: "text-delta" });
	});

	it("by an error of the stream itself is a failure", () => {
		const error = frame({ ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "It broke" }, new Uint8Array());
		expect(failureOf(decodePieces([start, error]))).toMatchObject({ kind: "upstream", type: "InternalFailure" });
	});

	it("never throws at random bytes", () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (pieces) => {
				expect(failureOf(decodePieces(pieces))).toMatchObject(protocol);
			}),
		);
	});
});
