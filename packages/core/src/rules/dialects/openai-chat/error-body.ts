import type { ErrorCode, GatewayError } from "../../../contract/errors.ts";
import type { OpenAIError } from "../../../contract/wire/openai-chat.ts";

/** Codes for which OpenAI has a word of its own; others keep the gateway's in lower case. */
const ownCodes: Partial<Record<ErrorCode, string>> = {
	UNAUTHORIZED: "invalid_api_key",
	INVALID_TOKEN: "invalid_api_key",
	MODEL_NOT_FOUND: "model_not_found",
	CONTEXT_OVERFLOW: "context_length_exceeded",
	CONTENT_FILTERED: "content_filter",
	RATE_LIMIT_EXCEEDED: "rate_limit_exceeded",
	RATE_LIMITED: "rate_limit_exceeded",
	BUDGET_EXCEEDED: "insufficient_quota",
};

const mostIssuesTold = 5;

/** OpenAI's error body. It has no room for issues: they stand in the message, once, the first one's path in `param`. */
export function encodeError(error: GatewayError): OpenAIError {
	const issues = error.issues ?? [];
	const told = issues
		.slice(0, mostIssuesTold)
		.filter(({ message }) => !error.message.includes(message))
		.map((issue) => (issue.path === "" ? issue.message : `${issue.path}: ${issue.message}`));
	return {
		error: {
			message: told.length === 0 ? error.message : `${error.message}: ${told.join("; ")}`,
			type: typeOf(error),
			param: error.param ?? (issues[0]?.path || null),
			// Behind a 5xx the provider's word is about the gateway: `invalid_api_key` would send the caller after the wrong key.
			code: (error.status < 500 ? error.providerCode : undefined) ?? ownCodes[error.code] ?? error.code.toLowerCase(),
		},
	};
}

function typeOf({ code, status }: GatewayError): string {
	if (code === "BUDGET_EXCEEDED") return "insufficient_quota";
	switch (status) {
		case 401:
			return "authentication_error";
		case 403:
			return "permission_error";
		case 429:
			return "rate_limit_error";
		default:
			return status >= 500 ? "server_error" : "invalid_request_error";
	}
}
