import type { JsonObject } from "../../../contract/json.ts";
import type { Answer } from "../../../contract/stream-event.ts";
import { unfoldAnswer } from "../../sessions/unfold.ts";
import type { EncodeAnswerContext } from "../dialect.ts";
import { asArray, asObject, asText } from "../json-fields.ts";
import { customType } from "./custom-tools.ts";
import { createOutputWriter } from "./output-writer.ts";
import { encodeEnding, encodeHead, idPrefix, responseId } from "./response-object.ts";

/** What the last event of the same answer's stream would hold. */
export function encodeAnswer(answer: Answer, context: EncodeAnswerContext): JsonObject {
	const { finish } = answer;
	return { ...encodeHead(answer, context), output: encodeOutput(answer, context), ...encodeEnding(finish) };
}

export function encodeOutput(answer: Answer, context: EncodeAnswerContext): readonly JsonObject[] {
	const ending = encodeEnding(answer.finish);
	const writer = createOutputWriter(() => answerKey(responseId(answer, context)), customTools(context), () => undefined);
	for (const event of unfoldAnswer(answer)) writer.push(event);
	writer.end(ending.status === "incomplete" ? "incomplete" : "completed");
	return writer.items();
}

/** The part of a response's id that its items' ids share. */
export function answerKey(id: string): string {
	return id.startsWith(idPrefix) ? id.slice(idPrefix.length) : id;
}

export function customTools({ request }: EncodeAnswerContext): ReadonlySet<string> {
	const names = (asArray(request?.tools) ?? []).map(asObject).flatMap((tool) => (tool?.type === customType ? (asText(tool.name) ?? []) : []));
	return new Set(names);
}
