import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { AssistantPart } from "../../../../src/contract/prompt.ts";
import type { Answer } from "../../../../src/contract/stream-event.ts";
import { generateContentResponse } from "../../../../src/contract/wire/gemini.ts";
import { gemini } from "../../../../src/rules/dialects/gemini/index.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { splitsOf } from "../arbitraries.ts";
import { findRecorded, recordedSkip } from "../recorded.ts";
import { expectWellFormed } from "../well-formed.ts";
import { bytes, context, decodeChunks, decodePieces, decodeWhole, fold, sse } from "./helpers.ts";

const { caller, provider } = gemini;
const recorded = findRecorded("gemini");
const streams = recorded.flatMap(({ name, chunks }) => (chunks === undefined ? [] : [{ name, chunks }]));
const wholes = recorded.flatMap(({ name, whole }) => (whole === undefined ? [] : [{ name, whole }]));
const both = recorded.flatMap(({ name, chunks, whole }) => (chunks === undefined || whole === undefined ? [] : [{ name, chunks, whole }]));

/** What two recordings of one question have in common: the shape, not the words. */
function shapeOf({ content, finish }: Answer) {
	const shape = (part: AssistantPart) => (part.type === "tool-call" ? `${part.type} ${part.toolName} ${part.input}` : part.type);
	return { parts: content.map(shape), usage: Object.keys(finish.usage).sort(), reason: finish.reason };
}

describe("recorded answers", () => {
	if (recorded.length === 0) it.skip(recordedSkip, () => {});

	it.each(streams)("$name decodes to the same events at every split", ({ chunks }) => {
		const whole = bytes(sse(chunks));
		const expected = decodePieces([whole]);
		expectWellFormed(expected);
		expect(expected.at(-1)).toMatchObject({ type: "finish" });
		expect(decodePieces([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
		const step = Math.max(1, Math.floor(whole.length / 60));
		for (let at = 0; at <= whole.length; at += step) expect(decodePieces([whole.subarray(0, at), whole.subarray(at)])).toEqual(expected);
		fc.assert(
			fc.property(splitsOf(whole), (pieces) => {
				expect(decodePieces(pieces)).toEqual(expected);
			}),
			{ numRuns: 10 },
		);
	});

	it.each(streams)("$name is a failure where it is cut before it said why it ended", ({ chunks }) => {
		const last = chunks.findIndex((text) => /"finishReason":/.test(text));
		for (const kept of new Set([0, 1, Math.floor(last / 2), last])) {
			if (kept > last) continue;
			expect(decodeChunks(chunks.slice(0, kept)).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol", blame: "upstream" } });
		}
	});

	it.each(streams)("$name survives being told to a caller and read again", ({ chunks }) => {
		const first = decodeChunks(chunks);
		const encoder = caller.createStreamEncoder(context);
		expect(fold(decodePieces([bytes(first.map((event) => encoder.push([event])).join(""))]))).toEqual(fold(first));
		const whole = caller.encodeAnswer(fold(first), context);
		generateContentResponse.parse(whole);
		expect(decodeWhole(JSON.parse(JSON.stringify(whole)))).toEqual(fold(first));
	});

	it.each(wholes)("$name decodes whole, comes back as it was, and goes to the provider as it came", ({ whole }) => {
		const body: JsonObject = JSON.parse(whole);
		const answer = decodeWhole(body);
		expect(answer.finish.usage).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
		const encoded = JSON.parse(JSON.stringify(caller.encodeAnswer(answer, context)));
		expect(encoded).toEqual(body);
		expect(fold(decodePieces([bytes(caller.createStreamEncoder(context).push(unfoldAnswer(answer)))]))).toEqual(answer);
		const { body: request } = provider.encodeRequest(
			{ messages: [{ role: "user", content: [{ type: "text", text: "go on" }] }, { role: "assistant", content: answer.content }], settings: {} },
			{ model: "gemini-3-pro-preview", stream: false, quirks: {} },
		);
		const [candidate] = body.candidates as JsonObject[];
		expect((request.contents as JsonObject[])[1]).toEqual(candidate?.content);
	});

	it.each(both)("$name says the same, streamed and whole", ({ chunks, whole }) => {
		const streamed = fold(decodeChunks(chunks));
		expect(shapeOf(streamed)).toEqual(shapeOf(decodeWhole(JSON.parse(whole))));
		expect(streamed.model).toBe(decodeWhole(JSON.parse(whole)).model);
	});

	describe("arguments in pieces", () => {
		const callsOf = (suffix: string) =>
			streams
				.filter(({ name }) => name.endsWith(suffix))
				.flatMap(({ chunks }) => fold(decodeChunks(chunks)).content)
				.flatMap((part) => (part.type === "tool-call" ? [{ name: part.toolName, input: JSON.parse(part.input), incomplete: part.incomplete ?? false }] : []));

		it.runIf(recorded.length > 0)("make whole calls, with and without arguments", () => {
			expect(callsOf("no-args-tool-call")).toEqual([
				{ name: "read_theme", input: {}, incomplete: false },
				{ name: "read_screen", input: { id: "A" }, incomplete: false },
				...callsOf("no-args-tool-call").slice(2),
			]);
			for (const { name, input } of callsOf("no-args-tool-call").slice(1)) expect({ name, input }).toEqual({ name: "read_screen", input: { id: expect.stringMatching(/^[ABC]$/) } });
		});

		it.runIf(recorded.length > 0)("make lists and objects inside each other, also where the last piece is missing", () => {
			expect(callsOf("missing-terminal-function-call")).toMatchObject([{ name: "writeItems", input: { operations: [{ action: "add", price: 0.5 }, { action: "add", price: 0.3 }] }, incomplete: false }]);
			const [recipe] = callsOf("arguments-nested.1");
			expect(recipe).toMatchObject({ name: "cookRecipe", incomplete: false });
			expect(JSON.stringify(recipe?.input).length).toBeGreaterThan(100);
		});
	});
});
