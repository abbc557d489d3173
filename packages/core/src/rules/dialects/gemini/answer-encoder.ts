import type { JsonObject } from "../../../contract/json.ts";
import type { Source } from "../../../contract/prompt.ts";
import type { Answer, Finish, ResponseMetadata } from "../../../contract/stream-event.ts";
import type { EncodeAnswerContext } from "../dialect.ts";
import { encodeReason, finishFields } from "./finish.ts";
import { encodeAnswerPart } from "./part-encoder.ts";
import { encodeGrounding } from "./sources.ts";
import { encodeUsage } from "./usage.ts";

/** A whole answer for a caller. Parts of other dialects, and tools that another vendor ran, are not shown. */
export function encodeAnswer(answer: Answer, context: EncodeAnswerContext): JsonObject {
	const parts = answer.content.map(encodeAnswerPart).filter((part) => part !== undefined);
	const texts = answer.content.filter((part) => part.type === "text");
	const said = { sources: texts.flatMap(({ sources = [] }) => sources), hasRefusal: texts.some(({ refusal }) => refusal === true) };
	return { ...encodeEnd(answer.finish, parts, said), ...encodeHead(answer, context) };
}

/** What every chunk repeats. */
export function encodeHead(response: ResponseMetadata, context: EncodeAnswerContext): JsonObject {
	return {
		modelVersion: response.model ?? context.model,
		...(response.createdAt === undefined ? {} : encodeTime(response.createdAt)),
		responseId: response.id ?? context.answerId,
	};
}

/** What stands in the parts of an answer but is told beside them. */
export interface Said {
	readonly sources: readonly Source[];
	readonly hasRefusal: boolean;
}

/** The one candidate with how it ended, or the reason why there is none. */
export function encodeEnd(finish: Finish, parts: readonly JsonObject[], { sources, hasRefusal }: Said): JsonObject {
	const kept = finishFields(finish);
	const reason = encodeReason(finish, hasRefusal);
	const isTold = kept.candidate.groundingMetadata !== undefined || kept.candidate.citationMetadata !== undefined;
	const grounding = isTold ? undefined : encodeGrounding(sources);
	const candidate = {
		content: { parts, role: "model" },
		...(reason === undefined ? {} : { finishReason: reason }),
		index: 0,
		...kept.candidate,
		...(grounding === undefined ? {} : { groundingMetadata: grounding }),
	};
	const usageMetadata = encodeUsage(finish.usage, kept.usageMetadata);
	return {
		...(reason === undefined ? {} : { candidates: [candidate] }),
		...(kept.promptFeedback === undefined ? {} : { promptFeedback: kept.promptFeedback }),
		...(usageMetadata === undefined ? {} : { usageMetadata }),
	};
}

function encodeTime(milliseconds: number): { readonly createTime?: string } {
	const time = new Date(milliseconds);
	return Number.isNaN(time.getTime()) ? {} : { createTime: time.toISOString() };
}
