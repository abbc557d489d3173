import { countTokens } from "../../effects/token-count.ts";
import { validationError } from "../../http/body.ts";
import { errorReply, jsonReply } from "../../http/json-reply.ts";
import { anthropicMessages } from "../../rules/dialects/anthropic-messages/index.ts";
import type { ListedModel } from "../../rules/routing/models.ts";
import { answerInDialect, withHeaders } from "../dialect-answer.ts";
import { modelReply, usableModels } from "../model-reply.ts";
import { modelObject } from "./model-object.ts";
import type { Surface } from "../../http/surface.ts";

const dialect = "anthropic-messages";
/** Beta features are switched on by a header: without it the provider refuses the fields that belong to them. */
const passedHeaders = ["anthropic-beta"];

/** Drop-in for Anthropic's SDKs: their shapes, their errors, `x-api-key`. */
export const anthropicSurface: Surface<"anthropic"> = {
	id: "anthropic",
	tokenHeader: "x-api-key",
	headers: (requestId) => ({ "request-id": requestId }),
	errorReply: (error, requestId) => errorReply(error, anthropicMessages.caller.encodeError(error, requestId)),
	handlers: {
		createMessage: (call, services) =>
			answerInDialect(call, services, { surface: "anthropic", dialect, codec: anthropicMessages.caller, idPrefix: "msg", passedHeaders }),

		async countMessageTokens(call, services) {
			const { body, request } = call;
			// A count request is a message request without an answer's limit.
			const decoded = anthropicMessages.caller.decodeRequest({ ...body, max_tokens: 1 });
			if (!decoded.ok) return { ok: false, problem: validationError(decoded.problem) };
			const prompt = withHeaders(decoded.value.prompt, dialect, passedHeaders, request);
			const counted = await countTokens(decoded.value, prompt, call, services);
			if (!counted.ok) return counted;
			const { inputTokens, isEstimated } = counted.value;
			return { ok: true, value: jsonReply({ input_tokens: inputTokens }, isEstimated ? { "x-postern-estimated": "true" } : {}) };
		},

		async listAnthropicModels(call, services) {
			const page = pageOf(await usableModels(call, services), new URLSearchParams(call.request.query));
			const data = page.models.map(modelObject);
			return { ok: true, value: jsonReply({ data, has_more: page.hasMore, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }) };
		},

		getAnthropicModel: (call, services) => modelReply(call, services, modelObject),
	},
};

/** Anthropic's paging: `limit` (20, at most 1000), `after_id`, `before_id`. */
function pageOf(models: readonly ListedModel[], query: URLSearchParams): { readonly models: readonly ListedModel[]; readonly hasMore: boolean } {
	const limit = Math.min(Math.max(Number(query.get("limit") ?? 20) || 20, 1), 1000);
	const beforeId = query.get("before_id");
	if (beforeId !== null) {
		const end = models.findIndex(({ id }) => id === beforeId);
		const start = Math.max(end - limit, 0);
		return { models: end < 0 ? [] : models.slice(start, end), hasMore: start > 0 };
	}
	const start = models.findIndex(({ id }) => id === query.get("after_id")) + 1;
	return { models: models.slice(start, start + limit), hasMore: models.length > start + limit };
}
