import type { Answer, StreamEvent } from "../../../../src/contract/stream-event.ts";
import type { Json, JsonObject } from "../../../../src/contract/json.ts";
import type { EncodeAnswerContext, StreamDecoderOptions } from "../../../../src/rules/dialects/dialect.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";

export const context: EncodeAnswerContext = { model: "asked/model", answerId: "msg_made", createdAt: 1_700_000_000_000, requestId: "req_1" };

const encoder = new TextEncoder();

/** Events as they stand on the wire, each behind its name. */
export function sse(events: readonly JsonObject[]): Uint8Array {
	return encoder.encode(events.map((event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
}

export function decode(pieces: readonly Uint8Array[], options?: StreamDecoderOptions): StreamEvent[] {
	const decoder = anthropicMessages.provider.createStreamDecoder(options);
	return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
}

export function fold(events: readonly StreamEvent[]): Answer {
	const answer = createAnswerFold();
	answer.push(events);
	// What was told early is told again at the end.
	const { usage: _, ...rest } = answer.answer();
	return rest;
}

/** Frames of a stream that was written for a caller. */
export function frames(text: string): { readonly event: string; readonly data: JsonObject }[] {
	return text
		.split("\n\n")
		.filter((frame) => frame !== "")
		.map((frame) => {
			const [, event = "", data = "null"] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(frame) ?? [];
			return { event, data: JSON.parse(data) };
		});
}

/** Tool input compared as a value: whole answers carry it parsed, streams as the model wrote it. */
export function withParsedInputs(answer: Answer): Json {
	const content = answer.content.map((part) => (part.type === "tool-call" ? { ...part, input: JSON.parse(part.input) } : part));
	return JSON.parse(JSON.stringify({ ...answer, content }));
}

/** The frames of an ordinary stream around these blocks. */
export function message(blocks: readonly JsonObject[], end: JsonObject = {}, start: JsonObject = {}): JsonObject[] {
	return [
		{
			type: "message_start",
			message: {
				id: "msg_1",
				type: "message",
				role: "assistant",
				model: "claude-x",
				content: [],
				stop_reason: null,
				stop_sequence: null,
				usage: { input_tokens: 10, output_tokens: 1 },
				...start,
			},
		},
		...blocks,
		{ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 7 }, ...end },
		{ type: "message_stop" },
	];
}

export function block(index: number, content: JsonObject, deltas: readonly JsonObject[] = []): JsonObject[] {
	return [
		{ type: "content_block_start", index, content_block: content },
		...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
		{ type: "content_block_stop", index },
	];
}
