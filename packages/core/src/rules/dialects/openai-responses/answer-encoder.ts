import type { JsonObject } from "../../../contract/json.ts";
import type { Answer } from "../../../contract/stream-event.ts";
import { unfoldAnswer } from "../../sessions/unfold.ts";
import type { EncodeAnswerContext } from "../dialect.ts";
import { createOutputWriter } from "./output-writer.ts";
import { encodeEnding, encodeHead } from "./response-object.ts";

/** What the last event of the same answer's stream would hold. */
export function encodeAnswer(answer: Answer, context: EncodeAnswerContext): JsonObject {
	const ending = encodeEnding(answer.finish);
	const writer = createOutputWriter(context, () => undefined);
	for (const event of unfoldAnswer(answer)) writer.push(event);
	writer.end(ending.status === "incomplete" ? "incomplete" : "completed");
	return { ...encodeHead(answer, context), output: writer.items(), ...ending };
}
