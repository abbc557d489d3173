import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AssistantPart } from "../../../../src/contract/prompt.ts";
import type { Answer } from "../../../../src/contract/stream-event.ts";
import { openaiChat } from "../../../../src/rules/dialects/openai-chat/index.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";
import { splitsOf } from "../arbitraries.ts";
import { findRecorded, recordedSkip } from "../recorded.ts";
import { bytes, context, decodePieces, decodeStream, sse } from "./helpers.ts";

const { provider, caller } = openaiChat;
const recorded = findRecorded("openai-chat");

/** Recorded beside the chat answers, but an answer of another operation. */
const foreign = new Set(["mistral/mistral-transcription"]);
const chats = recorded.filter(({ name }) => !foreign.has(name));
const streams = chats.flatMap(({ name, chunks }) => (chunks === undefined ? [] : [{ name, chunks }]));
const wholes = chats.flatMap(({ name, whole }) => (whole === undefined ? [] : [{ name, whole }]));
const both = chats.flatMap(({ name, chunks, whole }) => (chunks === undefined || whole === undefined ? [] : [{ name, chunks, whole }]));

function decodeWhole(text: string): Answer {
	const decoded = provider.decodeAnswer(JSON.parse(text));
	if (!decoded.ok) throw new Error(decoded.problem.message);
	return decoded.value;
}
function foldStream(text: string): Answer {
	const fold = createAnswerFold();
	fold.push(decodeStream(text));
	return fold.answer();
}
/** What two recordings of one question have in common: the shape, not the words. */
function shapeOf({ content, finish }: Answer) {
	const shape = (part: AssistantPart) => (part.type === "tool-call" ? `${part.type} ${part.toolName} ${part.input}` : part.type);
	return { parts: content.map(shape), usage: Object.keys(finish.usage).sort(), toolUse: finish.reason === "tool-calls" };
}

describe("recorded answers", () => {
	if (recorded.length === 0) it.skip(recordedSkip, () => {});
	it.each(streams)("$name decodes to the same events at every split", ({ chunks }) => {
		const whole = bytes(sse(chunks));
		const expected = decodePieces([whole]);
		expect(expected.at(-1)).toMatchObject({ type: "finish" });
		expect(decodePieces([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
		const step = Math.max(1, Math.floor(whole.length / 60));
		for (let at = 0; at <= whole.length; at += step) {
			expect(decodePieces([whole.subarray(0, at), whole.subarray(at)])).toEqual(expected);
		}
		fc.assert(
			fc.property(splitsOf(whole), (pieces) => {
				expect(decodePieces(pieces)).toEqual(expected);
			}),
			{ numRuns: 10 },
		);
	});

	it.each(streams.filter(({ chunks }) => chunks.join("").length < 4000))("$name decodes alike at each single split", ({ chunks }) => {
		const whole = bytes(sse(chunks));
		const expected = JSON.stringify(decodePieces([whole]));
		for (let at = 0; at <= whole.length; at++) {
			expect(JSON.stringify(decodePieces([whole.subarray(0, at), whole.subarray(at)]))).toBe(expected);
		}
	});

	it.each(streams)("$name needs no [DONE], but is a failure where it is cut", ({ chunks }) => {
		expect(decodeStream(sse(chunks, ""))).toEqual(decodeStream(sse(chunks)));
		const last = chunks.findIndex((text) => /"finish_reason":"/.test(text));
		expect(decodeStream(sse(chunks.slice(0, last), "")).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
		expect(decodeStream(sse(chunks.slice(0, last))).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
	});

	it.each(wholes)("$name decodes whole, and survives the way out and back", ({ whole }) => {
		const answer = decodeWhole(whole);
		expect(answer.content).not.toEqual([]);
		expect(answer.finish.usage).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
		const again = decodeWhole(JSON.stringify(caller.encodeAnswer(answer, context)));
		const { id: _, ...rest } = again;
		expect(rest).toEqual({ ...answer, id: undefined, content: answer.content });
	});

	it.each(both)("$name says the same, streamed and whole", ({ chunks, whole }) => {
		const streamed = foldStream(sse(chunks));
		expect(shapeOf(streamed)).toEqual(shapeOf(decodeWhole(whole)));
		expect(streamed.model).toBe(decodeWhole(whole).model);
	});

	it.each(recorded.filter(({ name }) => foreign.has(name)))("$name is a protocol failure", ({ whole }) => {
		expect(provider.decodeAnswer(JSON.parse(whole ?? ""))).toMatchObject({ ok: false, problem: { kind: "protocol", blame: "upstream" } });
	});
});

/** Callers know one field for reasoning, wherever the vendor had it. */
