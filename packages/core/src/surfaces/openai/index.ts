import { errorReply, jsonReply } from "../../http/json-reply.ts";
import { openaiChat } from "../../rules/dialects/openai-chat/index.ts";
import { answerInDialect } from "../dialect-answer.ts";
import { modelReply, usableModels } from "../model-reply.ts";
import { modelObject } from "./model-object.ts";
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

		async listModels(call, services) {
			return { ok: true, value: jsonReply({ object: "list", data: (await usableModels(call, services)).map(modelObject) }) };
		},

		getModel: (call, services) => modelReply(call, services, modelObject),
	},
};
