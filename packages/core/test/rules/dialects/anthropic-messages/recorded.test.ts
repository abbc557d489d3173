import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { Answer, StreamEvent } from "../../../../src/contract/stream-event.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";
import { message as messageSchema } from "../../../../src/contract/wire/anthropic-messages.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { findRecorded, recordedSkip } from "../recorded.ts";
import { context, decode, fold, frames, sse, withParsedInputs } from "./streams.ts";

const recorded = findRecorded("anthropic-messages");
if (recorded.length === 0) console.info(recordedSkip);

/** A recording may hold several answers, one behind the other: each ends with its `message_stop`. */
function answersOf(chunks: readonly string[]): JsonObject[][] {
	const answers: JsonObject[][] = [[]];
	for (const chunk of chunks) {
		const event: JsonObject = JSON.parse(chunk);
		answers.at(-1)?.push(event);
		if (event["type"] === "message_stop") answers.push([]);
	}
	return answers.filter((events) => events.length > 0);
}

const isBroken = (name: string) => name.endsWith("spliced-message-start");
const streams = recorded.flatMap(({ name, chunks }) =>
	answersOf(chunks ?? []).map((events, index) => ({ name: index === 0 ? name : `${name} #${index + 1}`, events })),
);
const sound = streams.filter(({ name }) => !isBroken(name));
const wholes = recorded.flatMap(({ name, whole }) => (whole === undefined ? [] : [{ name, body: JSON.parse(whole) as JsonObject }]));

describe.skipIf(recorded.length === 0)("recorded streams", () => {
	it.each(sound)("$name decodes to the same events at every split", ({ events }) => {
		const bytes = sse(events);
		const expected = decode([bytes]);
		expect(expected.at(-1)?.type).toBe("finish");
		expect(decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
		const step = Math.max(1, Math.floor(bytes.length / 40));
		for (let at = 0; at <= bytes.length; at += step) {
			expect(decode([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
		}
	});

	it.each(sound)("$name, cut anywhere, is a failure and never an end", ({ events }) => {
		for (const kept of [1, 2, Math.floor(events.length / 2), events.length - 1]) {
			const last = decode([sse(events.slice(0, kept))]).at(-1);
			expect(last).toMatchObject({ type: "error", failure: { kind: "protocol", blame: "upstream" } });
		}
	});

	it.each(sound)("$name survives being told to a caller and read again", ({ events }) => {
		const first = decode([sse(events)]);
		expect(fold(decode([new TextEncoder().encode(encode(first))]))).toEqual(fold(first));
		expect(whole(anthropicMessages.caller.encodeAnswer(fold(first), context))).toEqual(withParsedInputs(fold(first)));
	});

	it.each(streams.filter(({ name }) => isBroken(name)))("$name is a failure: two answers spliced into one", ({ events }) => {
		expect(decode([sse(events)]).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
	});
});

describe.skipIf(recorded.length === 0)("recorded whole answers", () => {
	it.each(wholes)("$name fits the schema and survives a round trip, whole and streamed", ({ body }) => {
		const answer = decodeWhole(body);
		const encoded = anthropicMessages.caller.encodeAnswer(answer, context);
		expect(messageSchema.safeParse(encoded).error).toBeUndefined();
		expect(decodeWhole(encoded)).toEqual(answer);
		expect(encoded["content"]).toEqual(body["content"]);
		expect(fold(decode([new TextEncoder().encode(encode(unfoldAnswer(answer)))]))).toEqual(answer);
	});

	it.each(wholes)("$name goes back to the provider as it came", ({ body }) => {
		const { content } = decodeWhole(body);
		const { body: request } = anthropicMessages.provider.encodeRequest(
			{ messages: [{ role: "user", content: [{ type: "text", text: "go on" }] }, { role: "assistant", content }], settings: {} },
			{ model: "claude-sonnet-4-6", stream: false, quirks: {} },
		);
		const [, turn] = request["messages"] as JsonObject[];
		const [first] = body["content"] as JsonObject[];
		const isOneText = (body["content"] as JsonObject[]).length === 1 && first?.["type"] === "text";
		if (content.length > 0) expect(turn?.["content"]).toEqual(isOneText ? first?.["text"] : body["content"]);
	});

	/** The one exchange that was recorded both ways: the same words, so the same answer. */
	it("streamed and whole agree", () => {
		const pair = recorded.find(({ name }) => name.endsWith("anthropic-advisor-stop-reasons"));
		const streamed = fold(decode([sse((pair?.chunks ?? []).map((chunk) => JSON.parse(chunk)))]));
		const told = decodeWhole(JSON.parse(pair?.whole ?? "{}"));
		expect(streamed.content).toEqual(told.content);
		expect(streamed.finish.reason).toBe(told.finish.reason);
	});
});

function encode(events: readonly StreamEvent[]): string {
	const encoder = anthropicMessages.caller.createStreamEncoder(context);
	const text = events.map((event) => encoder.push([event])).join("");
	expect(overlaps(text)).toBe(false);
	return text;
}

/** Whether a block starts before the last one stopped, or out of turn. */
function overlaps(text: string): boolean {
	let next = 0;
	let open: unknown;
	for (const { event, data } of frames(text)) {
		if (event === "content_block_start") {
			if (open !== undefined || data["index"] !== next++) return true;
			open = data["index"];
		}
		if (event === "content_block_delta" && data["index"] !== open) return true;
		if (event === "content_block_stop") {
			if (data["index"] !== open) return true;
			open = undefined;
		}
	}
	return open !== undefined;
}

function decodeWhole(body: JsonObject): Answer {
	const decoded = anthropicMessages.provider.decodeAnswer(body);
	if (!decoded.ok) throw new Error(decoded.problem.message);
	return decoded.value;
}

function whole(body: JsonObject): unknown {
	return withParsedInputs(decodeWhole(body));
}
