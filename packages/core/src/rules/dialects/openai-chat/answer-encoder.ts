import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, OpaquePart } from "../../../contract/prompt.ts";
import type { Answer, ResponseMetadata } from "../../../contract/stream-event.ts";
import type { EncodeAnswerContext } from "../dialect.ts";
import { encodeFinishReason } from "./finish-reason.ts";
import { encodeImage } from "./image-parts.ts";
import { callFieldsForCaller, encodeSource, encodeToolCall, mergeFragment } from "./message-fields.ts";
import { detailsField, encodeDetails, shownField } from "./reasoning-details.ts";
import { encodeUsage } from "./usage.ts";

export function encodeAnswer(answer: Answer, context: EncodeAnswerContext): JsonObject {
	const usage = encodeUsage(answer.finish.usage);
	return {
		...encodeHead(answer, context, "chat.completion"),
		choices: [
			{
				index: 0,
				message: encodeMessage(answer.content),
				logprobs: answer.finish.metadata?.openai?.logprobs ?? null,
				finish_reason: encodeFinishReason(answer.finish.reason),
			},
		],
		...(usage === undefined ? {} : { usage }),
	};
}

/** What every chunk repeats. An id of another dialect's form would surprise clients: ours stands in for it. */
export function encodeHead(response: ResponseMetadata, context: EncodeAnswerContext, object: string): JsonObject {
	const own = response.metadata?.openai;
	const isOwnId = own !== undefined || response.id?.startsWith("chatcmpl-");
	return {
		...own,
		id: (isOwnId ? response.id : undefined) ?? context.answerId,
		object,
		created: Math.floor((response.createdAt ?? context.createdAt) / 1000),
		model: response.model ?? context.model,
	};
}

/** Tools that the provider ran itself are not shown as calls: a client would run them again. */
function encodeMessage(content: readonly AssistantPart[]): JsonObject {
	let text = "";
	let refusal = "";
	let reasoning = "";
	let field = shownField(undefined);
	const toolCalls: JsonObject[] = [];
	const annotations: JsonObject[] = [];
	const images: JsonObject[] = [];
	const details: JsonObject[] = [];
	const fragments: OpaquePart[] = [];
	for (const part of content) {
		if (part.type === "text" && part.refusal) refusal += part.text;
		else if (part.type === "text") {
			const start = text.length;
			text += part.text;
			for (const source of part.sources ?? []) {
				const annotation = encodeSource(source, start, text.length);
				if (annotation !== undefined) annotations.push(annotation);
			}
		} else if (part.type === "reasoning") {
			reasoning += part.text;
			field = shownField(part.metadata);
			details.push(...encodeDetails(part, details.length));
		}
		else if (part.type === "tool-call" && !part.providerExecuted) toolCalls.push(encodeToolCall(part, callFieldsForCaller(part.metadata)));
		else if (part.type === "opaque" && part.dialect === "openai-chat") fragments.push(part);
		else if (part.type === "file") {
			const image = encodeImage(part, images.length);
			if (image !== undefined) images.push(image);
		}
	}
	const hasOtherThanText = toolCalls.length > 0 || refusal !== "" || images.length > 0 || fragments.length > 0;
	const message: JsonObject = {
		role: "assistant",
		content: text === "" && hasOtherThanText ? null : text,
		refusal: refusal === "" ? null : refusal,
		...(reasoning === "" ? {} : { [field]: reasoning }),
		...(details.length === 0 ? {} : { [detailsField]: details }),
		...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
		...(annotations.length === 0 ? {} : { annotations }),
		...(images.length === 0 ? {} : { images }),
	};
	return fragments.reduce(mergeFragment, message);
}
