import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantPart } from "../../../contract/prompt.ts";
import type { Answer } from "../../../contract/stream-event.ts";
import type { EncodeAnswerContext } from "../dialect.ts";
import { encodeStopReason, finishFields, hasRefusal } from "./finish.ts";
import { encodeCitation, encodeReasoningForCaller, encodeServerToolResult, encodeText, encodeToolCallForCaller } from "./part-encoder.ts";
import { encodeUsage } from "./usage.ts";

/** A whole message for a caller. */
export function encodeAnswer(answer: Answer, context: EncodeAnswerContext): JsonObject {
	const { finish, content } = answer;
	const kept = finishFields(finish);
	return {
		id: messageId(answer.id, context),
		type: "message",
		role: "assistant",
		model: answer.model ?? context.model,
		content: content.map(encodeAnswerPart).filter((block) => block !== undefined),
		stop_reason: encodeStopReason(finish, hasRefusal(content)),
		stop_sequence: finish.stopSequence ?? null,
		...kept.delta,
		...kept.message,
		usage: encodeUsage(finish.usage, kept.usage),
	};
}

/** SDKs and logs know a message by its prefix: an id of another dialect's form is not shown. */
export function messageId(id: string | undefined, context: EncodeAnswerContext): string {
	return id?.startsWith("msg_") === true ? id : context.answerId;
}

/**
 * @returns `undefined` for what this dialect cannot tell a caller: files, blocks of another dialect, and tools that another
 * vendor ran (a `server_tool_use` without its result would be refused when the caller sends the conversation back).
 */
export function encodeAnswerPart(part: AssistantPart): JsonObject | undefined {
	switch (part.type) {
		case "text":
			return encodeText(part, encodeCitation);
		case "reasoning":
			return encodeReasoningForCaller(part);
		case "tool-call":
			return encodeToolCallForCaller(part);
		case "tool-result":
			return part.providerExecuted ? encodeServerToolResult(part) : undefined;
		case "opaque":
			return part.dialect === "anthropic-messages" ? part.value : undefined;
		case "file":
			return undefined;
		default:
			return part satisfies never;
	}
}
