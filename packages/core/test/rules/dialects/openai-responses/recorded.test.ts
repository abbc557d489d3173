import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AssistantPart } from "../../../../src/contract/prompt.ts";
import type { Answer } from "../../../../src/contract/stream-event.ts";
import { openaiResponses } from "../../../../src/rules/dialects/openai-responses/index.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { splitsOf } from "../arbitraries.ts";
import { findRecorded, recordedSkip } from "../recorded.ts";
import { expectWellFormed } from "../well-formed.ts";
import { bytes, contextOf, decodePieces, decodeStream, sse } from "./helpers.ts";

const { provider, caller } = openaiResponses;
const recorded = findRecorded("openai-responses");

/** Recorded with a fault in its JSON. */
const broken = new Set(["openai/parallel-tool-call-wrapper.1"]);
/** Recorded from two different turns, or shortened by hand in one place only. */
const differing = new Set(["open-responses/lmstudio-tool-call.1", "openai/openai-reasoning-encrypted-content.1", "openai/openai-shell-container.1"]);
/** An error's body, recorded beside the answers. */
const refused = new Set(["openai/reasoning-model-temperature-error"]);
const streams = recorded.flatMap(({ name, chunks }) => (chunks === undefined || broken.has(name) ? [] : [{ name, chunks }]));
const wholes = recorded.flatMap(({ name, whole }) => (whole === undefined || refused.has(name) ? [] : [{ name, whole }]));
const both = streams.flatMap(({ name, chunks }) => wholes.flatMap((other) => (other.name === name ? [{ name, chunks, whole: other.whole }] : [])));

function decodeWhole(text: string): Answer {
	const decoded = provider.decodeAnswer(JSON.parse(text));
	if (!decoded.ok) throw new Error(decoded.problem.message);
	return decoded.value;
}
function fold(text: string): Answer {
	const folded = createAnswerFold();
	folded.push(decodeStream(text));
	return folded.answer();
}
/** What two recordings of one question have in common: the kinds of parts, not the words. */
function shapeOf({ content, finish }: Answer) {
	const shape = (part: AssistantPart) => (part.type === "opaque" ? `opaque ${String(part.value.type)}` : part.type === "tool-call" ? `call ${part.toolName}` : part.type);
	return { parts: [...new Set(content.map(shape))].sort(), usage: Object.keys(finish.usage).sort(), reason: finish.reason };
}

describe("recorded answers", () => {
	if (recorded.length === 0) it.skip(recordedSkip, () => {});
	it.each(streams)("$name decodes to the same events at every split", ({ chunks }) => {
		const whole = bytes(sse(chunks));
		const expected = decodePieces([whole]);
		expect(expected.at(-1)).toMatchObject({ type: "finish" });
		expectWellFormed(expected);
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

	it.each(streams.filter(({ name }) => !differing.has(name)))("$name says in its deltas what its last event holds", ({ chunks }) => {
		const last = chunks.find((text) => text.startsWith('{"type":"response.completed"')) ?? "";
		const { response } = JSON.parse(last);
		expect(fold(sse(chunks)).content).toEqual(decodeWhole(JSON.stringify(response)).content);
	});

	it.each(streams)("$name is a failure where it is cut", ({ chunks }) => {
		const last = chunks.findIndex((text) => text.startsWith('{"type":"response.completed"'));
		expect(decodeStream(sse(chunks.slice(0, last))).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
		expect(decodeStream(sse([...chunks.slice(0, last), "[DONE]"])).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
	});

	it.each(wholes)("$name decodes whole, and survives the way out and back, whole and streamed", ({ whole }) => {
		const answer = decodeWhole(whole);
		expect(answer.content).not.toEqual([]);
		expect(answer.finish.usage).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
		expect(decodeWhole(JSON.stringify(caller.encodeAnswer(answer, contextOf(answer))))).toEqual(answer);
		expect(fold(caller.createStreamEncoder(contextOf(answer)).push(unfoldAnswer(answer)))).toEqual(answer);
	});

	it.each(both.filter(({ name }) => !differing.has(name)))("$name says the same, streamed and whole", ({ chunks, whole }) => {
		expect(shapeOf(fold(sse(chunks)))).toEqual(shapeOf(decodeWhole(whole)));
	});

	it.each(recorded.filter(({ name }) => broken.has(name)))("$name is a protocol failure as a stream", ({ chunks = [] }) => {
		expect(decodeStream(sse(chunks)).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
	});

	it.each(recorded.filter(({ name }) => refused.has(name)))("$name keeps what the provider named", ({ whole = "" }) => {
		const expected = { kind: "bad-request", type: "invalid_request_error", param: "temperature" };
		expect(provider.decodeFailure(400, {}, whole)).toMatchObject({ ...expected, status: 400 });
		expect(provider.decodeAnswer(JSON.parse(whole))).toMatchObject({ ok: false, problem: expected });
	});
});
