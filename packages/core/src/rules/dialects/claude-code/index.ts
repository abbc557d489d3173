import type { ProviderCodec } from "../dialect.ts";
import { decodeAnswer } from "./answer-decoder.ts";
import { decodeFailure } from "./failure-decoder.ts";
import { encodeRequest } from "./request-encoder.ts";
import { createStreamDecoder } from "./stream-decoder.ts";

/**
 * The command line of Claude Code: a request says what the process is started with, an answer is what it prints. Checked against
 * version 2.1.197.
 */
export const claudeCode: ProviderCodec = { path: () => "/run", encodeRequest, decodeAnswer, createStreamDecoder, decodeFailure };
