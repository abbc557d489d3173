import type { EmbeddingAnswer } from "../contract/embedding.ts";
import type { GatewayError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { EmbeddingResult } from "../effects/embed.ts";
import { costHeader, warningHeader } from "../http/answer-headers.ts";
import { jsonReply } from "../http/json-reply.ts";
import type { Reply } from "../http/reply.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";

/** Vectors in a family's own form; what its bodies have no place for stands in headers. */
export function embeddingReply(
	result: Decoded<EmbeddingResult, GatewayError>,
	encode: (answer: EmbeddingAnswer) => JsonObject,
): Decoded<Reply, GatewayError> {
	if (!result.ok) return result;
	const { answer, warnings, isEstimated, costMicroUsd } = result.value;
	const headers = { ...warningHeader(warnings), ...costHeader(costMicroUsd), ...(isEstimated ? { "x-postern-estimated": "true" } : {}) };
	return { ok: true, value: jsonReply(encode(answer), headers) };
}
