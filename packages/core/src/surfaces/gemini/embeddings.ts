import type { EmbeddingAnswer, EmbeddingRequest } from "../../contract/embedding.ts";
import type { GatewayError, Issue } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { BatchEmbedContentsRequest, EmbedContentRequest } from "../../contract/wire/gemini-embeddings.ts";
import { embed } from "../../effects/embed.ts";
import type { Services } from "../../effects/services.ts";
import { validationError } from "../../http/body.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { decodeBatchRequest, decodeEmbedRequest, encodeBatchAnswer, encodeEmbedAnswer } from "../../rules/dialects/gemini/embedding-caller.ts";
import { embeddingReply } from "../embedding-reply.ts";

type Handled = Promise<Decoded<Reply, GatewayError>>;

export function embedContent(call: Call<EmbedContentRequest>, services: Services): Handled {
	return answer(call, decodeEmbedRequest(call.body), encodeEmbedAnswer, services);
}

export function batchEmbedContents(call: Call<BatchEmbedContentsRequest>, services: Services): Handled {
	return answer(call, decodeBatchRequest(call.body), encodeBatchAnswer, services);
}

/** The path names the model. */
async function answer(
	{ requestId, operation, principal, parameters, request: { signal } }: Call<unknown>,
	decoded: Decoded<EmbeddingRequest, readonly Issue[]>,
	encode: (answer: EmbeddingAnswer) => JsonObject,
	services: Services,
): Handled {
	if (!decoded.ok) return { ok: false, problem: validationError(decoded.problem) };
	const model = parameters.model ?? "";
	return embeddingReply(await embed({ surface: "gemini", operation, requestId, principal, model, signal, request: decoded.value }, services), encode);
}
