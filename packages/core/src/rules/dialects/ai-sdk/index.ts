import type { ProviderCodec } from "../dialect.ts";
import { decodeAnswer } from "./answer-decoder.ts";
import { decodeFailure } from "./failure-decoder.ts";
import { encodeRequest, path } from "./request-encoder.ts";
import { createStreamDecoder } from "./stream-decoder.ts";

/**
 * The language model specification of the Vercel AI SDK (versions 2 to 4), as JSON: call options in, results and stream parts out.
 * It is no wire format: `fromAiSdk` turns the JSON into calls of a model in this process.
 */
export const aiSdk: ProviderCodec = { path, encodeRequest, decodeAnswer, createStreamDecoder, decodeFailure };
