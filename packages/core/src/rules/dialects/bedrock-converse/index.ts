import type { ProviderCodec } from "../dialect.ts";
import { takingCallsBack } from "../replayed-calls.ts";
import { decodeAnswer } from "./answer-decoder.ts";
import { decodeFailure } from "./failure-decoder.ts";
import { encodeRequest, path } from "./request-encoder.ts";
import { createStreamDecoder } from "./stream-decoder.ts";

/** Amazon Bedrock's Converse and ConverseStream. Its callers sign their requests for AWS: there is no side towards them. */
export const bedrockConverse: ProviderCodec = { path, encodeRequest: takingCallsBack(encodeRequest), decodeAnswer, createStreamDecoder, decodeFailure };
