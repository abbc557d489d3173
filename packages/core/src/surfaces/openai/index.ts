import { errorReply, jsonReply } from "../../http/json-reply.ts";
import { openaiChat } from "../../rules/dialects/openai-chat/index.ts";
import { type ListedModel, listModels } from "../../rules/routing/models.ts";
import { answerInDialect } from "../dialect-answer.ts";
import { modelReply } from "../model-reply.ts";
import { createEmbedding } from "./embeddings.ts";
import { createResponse, deleteResponse, getResponse } from "./responses.ts";
import type { Surface } from "../../http/surface.ts";

/** Drop-in for OpenAI's SDKs: their shapes, their errors. */
export const openaiSurface: Surface<"openai"> = {
	id: "openai",
	errorReply: (error, requestId) => errorReply(error, openaiChat.caller.encodeError(error, requestId)),
	handlers: {
		createChatCompletion: (call, services) =>
			answerInDialect(call, services, { surface: "openai", dialect: "openai-chat", codec: openaiChat.caller, idPrefix: "chatcmpl" }),

		createResponse,
		getResponse,
		deleteResponse,

		createEmbedding,

		async listModels(_call, { routing }) {
			return { ok: true, value: jsonReply({ object: "list", data: listModels(routing).map(modelObject) }) };
		},

		getModel: (call, services) => modelReply(call, services, modelObject),
	},
};

/** `created` is required by the format and unknown for most models. */
function modelObject({ id, ownedBy }: ListedModel) {
	return { id, object: "model", created: 0, owned_by: ownedBy };
}
