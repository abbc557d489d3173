import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../../src/contract/stream-event.ts";
import { anthropicMessages } from "../../../src/rules/dialects/anthropic-messages/index.ts";
import type { PassedText, ProviderCodec } from "../../../src/rules/dialects/dialect.ts";
import { gemini } from "../../../src/rules/dialects/gemini/index.ts";
import { openaiChat } from "../../../src/rules/dialects/openai-chat/index.ts";
import { createPassThrough, type PassThroughOptions } from "../../../src/rules/dialects/pass-through.ts";

const data = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, rest: object = {}) => data({ id: "c", model: "m", choices: [{ index: 0, delta, finish_reason: null }], usage: null, unknown: { kept: true }, ...rest });
const end = data({ id: "c", model: "m", choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: null });
const usage = data({ id: "c", model: "m", choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } });
const done = "data: [DONE]\n\n";
const chat = [": comment\n\n", chunk({ role: "assistant", content: "" }), chunk({ content: "Hé" }), chunk({ content: '"usage":{ "error": x' }), chunk({ content: "😀" }), end, usage, done].join("");

const named = (value: { readonly type: string }) => `event: ${value.type}\n${data(value)}`;
const messages = [
	named({ type: "message_start", message: { id: "m", type: "message", role: "assistant", model: "m", content: [], usage: { input_tokens: 5, output_tokens: 1 } } } as never),
	named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as never),
	named({ type: "ping" }),
	named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hé" } } as never),
	named({ type: "content_block_delta", index: 0, delta: { type: "unheard_of", text: "x" } } as never),
	named({ type: "an_event_of_tomorrow", with: { its: "data" } } as never),
	named({ type: "content_block_stop", index: 0 } as never),
	named({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 9 } } as never),
	named({ type: "message_stop" }),
].join("");

/** Google ends its lines with CR LF, and tells the usage so far in every chunk. */
const piece = (parts: readonly object[], rest: object = {}) => `data: ${JSON.stringify({ candidates: [{ content: { parts, role: "model" }, index: 0, ofTomorrow: [1] }], unknown: { kept: true }, ...rest })}\r\n\r\n`;
const soFar = (candidates: number) => ({ usageMetadata: { promptTokenCount: 5, candidatesTokenCount: candidates, totalTokenCount: 5 + candidates } });
const chunks = [
	": comment\r\n\r\n",
	piece([{ text: "" }], soFar(0)),
	piece([{ text: "Hé" }], soFar(1)),
	piece([{ text: '"finishReason": "usageMetadata": {' }]),
	piece([{ text: "😀", partOfTomorrow: 1 }]),
	piece([{ ofTomorrow: { deep: [1.5] } }]),
	`data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text: "" }], role: "model" }, finishReason: "STOP", index: 0 }], ...soFar(3) })}\r\n\r\n`,
].join("");

type Passing = (StreamEvent | PassedText)[];
function run(codec: ProviderCodec, pieces: readonly Uint8Array[], options: PassThroughOptions = { hidesUsage: false }): { text: string; events: StreamEvent[]; deltaCount: number } {
	if (codec.passThrough === undefined) throw new Error("This dialect does not pass");
	const pass = createPassThrough(codec, codec.passThrough, options);
	const all: Passing = [...pieces.flatMap((piece) => pass.push(piece)), ...pass.close()];
	const passed = all.filter((event) => event.type === "passed");
	return {
		text: passed.map(({ text }) => text).join(""),
		deltaCount: passed.reduce((sum, { deltaCount }) => sum + deltaCount, 0),
		events: all.filter((event) => event.type !== "passed"),
	};
}
const bytes = (text: string) => [new TextEncoder().encode(text)];
function cut(text: string, at: readonly number[]): Uint8Array[] {
	const whole = new TextEncoder().encode(text);
	const places = [0, ...at.map((place) => place % whole.length).sort((first, second) => first - second), whole.length];
	return places.slice(1).map((place, index) => whole.slice(places[index], place));
}

describe.each([
	["openai-chat", openaiChat.provider, chat, { inputTokens: 5, outputTokens: 2 }],
	["anthropic-messages", anthropicMessages.provider, messages, { inputTokens: 5, outputTokens: 9 }],
	["gemini", gemini.provider, chunks, { inputTokens: 5, outputTokens: 3 }],
] as const)("a stream of %s for a caller of the same", (_, codec, stream, told) => {
	it("passes to the letter, unknown fields and events included; usage and end are tapped", () => {
		const { text, events, deltaCount } = run(codec, bytes(stream));
		expect(text).toBe(stream);
		expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop", usage: told });
		expect(deltaCount).toBeGreaterThan(0);
	});

	it("passes the same at every split of the bytes", () => {
		const whole = run(codec, bytes(stream));
		fc.assert(
			fc.property(fc.array(fc.nat(), { maxLength: 8 }), (at) => {
				const { text, events } = run(codec, cut(stream, at));
				expect(text).toBe(whole.text);
				expect(events.at(-1)).toEqual(whole.events.at(-1));
			}),
		);
	});

	it("takes an early end for a failure, wherever it comes", () => {
		const length = stream.length - 20;
		for (let at = 0; at < length; at += 7) {
			const { events } = run(codec, bytes(stream.slice(0, at)));
			const last = events.at(-1);
			if (last?.type === "finish") expect(stream.slice(0, at)).toMatch(/stop/i);
			else expect(last).toMatchObject({ type: "error", failure: { kind: "protocol" } });
		}
	});

	it("never lets a frame pass that it cannot read", () => {
		const { text, events } = run(codec, bytes(`${stream.slice(0, stream.indexOf("Hé"))}x\n\ndata: {broken\n\n<html>`));
		expect(events.at(-1)).toMatchObject({ type: "error" });
		expect(text).not.toContain("<html>");
	});

	it("never throws and ends at most once, whatever comes", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(), (noise, place) => {
				const whole = new TextEncoder().encode(stream);
				const at = place % whole.length;
				const { events } = run(codec, [whole.slice(0, at), noise, whole.slice(at)]);
				expect(events.filter(({ type }) => type === "finish" || type === "error")).toHaveLength(1);
			}),
		);
	});
});

