import type { ChatCompletionRequest } from "../../../contract/wire/openai-chat.ts";
import type { Dialect, EncodeRequestOptions } from "../dialect.ts";
import { takingCallsBack } from "../replayed-calls.ts";
import { decodeAnswer } from "./answer-decoder.ts";
import { encodeAnswer } from "./answer-encoder.ts";
import { embedding } from "./embedding.ts";
import { encodeError } from "./error-body.ts";
import { passThrough } from "./pass-through.ts";
import { decodeFailure } from "./provider-error.ts";
import { decodeRequest } from "./request-decoder.ts";
import { encodeRequest } from "./request-encoder.ts";
import { createStreamDecoder } from "./stream-decoder.ts";
import { createStreamEncoder } from "./stream-encoder.ts";

function path({ model, quirks }: EncodeRequestOptions): string {
	return `${quirks.modelInPath === true ? `/deployments/${encodeURIComponent(model)}` : ""}/chat/completions`;
}

/** OpenAI's chat completions, and what compatible vendors make of them. */
export const openaiChat: Dialect<ChatCompletionRequest> = {
	id: "openai-chat",
	provider: { path, encodeRequest: takingCallsBack(encodeRequest), decodeAnswer, createStreamDecoder, decodeFailure, passThrough, embedding },
	caller: { decodeRequest, encodeAnswer, createStreamEncoder, encodeError },
};
