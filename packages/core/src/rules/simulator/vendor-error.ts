import type { JsonObject } from "../../contract/json.ts";
import type { DialectId } from "../../contract/prompt.ts";

/** An error in the vendor's own words: what OpenAI's and Anthropic's servers answer. */
export interface VendorError {
	readonly status: number;
	readonly type: string;
	readonly message: string;
	/** OpenAI only. */
	readonly code?: string;
	readonly param?: string;
}

export type VendorErrorName =
	| "rate-limited"
	| "overloaded"
	| "server-error"
	| "unauthorized"
	| "bad-request"
	| "bad-signature"
	| "context-length"
	| "model-not-found";

type VendorErrors = Readonly<Record<VendorErrorName, VendorError>>;

/** `param` names the field of the request that holds the conversation. */
function openaiErrors(param: string): VendorErrors {
	return {
		"rate-limited": { status: 429, type: "requests", code: "rate_limit_exceeded", message: "Rate limit reached for requests (simulated)" },
		overloaded: { status: 503, type: "server_error", message: "The engine is currently overloaded, please try again later (simulated)" },
		"server-error": { status: 500, type: "server_error", message: "The server had an error (simulated)" },
		unauthorized: { status: 401, type: "invalid_request_error", code: "invalid_api_key", message: "Incorrect API key provided (simulated)" },
		"bad-request": { status: 400, type: "invalid_request_error", param, message: "The request is invalid (simulated)" },
		"bad-signature": { status: 400, type: "invalid_request_error", param, message: "Invalid signature in a reasoning part (simulated)" },
		"context-length": {
			status: 400,
			type: "invalid_request_error",
			code: "context_length_exceeded",
			param,
			message: "This model's maximum context length is 8192 tokens (simulated)",
		},
		"model-not-found": {
			status: 404,
			type: "invalid_request_error",
			code: "model_not_found",
			param: "model",
			message: "The simulator has no such model",
		},
	};
}

export const vendorErrors: Readonly<Record<DialectId, VendorErrors>> = {
	"openai-chat": openaiErrors("messages"),
	"openai-responses": openaiErrors("input"),
	"anthropic-messages": {
		"rate-limited": { status: 429, type: "rate_limit_error", message: "This request would exceed your rate limit (simulated)" },
		overloaded: { status: 529, type: "overloaded_error", message: "Overloaded" },
		"server-error": { status: 500, type: "api_error", message: "Internal server error (simulated)" },
		unauthorized: { status: 401, type: "authentication_error", message: "invalid x-api-key (simulated)" },
		"bad-request": { status: 400, type: "invalid_request_error", message: "messages: the request is invalid (simulated)" },
		"bad-signature": { status: 400, type: "invalid_request_error", message: "messages: Invalid `signature` in `thinking` block (simulated)" },
		"context-length": { status: 400, type: "invalid_request_error", message: "prompt is too long: 9000 tokens > 8192 maximum (simulated)" },
		"model-not-found": { status: 404, type: "not_found_error", message: "model: the simulator has no such model" },
	},
	gemini: {
		"rate-limited": { status: 429, type: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota (simulated)" },
		overloaded: { status: 503, type: "UNAVAILABLE", message: "The model is overloaded. Please try again later. (simulated)" },
		"server-error": { status: 500, type: "INTERNAL", message: "An internal error has occurred (simulated)" },
		unauthorized: { status: 400, type: "INVALID_ARGUMENT", code: "API_KEY_INVALID", message: "API key not valid. Please pass a valid API key. (simulated)" },
		"bad-request": { status: 400, type: "INVALID_ARGUMENT", message: "Request contains an invalid argument. (simulated)" },
		"bad-signature": { status: 400, type: "INVALID_ARGUMENT", message: "Thought signature is not valid. (simulated)" },
		"context-length": { status: 400, type: "INVALID_ARGUMENT", message: "The input token count (9000) exceeds the maximum number of tokens allowed (8192). (simulated)" },
		"model-not-found": { status: 404, type: "NOT_FOUND", message: "models/: the simulator has no such model" },
	},
};

/** Google's codes by status, for the errors whose status a model's name chooses. */
const googleStatus = (status: number) => (status === 503 ? "UNAVAILABLE" : status === 504 ? "DEADLINE_EXCEEDED" : "INTERNAL");

/** An error's body as the vendor writes it. */
export function vendorErrorBody(dialect: DialectId, error: VendorError, requestId: string): JsonObject {
	if (dialect === "gemini") return geminiErrorBody(error);
	return dialect === "anthropic-messages"
		? { type: "error", error: { type: error.type, message: error.message }, request_id: requestId }
		: { error: { message: error.message, type: error.type, param: error.param ?? null, code: error.code ?? null } };
}

function geminiErrorBody({ status, type, code, message }: VendorError): JsonObject {
	const details = code === undefined ? [] : [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: code, domain: "googleapis.com" }];
	const name = type === "INTERNAL" ? googleStatus(status) : type;
	return { error: { code: status, message, status: name, ...(details.length === 0 ? {} : { details }) } };
}
