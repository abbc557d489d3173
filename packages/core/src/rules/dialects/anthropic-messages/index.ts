import type { MessagesRequest } from "../../../contract/wire/anthropic-messages.ts";
import type { Dialect } from "../dialect.ts";
import { takingCallsBack } from "../replayed-calls.ts";
import { decodeAnswer, decodeTokenCount } from "./answer-decoder.ts";
import { encodeAnswer } from "./answer-encoder.ts";
import { encodeError } from "./error-encoder.ts";
import { decodeFailure } from "./failure-decoder.ts";
import { passThrough } from "./pass-through.ts";
import { decodeRequest } from "./request-decoder.ts";
import { encodeCountRequest, encodeRequest } from "./request-encoder.ts";
import { createStreamDecoder } from "./stream-decoder.ts";
import { createStreamEncoder } from "./stream-encoder.ts";

/** Anthropic's Messages API, version 2023-06-01. */
export const anthropicMessages: Dialect<MessagesRequest> = {
	id: "anthropic-messages",
	provider: {
		path: () => "/messages",
		encodeRequest: takingCallsBack(encodeRequest),
		decodeAnswer,
		createStreamDecoder,
		decodeFailure,
		passThrough,
		tokenCount: { path: () => "/messages/count_tokens", encodeRequest: encodeCountRequest, decodeAnswer: decodeTokenCount },
	},
	caller: { decodeRequest, encodeAnswer, createStreamEncoder, encodeError },
};
