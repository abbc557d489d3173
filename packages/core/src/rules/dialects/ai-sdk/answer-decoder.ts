import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { Answer, StreamEvent } from "../../../contract/stream-event.ts";
import { createAnswerFold } from "../../sessions/fold.ts";
import type { Decoded } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asObject } from "../json-fields.ts";
import { createPartDecoder } from "./part-decoder.ts";

/** A whole answer (`doGenerate`), read as the stream that would have said the same. */
export function decodeAnswer(body: Json): Decoded<Answer, Failure> {
	const answer = asObject(body);
	const content = asArray(answer?.["content"]);
	if (answer === undefined || content === undefined) return { ok: false, problem: protocolFailure("The model's answer has no content") };
	const decoder = createPartDecoder({ cap: Number.POSITIVE_INFINITY, isWhole: true });
	const parts = [
		{ type: "stream-start", warnings: answer["warnings"] },
		{ ...asObject(answer["response"]), type: "response-metadata" },
		...content.flatMap((part, index) => unfold(asObject(part) ?? {}, String(index))),
		{ type: "finish", finishReason: answer["finishReason"], usage: answer["usage"], providerMetadata: answer["providerMetadata"] },
	];
	const events: StreamEvent[] = [];
	for (const part of parts) {
		const problem = decoder.read(part, 0, events);
		if (problem !== undefined) return { ok: false, problem };
	}
	const fold = createAnswerFold();
	fold.push(events);
	return { ok: true, value: fold.answer() };
}

function unfold(part: JsonObject, id: string): readonly JsonObject[] {
	const { type, text, ...rest } = part;
	if ((type !== "text" && type !== "reasoning") || typeof text !== "string") return [part];
	return [{ type: `${type}-start`, id }, { type: `${type}-delta`, id, delta: text }, { ...rest, type: `${type}-end`, id }];
}
