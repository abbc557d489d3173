import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { Answer, StreamEvent } from "../../../contract/stream-event.ts";
import { createAnswerFold } from "../../sessions/fold.ts";
import type { Decoded } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asObject } from "../json-fields.ts";
import { createChunkDecoder } from "./chunk-decoder.ts";

/** A whole answer is a stream of one chunk whose delta is the message. */
export function decodeAnswer(body: Json): Decoded<Answer, Failure> {
	const answer = asObject(body);
	if (answer === undefined) return problem(protocolFailure("The provider's answer is no JSON object"));
	const hasError = answer.error !== undefined && answer.error !== null;
	const choices = (asArray(answer.choices) ?? []).map(asObject).filter((choice) => choice !== undefined);
	if (!hasError && !choices.some((choice) => asObject(choice.message) !== undefined)) {
		return problem(protocolFailure("The provider's answer is no chat completion"));
	}
	const decoder = createChunkDecoder();
	const events: StreamEvent[] = [];
	const failure = decoder.push({ ...answer, choices: choices.map(asChunkChoice) }, events) ?? decoder.finish(events);
	if (failure !== undefined) return problem(failure);
	const fold = createAnswerFold();
	fold.push(events);
	return { ok: true, value: fold.answer() };
}

function asChunkChoice(choice: JsonObject): JsonObject {
	const { message, ...rest } = choice;
	const { tool_calls, ...said } = asObject(message) ?? {};
	// Where it is whole, an answer that does not say why it ended is still an answer.
	const finish_reason = choice.finish_reason ?? "unknown";
	const calls = asArray(tool_calls)?.map((call, index) => ({ ...asObject(call), index }));
	return { ...rest, finish_reason, delta: { ...said, ...(calls === undefined ? {} : { tool_calls: calls }) } };
}

function problem(failure: Failure): Decoded<Answer, Failure> {
	return { ok: false, problem: failure };
}
