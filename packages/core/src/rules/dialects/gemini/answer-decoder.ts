import type { Failure } from "../../../contract/failure.ts";
import type { Json } from "../../../contract/json.ts";
import type { Answer, StreamEvent } from "../../../contract/stream-event.ts";
import { createAnswerFold } from "../../sessions/fold.ts";
import type { Decoded } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asCount, asObject } from "../json-fields.ts";
import { createChunkDecoder } from "./chunk-decoder.ts";
import { failureOfError } from "./failure-decoder.ts";

/** A whole answer is a stream of one chunk. */
export function decodeAnswer(body: Json): Decoded<Answer, Failure> {
	const answer = asObject(body);
	if (answer === undefined) return problem(protocolFailure("The provider's answer is no JSON object"));
	const decoder = createChunkDecoder(Number.POSITIVE_INFINITY);
	const events: StreamEvent[] = [];
	// Where it is whole, a candidate that does not say why it ended is still an answer.
	const candidates = (asArray(answer.candidates) ?? [])
		.map(asObject)
		.filter((candidate) => candidate !== undefined)
		.map((candidate) => ({ ...candidate, finishReason: candidate.finishReason ?? "FINISH_REASON_UNSPECIFIED" }));
	const failure = decoder.push({ ...answer, candidates }, events) ?? decoder.finish(events);
	if (failure !== undefined) return problem(failure);
	const fold = createAnswerFold();
	fold.push(events);
	return { ok: true, value: fold.answer() };
}

export function decodeTokenCount(body: Json): Decoded<number, Failure> {
	const answer = asObject(body);
	if (answer?.error !== undefined && answer.error !== null) return problem(failureOfError(answer.error));
	const count = asCount(answer?.totalTokens);
	return count === undefined ? problem(protocolFailure("The provider's answer has no token count")) : { ok: true, value: count };
}

function problem(failure: Failure): { readonly ok: false; readonly problem: Failure } {
	return { ok: false, problem: failure };
}
