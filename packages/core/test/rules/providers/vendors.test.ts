import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FailureKind } from "../../../src/contract/failure.ts";
import type { Json, JsonObject } from "../../../src/contract/json.ts";
import type { Answer, StreamEvent } from "../../../src/contract/stream-event.ts";
import { chatCompletionRequest } from "../../../src/contract/wire/openai-chat.ts";
import { providerCodecs } from "../../../src/rules/dialects/index.ts";
import { openaiChat } from "../../../src/rules/dialects/openai-chat/index.ts";
import type { Preset } from "../../../src/rules/providers/preset.ts";
import { presets } from "../../../src/rules/providers/presets/index.ts";
import { createAnswerFold } from "../../../src/rules/sessions/fold.ts";
import { splitsOf } from "../dialects/arbitraries.ts";
import { expectWellFormed } from "../dialects/well-formed.ts";

/**
 * What vendors say on the wire, by their documentation: `vendors/<preset>/<name>.sse` and `.json` are one answer, streamed and whole,
 * `.failure.json` is a refusal, `.request.json` what one of OpenAI's requests becomes. A new vendor needs a folder and nothing here.
 */
const root = join(import.meta.dirname, "vendors");
const known: Readonly<Record<string, Preset>> = presets;

/** Without the vendor's own remarks: they may stand in one form only (Groq's `service_tier`). */
function spoken({ metadata: _, ...answer }: Answer) {
	return answer;
}

interface FailureFixture {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: Json;
	readonly kind: FailureKind;
}
interface RequestFixture {
	/** A request in OpenAI's chat dialect. */
	readonly asked: JsonObject;
	/** What the vendor gets. */
	readonly sent: JsonObject;
	/** Fields that the caller is told of. */
	readonly warned: readonly string[];
}

describe.each(readdirSync(root))("%s", (vendor) => {
	const preset = known[vendor];
	if (preset === undefined) throw new Error(`vendors/${vendor} is the name of no preset`);
	const codec = providerCodecs[preset.dialect];
	const files = readdirSync(join(root, vendor));
	const named = (ending: string) => files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
	const bytes = (file: string): Uint8Array => readFileSync(join(root, vendor, file));
	const text = (file: string): string => readFileSync(join(root, vendor, file), "utf8");

	function decode(...pieces: readonly Uint8Array[]): StreamEvent[] {
		const decoder = codec.createStreamDecoder();
		return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
	}
	function streamed(name: string): Answer {
		const fold = createAnswerFold();
		fold.push(decode(bytes(`${name}.sse`)));
		return fold.answer();
	}

	test("has an answer, streamed and whole, a failure and a request", () => {
		const answers = named(".sse");
		expect(answers).not.toEqual([]);
		expect(files).toEqual(expect.arrayContaining(answers.map((name) => `${name}.json`)));
		expect(named(".failure.json")).not.toEqual([]);
		expect(named(".request.json")).not.toEqual([]);
	});

	test.each(named(".sse"))("%s decodes to the same events at every split", (name) => {
		const whole = bytes(`${name}.sse`);
		const expected = decode(whole);
		expect(expected.at(-1)).toMatchObject({ type: "finish", usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) } });
		expectWellFormed(expected);
		const written = JSON.stringify(expected);
		for (let at = 1; at < whole.length; at++) {
			expect(JSON.stringify(decode(whole.subarray(0, at), whole.subarray(at))), `split at ${at}`).toBe(written);
		}
		expect(decode(...Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(expected);
		fc.assert(
			fc.property(splitsOf(whole), (pieces) => {
				expect(decode(...pieces)).toEqual(expected);
			}),
			{ numRuns: 50 },
		);
	});

	test.each(named(".sse"))("%s is a failure where it is cut before its end", (name) => {
		const frames = text(`${name}.sse`).split(/(?<=\n\n)/);
		const ends = frames.map((_, count) => decode(new TextEncoder().encode(frames.slice(0, count).join(""))).at(-1));
		const types = ends.map((event) => event?.type);
		expect(ends[0]).toMatchObject({ type: "error", failure: { kind: "protocol" } });
		// Failures first, and from the frame that says why it ended no failure any more.
		expect(types).toEqual(types.toSorted());
	});

	test.each(named(".sse"))("%s says the same, streamed and whole", (name) => {
		const whole = codec.decodeAnswer(JSON.parse(text(`${name}.json`)));
		if (!whole.ok) throw new Error(whole.problem.message);
		expect(spoken(whole.value)).toEqual(spoken(streamed(name)));
	});

	test.each(named(".failure.json"))("%s is told apart", (name) => {
		const { status, headers = {}, body, kind }: FailureFixture = JSON.parse(text(`${name}.failure.json`));
		const failure = codec.decodeFailure(status, headers, typeof body === "string" ? body : JSON.stringify(body));
		expect(failure).toMatchObject({ kind, status });
	});

	test.each(named(".request.json"))("%s is asked as the vendor wants it", (name) => {
		const { asked, sent, warned }: RequestFixture = JSON.parse(text(`${name}.request.json`));
		const decoded = openaiChat.caller.decodeRequest(chatCompletionRequest.parse(asked));
		if (!decoded.ok) throw new Error(JSON.stringify(decoded.problem));
		const { model, stream, prompt } = decoded.value;
		const { body, warnings } = codec.encodeRequest(prompt, { model, stream, quirks: preset.quirks });
		expect({ body, warned: warnings.map(({ field }) => field) }).toEqual({ body: sent, warned });
	});
});
