import { exchangeErrors, type Operation, requestErrors } from "../operation.ts";
import { chatCompletion, chatCompletionChunk, chatCompletionRequest, openaiError, openaiModel, openaiModelList } from "../wire/openai-chat.ts";
import { embeddingList, embeddingRequest } from "../wire/openai-embeddings.ts";
import { deletedResponse, response, responsesRequest, responseStreamEvents } from "../wire/openai-responses.ts";

export const openaiOperations = {
	createChatCompletion: {
		surface: "openai",
		method: "POST",
		path: "/v1/chat/completions",
		summary: "OpenAI-compatible chat completion, whole or streamed",
		access: "principal",
		body: chatCompletionRequest,
		output: [
			{ kind: "json", schema: chatCompletion },
			{
				kind: "events",
				events: { message: chatCompletionChunk, error: openaiError },
				description: "With `stream: true`. Ends with `data: [DONE]`; a failure after the first chunk ends with a `data:` line that holds `{error}` instead.",
			},
		],
		errors: [...requestErrors, ...exchangeErrors],
		example: { model: "sim/echo", messages: [{ role: "user", content: "Explain recursion" }] },
	},
	createResponse: {
		surface: "openai",
		method: "POST",
		path: "/v1/responses",
		summary: "OpenAI-compatible response, whole or streamed",
		description: "Kept by the gateway unless `store` is `false`: `previous_response_id` continues it, whichever provider answers next.",
		access: "principal",
		body: responsesRequest,
		output: [
			{ kind: "json", schema: response },
			{
				kind: "events",
				events: responseStreamEvents,
				description: "With `stream: true`. Ends with `response.completed` or `response.incomplete`; a failure after the first content ends with `response.failed` instead.",
			},
		],
		errors: [...requestErrors, ...exchangeErrors, "NOT_FOUND"],
		example: { model: "sim/echo", input: "Explain recursion" },
	},
	getResponse: {
		surface: "openai",
		method: "GET",
		path: "/v1/responses/:id",
		summary: "A response that the gateway keeps",
		access: "principal",
		parameters: { id: "The response's id (`resp_...`)" },
		output: { kind: "json", schema: response },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN", "NOT_FOUND"],
	},
	deleteResponse: {
		surface: "openai",
		method: "DELETE",
		path: "/v1/responses/:id",
		summary: "Delete a response that the gateway keeps",
		description: "It can be fetched and continued no more. What later responses stand on goes with the last of them.",
		access: "principal",
		parameters: { id: "The response's id (`resp_...`)" },
		output: { kind: "json", schema: deletedResponse },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN", "NOT_FOUND"],
	},
	createEmbedding: {
		surface: "openai",
		method: "POST",
		path: "/v1/embeddings",
		summary: "OpenAI-compatible embeddings: a vector for each text",
		description:
			"At providers with OpenAI's API, Azure and Gemini. Where the provider does not tell the usage it is estimated, told by the header `x-postern-estimated: true`.",
		access: "principal",
		body: embeddingRequest,
		output: { kind: "json", schema: embeddingList },
		errors: [...requestErrors, ...exchangeErrors],
		example: { model: "sim/echo", input: ["Explain recursion", "What is a postern?"], dimensions: 8 },
	},
	listModels: {
		surface: "openai",
		method: "GET",
		path: "/v1/models",
		summary: "The models and routes of this gateway",
		access: "principal",
		output: { kind: "json", schema: openaiModelList },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN"],
	},
	getModel: {
		surface: "openai",
		method: "GET",
		path: "/v1/models/**:model",
		summary: "One model or route",
		access: "principal",
		parameters: { model: "`provider/model` or the alias of a route" },
		output: { kind: "json", schema: openaiModel },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN", "MODEL_NOT_FOUND"],
	},
} as const satisfies Record<string, Operation>;