describe("what a caller of chat completions sees of the usage", () => {
	it("is nothing where it was not asked for", () => {
		const { text, events } = run(openaiChat.provider, bytes(chat), { hidesUsage: true });
		expect(text).toBe(chat.replace(usage, "").replaceAll(',"usage":null', ""));
		expect(text).toContain('\\"usage\\":{');
		expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 5 } });
	});
	it("ends with the mark that the provider left out", () => {
		expect(run(openaiChat.provider, bytes(chat.replace(done, ""))).text).toBe(chat);
	});
	it("is an error in the gateway's words, never in the provider's", () => {
		const secret = data({ error: { message: "key sk-123 of org-7 is over quota", type: "insufficient_quota", code: "insufficient_quota" } });
		const { text, events } = run(openaiChat.provider, bytes(chat.replace(end, secret)));
		expect(text).not.toContain("quota");
		expect(events.at(-1)).toMatchObject({ type: "error", failure: { kind: "quota" } });
	});
	it("is cut off where a frame has no end", () => {
		const pieces = Array.from({ length: 50 }, () => new TextEncoder().encode("x".repeat(100)));
		const { events } = run(openaiChat.provider, pieces, { hidesUsage: false, maxFrameLength: 1000 });
		expect(events).toMatchObject([{ type: "error", failure: { kind: "protocol" } }]);
	});
});

describe("a whole chat completion that passes", () => {
	const plain = { id: "c", choices: [{ message: { role: "assistant", content: "Hi" }, finish_reason: "length" }], usage: { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 3 } } };
	const tap = openaiChat.provider.passThrough?.tapAnswer;
	it("is tapped for what decoding it would tell", () => {
		const decoded = openaiChat.provider.decodeAnswer(plain);
		expect(tap?.(plain)).toMatchObject(decoded.ok ? { reason: decoded.value.finish.reason, usage: decoded.value.finish.usage } : {});
	});
	it.each([
		["an error", { ...plain, error: { message: "no" } }],
		["a call", { ...plain, choices: [{ message: { tool_calls: [{}] }, finish_reason: "stop" }] }],
		["no usage", { ...plain, usage: undefined }],
		["no reason", { ...plain, choices: [{ message: { content: "Hi" } }] }],
		["no message", { ...plain, choices: [] }],
		["no object", "Hi"],
		["nothing", null],
	])("is decoded in full where there is %s", (_, body) => {
		expect(tap?.(body as never)).toBeUndefined();
	});
});

describe("a stream of gemini that passes", () => {
	it("is looked into for calls, which change what its end means", () => {
		const call = piece([{ functionCall: { name: "read", args: {} } }]);
		const { text, events } = run(gemini.provider, bytes(chunks.replace(piece([{ ofTomorrow: { deep: [1.5] } }]), call)));
		expect(text).toContain(call);
		expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool-calls", rawReason: "STOP" });
	});
	it("is told as blocked where the prompt was", () => {
		const blocked = `data: ${JSON.stringify({ promptFeedback: { blockReason: "SAFETY" } })}\r\n\r\n`;
		const { text, events } = run(gemini.provider, bytes(blocked));
		expect(text).toBe(blocked);
		expect(events.at(-1)).toMatchObject({ type: "finish", reason: "content-filter" });
	});
	it("never passes an error", () => {
		const error = `data: ${JSON.stringify({ error: { code: 503, status: "UNAVAILABLE", message: "key AIzaSyA0123456789 is busy" } })}\r\n\r\n`;
		const { text, events } = run(gemini.provider, bytes(chunks + error));
		expect(text).toBe(chunks);
		expect(events.at(-1)).toMatchObject({ type: "error", failure: { kind: "overloaded" } });
	});
});

describe("a whole answer of gemini that passes", () => {
	const candidate = { content: { parts: [{ text: "Hi" }], role: "model" }, finishReason: "MAX_TOKENS", index: 0 };
	const plain = { candidates: [candidate], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, thoughtsTokenCount: 3, cachedContentTokenCount: 1, totalTokenCount: 10 } };
	const tap = gemini.provider.passThrough?.tapAnswer;
	it("is tapped for what decoding it would tell", () => {
		const decoded = gemini.provider.decodeAnswer(plain);
		expect(tap?.(plain)).toEqual(decoded.ok ? decoded.value.finish : {});
	});
	it.each([
		["an error", { ...plain, error: { code: 500 } }],
		["a call", { ...plain, candidates: [{ ...candidate, content: { parts: [{ functionCall: { name: "read" } }] } }] }],
		["a second candidate", { ...plain, candidates: [candidate, candidate] }],
		["no usage", { candidates: [candidate] }],
		["no reason", { ...plain, candidates: [{ ...candidate, finishReason: undefined }] }],
		["no content", { ...plain, candidates: [{ finishReason: "SAFETY" }] }],
		["a blocked prompt", { promptFeedback: { blockReason: "SAFETY" }, usageMetadata: plain.usageMetadata }],
		["no object", "Hi"],
		["nothing", null],
	])("is decoded in full where there is %s", (_, body) => {
		expect(tap?.(body as never)).toBeUndefined();
	});
});
