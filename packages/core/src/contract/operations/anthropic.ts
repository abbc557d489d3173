import { exchangeErrors, type Operation, requestErrors } from "../operation.ts";
import {
	anthropicModel, anthropicModelList, countTokensRequest, message, messageStreamEvents, messagesRequest, tokenCount,
} from "../wire/anthropic-messages.ts";

/** Sent by every Anthropic SDK: tells this surface's `/v1/models` from OpenAI's. */
const whenHeader = "anthropic-version";

export const anthropicOperations = {
	createMessage: {
		surface: "anthropic",
		method: "POST",
		path: "/v1/messages",
		summary: "Anthropic-compatible message, whole or streamed",
		access: "principal",
		body: messagesRequest,
		idempotency: "kept",
		isCacheable: true,
		output: [
			{ kind: "json", schema: message },
			{ kind: "events", events: messageStreamEvents, description: "With `stream: true`. Ends with `message_stop`; a failure after the first block ends with `error` instead." },
		],
		errors: [...requestErrors, ...exchangeErrors],
		example: { model: "sim/echo", max_tokens: 1024, messages: [{ role: "user", content: "Explain recursion" }] },
	},
	countMessageTokens: {
		surface: "anthropic",
		method: "POST",
		path: "/v1/messages/count_tokens",
		summary: "Count the tokens of a prompt",
		description: "Exact where the model's provider can count; elsewhere estimated, told by the header `x-postern-estimated: true`.",
		access: "principal",
		body: countTokensRequest,
		output: { kind: "json", schema: tokenCount },
		errors: [...requestErrors, ...exchangeErrors],
		example: { model: "sim/echo", messages: [{ role: "user", content: "Explain recursion" }] },
	},
	listAnthropicModels: {
		surface: "anthropic",
		method: "GET",
		path: "/v1/models",
		whenHeader,
		summary: "The models and routes of this gateway, in Anthropic's form",
		access: "principal",
		output: { kind: "json", schema: anthropicModelList },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN"],
	},
	getAnthropicModel: {
		surface: "anthropic",
		method: "GET",
		path: "/v1/models/**:model",
		whenHeader,
		summary: "One model or route, in Anthropic's form",
		access: "principal",
		parameters: { model: "`provider/model` or the alias of a route" },
		output: { kind: "json", schema: anthropicModel },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN", "MODEL_NOT_FOUND"],
	},
} as const satisfies Record<string, Operation>;
