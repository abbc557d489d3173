import type { GenerateContentRequest } from "../../../contract/wire/gemini.ts";
import type { Dialect } from "../dialect.ts";
import { takingCallsBack } from "../replayed-calls.ts";
import { actionPath, generatePath } from "./address.ts";
import { decodeAnswer, decodeTokenCount } from "./answer-decoder.ts";
import { encodeAnswer } from "./answer-encoder.ts";
import { embedding } from "./embedding.ts";
import { encodeError } from "./error-encoder.ts";
import { decodeFailure } from "./failure-decoder.ts";
import { passThrough } from "./pass-through.ts";
import { decodeRequest } from "./request-decoder.ts";
import { encodeCountRequest, encodeRequest } from "./request-encoder.ts";
import { createStreamDecoder } from "./stream-decoder.ts";
import { createStreamEncoder } from "./stream-encoder.ts";

/** Google's `generateContent`, as the Gemini API (version `v1beta`) and Vertex AI speak it. */
export const gemini: Dialect<GenerateContentRequest> = {
	id: "gemini",
	provider: {
		path: generatePath,
		encodeRequest: takingCallsBack(encodeRequest),
		decodeAnswer,
		createStreamDecoder,
		decodeFailure,
		passThrough,
		tokenCount: { path: ({ model }) => actionPath(model, "countTokens"), encodeRequest: encodeCountRequest, decodeAnswer: decodeTokenCount },
		embedding,
	},
	caller: { decodeRequest, encodeAnswer, createStreamEncoder, encodeError },
};
