import type { Failure } from "../../../contract/failure.ts";
import type { Json } from "../../../contract/json.ts";
import type { Answer, StreamEvent } from "../../../contract/stream-event.ts";
import { createAnswerFold } from "../../sessions/fold.ts";
import type { Decoded } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asObject, asText } from "../json-fields.ts";
import { createEventDecoder } from "./event-decoder.ts";
import { decodeResponseError } from "./provider-error.ts";

export function decodeAnswer(body: Json): Decoded<Answer, Failure> {
	const response = asObject(body);
	if (response === undefined) return problem(protocolFailure("The provider's answer is no JSON object"));
	const error = asObject(response.error);
	if (error !== undefined) return problem(decodeResponseError(error));
	const status = asText(response.status);
	if (status !== "failed" && status !== "cancelled" && asArray(response.output) === undefined) {
		return problem(protocolFailure("The provider's answer is no response"));
	}
	const events: StreamEvent[] = [];
	// Where it is whole, an answer that does not say how it ended is still an answer.
	const failure = createEventDecoder().finish(response, status ?? "completed", events);
	if (failure !== undefined) return problem(failure);
	const fold = createAnswerFold();
	fold.push(events);
	return { ok: true, value: fold.answer() };
}

function problem(failure: Failure): Decoded<Answer, Failure> {
	return { ok: false, problem: failure };
}
