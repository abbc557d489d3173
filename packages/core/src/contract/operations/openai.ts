import { exchangeErrors, type Operation, requestErrors } from "../operation.ts";
import { chatCompletion, chatCompletionChunk, chatCompletionRequest, openaiError, openaiModel, openaiModelList } from "../wire/openai-chat.ts";

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
