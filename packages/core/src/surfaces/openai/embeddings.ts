import type { GatewayError } from "../../contract/errors.ts";
import type { OpenAIEmbeddingRequest } from "../../contract/wire/openai-embeddings.ts";
import { embed } from "../../effects/embed.ts";
import type { Services } from "../../effects/services.ts";
import { validationError } from "../../http/body.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { decodeEmbeddingRequest, encodeEmbeddingAnswer } from "../../rules/dialects/openai-chat/embedding-caller.ts";
import { embeddingReply } from "../embedding-reply.ts";

export async function createEmbedding(call: Call<OpenAIEmbeddingRequest>, services: Services): Promise<Decoded<Reply, GatewayError>> {
	const { requestId, operation, principal, body } = call;
	const decoded = decodeEmbeddingRequest(body);
	if (!decoded.ok) return { ok: false, problem: validationError(decoded.problem) };
	const request = decoded.value;
	const { model } = body;
	const result = await embed({ surface: "openai", operation, requestId, principal, model, signal: call.request.signal, request }, services);
	return embeddingReply(result, (answer) => encodeEmbeddingAnswer(answer, request, model));
}
