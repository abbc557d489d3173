import type { ResponsesRequest } from "../../../contract/wire/openai-responses.ts";
import type { Dialect } from "../dialect.ts";
import { takingCallsBack } from "../replayed-calls.ts";
import { embedding } from "../openai-chat/embedding.ts";
import { encodeError } from "../openai-chat/error-body.ts";
import { decodeFailure } from "../openai-chat/provider-error.ts";
import { decodeAnswer } from "./answer-decoder.ts";
import { encodeAnswer } from "./answer-encoder.ts";
import { decodeRequest } from "./request-decoder.ts";
import { encodeRequest } from "./request-encoder.ts";
import { createStreamDecoder } from "./stream-decoder.ts";
import { createStreamEncoder } from "./stream-encoder.ts";

/** OpenAI's responses. Errors are those of all OpenAI's APIs. */
export const openaiResponses: Dialect<ResponsesRequest> = {
	id: "openai-responses",
	provider: { path: () => "/responses", encodeRequest: takingCallsBack(encodeRequest), decodeAnswer, createStreamDecoder, decodeFailure, embedding },
	caller: { decodeRequest, encodeAnswer, createStreamEncoder, encodeError },
};
