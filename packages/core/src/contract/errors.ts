import type { Blame } from "./failure.ts";

/** Every error code a caller can meet, with its HTTP status. Messages are defaults; most errors carry a more exact one. */
export const errorTable = {
	VALIDATION_ERROR: { status: 400, blame: "caller", retryable: false, message: "Invalid request body" },
	NO_TOOLS_AVAILABLE: {
		status: 400,
		blame: "caller",
		retryable: false,
		message: "No valid tools available: all requested tools are disallowed",
	},
	INVALID_REQUEST: { status: 400, blame: "caller", retryable: false, message: "The provider refused the request" },
	CONTEXT_OVERFLOW: {
		status: 400,
		blame: "caller",
		retryable: false,
		message: "The prompt is longer than the model's context window",
	},
	CONTENT_FILTERED: { status: 400, blame: "caller", retryable: false, message: "The provider's content filter refused the prompt" },
	UNAUTHORIZED: { status: 401, blame: "caller", retryable: false, message: "Missing authorization header" },
	INVALID_TOKEN: { status: 401, blame: "caller", retryable: false, message: "Invalid API key" },
	FORBIDDEN: { status: 403, blame: "caller", retryable: false, message: "Not permitted" },
	NOT_FOUND: { status: 404, blame: "caller", retryable: false, message: "Not found" },
	MODEL_NOT_FOUND: { status: 404, blame: "caller", retryable: false, message: "Unknown model" },
	SESSION_NOT_FOUND: { status: 404, blame: "caller", retryable: false, message: "Unknown session" },
	METHOD_NOT_ALLOWED: { status: 405, blame: "caller", retryable: false, message: "Method not allowed" },
	PAYLOAD_TOO_LARGE: { status: 413, blame: "caller", retryable: false, message: "The request body is too large" },
	UNSUPPORTED_MEDIA_TYPE: { status: 415, blame: "caller", retryable: false, message: "Send the body as application/json" },
	CONCURRENCY_LIMIT_ERROR: { status: 429, blame: "caller", retryable: true, message: "Concurrency limit exceeded" },
	RATE_LIMITED: { status: 429, blame: "upstream", retryable: true, message: "The provider's rate limit is reached" },
	CANCELLED: { status: 499, blame: "caller", retryable: false, message: "The caller hung up" },
	INTERNAL_ERROR: { status: 500, blame: "gateway", retryable: false, message: "Internal error" },
	CAPABILITY_ABSENT: { status: 501, blame: "gateway", retryable: false, message: "This gateway runs without what the operation needs" },
	PROVIDER_ERROR: { status: 502, blame: "upstream", retryable: true, message: "The provider failed" },
	PARSE_ERROR: { status: 502, blame: "upstream", retryable: true, message: "No JSON could be read from the model's answer" },
	SCHEMA_ERROR: { status: 502, blame: "upstream", retryable: true, message: "The model's answer does not match the schema" },
	TOOL_NOT_ALLOWED: { status: 502, blame: "upstream", retryable: false, message: "The model called a tool that is not allowed here" },
	PROVIDER_NOT_CONFIGURED: { status: 503, blame: "gateway", retryable: false, message: "The provider is not configured" },
	PROVIDER_OVERLOADED: { status: 503, blame: "upstream", retryable: true, message: "The provider is overloaded" },
	SHUTTING_DOWN: { status: 503, blame: "gateway", retryable: true, message: "The gateway is shutting down" },
	TIMEOUT_ERROR: { status: 504, blame: "upstream", retryable: true, message: "The provider did not answer in time" },
} as const satisfies Record<string, { status: number; blame: Blame; retryable: boolean; message: string }>;

export type ErrorCode = keyof typeof errorTable;

/** One thing wrong with an input: where (`messages[0].content`) and what to do about it. */
export interface Issue {
	readonly path: string;
	readonly message: string;
}

/** What a caller is told. `message` is safe to show. */
export interface GatewayError {
	readonly code: ErrorCode;
	readonly status: number;
	readonly message: string;
	readonly retryAfterMs?: number;
	readonly issues?: readonly Issue[];
	/** The model's text, where an object could not be made of it. */
	readonly rawText?: string;
	/** The provider's own code and parameter, where it named them (`context_length_exceeded`, `messages`). */
	readonly providerCode?: string;
	readonly param?: string;
}

export function gatewayError(code: ErrorCode, details: Partial<Omit<GatewayError, "code" | "status">> = {}): GatewayError {
	const entry = errorTable[code];
	return { code, status: entry.status, message: entry.message, ...details };
}
