import type { JsonObject } from "../../../../src/contract/json.ts";
import type { Answer } from "../../../../src/contract/stream-event.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";
import { asArray } from "../../../../src/rules/dialects/json-fields.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { event, init, result, whole } from "./lines.ts";

const context = { model: "claude-opus-4-8", answerId: "msg_1", createdAt: 0, requestId: "req_1" };

/** An answer as the result that Claude Code prints last. */
export function resultOf(answer: Answer): JsonObject {
	const message = anthropicMessages.caller.encodeAnswer(answer, context);
	const text = answer.content.map((part) => (part.type === "text" ? part.text : "")).join("");
	return result({ result: text, stop_reason: message["stop_reason"] ?? null, usage: message["usage"] ?? null });
}

/** An answer as the lines of a stream, ended by its result. */
export function linesOf(answer: Answer): readonly JsonObject[] {
	const frames = anthropicMessages.caller.createStreamEncoder(context).push(unfoldAnswer(answer)).split("\n\n");
	const events = frames.flatMap((frame) => {
		const data = frame.split("\n").find((line) => line.startsWith("data: "));
		return data === undefined ? [] : [event(JSON.parse(data.slice("data: ".length)))];
	});
	return [init, ...events, resultOf(answer)];
}

/** The same where nothing is streamed: a message for each block. */
export function wholeLinesOf(answer: Answer): readonly JsonObject[] {
	const blocks = asArray(anthropicMessages.caller.encodeAnswer(answer, context)["content"]) ?? [];
	return [init, ...blocks.map((block) => whole([block])), resultOf(answer)];
}
