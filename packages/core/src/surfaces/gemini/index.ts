import type { GatewayError } from "../../contract/errors.ts";
import type { GenerateContentRequest } from "../../contract/wire/gemini.ts";
import type { Services } from "../../effects/services.ts";
import { countTokens } from "../../effects/token-count.ts";
import { askedByHeaders } from "../../http/answer-headers.ts";
import { validationError } from "../../http/body.ts";
import { errorReply, jsonReply } from "../../http/json-reply.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call, Surface } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { asJsonArray } from "../../rules/dialects/gemini/array-encoder.ts";
import { gemini } from "../../rules/dialects/gemini/index.ts";
import type { ListedModel } from "../../rules/routing/models.ts";
import { answerConversation } from "../dialect-answer.ts";
import { modelReply, usableModels } from "../model-reply.ts";
import { modelObject } from "./model-object.ts";
import { batchEmbedContents, embedContent } from "./embeddings.ts";

const codec = gemini.caller;

/** Drop-in for Google's SDKs: their shapes, their errors, their key in a header or in the query. */
export const geminiSurface: Surface<"gemini"> = {
	id: "gemini",
	tokenHeader: "x-goog-api-key",
	tokenParameter: "key",
	errorReply: (error, requestId) => errorReply(error, codec.encodeError(error, requestId)),
	handlers: {
		generateContent: (call, services) => answer(call, services, false),

		async streamGenerateContent(call, services) {
			if (new URLSearchParams(call.request.query).get("alt") === "sse") return answer(call, services, true);
			const answered = await answer(call, services, true, (context) => asJsonArray(codec.createStreamEncoder(context)));
			if (!answered.ok) return answered;
			return { ok: true, value: { ...answered.value, headers: { ...answered.value.headers, "content-type": "application/json; charset=utf-8" } } };
		},

		async countGeminiTokens(call, services) {
			const { body, parameters } = call;
			const asked = body.generateContentRequest ?? (body.contents ? { contents: body.contents } : undefined);
			if (asked === undefined) return { ok: false, problem: validationError([{ path: "contents", message: "is missing" }]) };
			const decoded = codec.decodeRequest(asked, { model: parameters.model ?? "", stream: false });
			if (!decoded.ok) return { ok: false, problem: validationError(decoded.problem) };
			const counted = await countTokens(decoded.value, decoded.value.prompt, call, services);
			if (!counted.ok) return counted;
			const { inputTokens, isEstimated } = counted.value;
			return { ok: true, value: jsonReply({ totalTokens: inputTokens }, isEstimated ? { "x-postern-estimated": "true" } : {}) };
		},

		embedContent,
		batchEmbedContents,

		async listGeminiModels(call, services) {
			const { models, nextPageToken } = pageOf(await usableModels(call, services), new URLSearchParams(call.request.query));
			return { ok: true, value: jsonReply({ models: models.map(modelObject), ...(nextPageToken === undefined ? {} : { nextPageToken }) }) };
		},

		getGeminiModel: (call, services) => modelReply(call, services, modelObject),
	},
};

/** The path names the model, and whether to stream. */
async function answer(
	{ requestId, operation, principal, request, parameters, body }: Call<GenerateContentRequest>,
	services: Services,
	isStreamed: boolean,
	createStreamEncoder = codec.createStreamEncoder,
): Promise<Decoded<Reply, GatewayError>> {
	const decoded = codec.decodeRequest(body, { model: parameters.model ?? "", stream: isStreamed });
	if (!decoded.ok) return { ok: false, problem: validationError(decoded.problem) };
	const { model, prompt } = decoded.value;
	const context = { model, answerId: services.createId("msg"), createdAt: services.runtime.now(), requestId };
	const pass = { dialect: "gemini", hidesUsage: false } as const;
	const conversation = { surface: "gemini", operation, requestId, principal, model, signal: request.signal, prompt, pass, ...askedByHeaders(request) } as const;
	return answerConversation(conversation, { codec: { ...codec, createStreamEncoder }, context, isStreamed }, services);
}

/** Google's paging: `pageSize` (50, at most 1000) and `pageToken`, here the place where the page begins. */
function pageOf(models: readonly ListedModel[], query: URLSearchParams): { readonly models: readonly ListedModel[]; readonly nextPageToken?: string } {
	const size = Math.min(Math.max(Number(query.get("pageSize") ?? 50) || 50, 1), 1000);
	const start = Math.max(Number(query.get("pageToken") ?? 0) || 0, 0);
	const end = start + size;
	return { models: models.slice(start, end), ...(end < models.length ? { nextPageToken: String(end) } : {}) };
}
