import type { Blame } from "./failure.ts";
import type { RoutingDecision } from "./session.ts";

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
	SIGN_IN_EXPIRED: {
		status: 400,
		blame: "caller",
		retryable: false,
		message: "This sign-in was not begun in this browser, or is over: begin again",
	},
	UNAUTHORIZED: { status: 401, blame: "caller", retryable: false, message: "Missing authorization header" },
	INVALID_TOKEN: { status: 401, blame: "caller", retryable: false, message: "Invalid API key" },
	BUDGET_EXCEEDED: { status: 402, blame: "caller", retryable: false, message: "The budget does not cover the request" },
	PRICE_UNKNOWN: {
		status: 402,
		blame: "gateway",
		retryable: false,
		message: "A budget in money applies, and the model has no known price",
	},
	INVALID_CREDENTIALS: { status: 401, blame: "caller", retryable: false, message: "Email or password is wrong" },
	FORBIDDEN: { status: 403, blame: "caller", retryable: false, message: "Not permitted" },
	SIGN_IN_CANCELLED: { status: 403, blame: "caller", retryable: false, message: "The sign-in was cancelled" },
	EMAIL_NOT_VERIFIED: { status: 403, blame: "caller", retryable: false, message: "The email address is not verified" },
	REGISTRATION_CLOSED: { status: 403, blame: "caller", retryable: false, message: "This gateway takes no new accounts" },
	CSRF_REFUSED: { status: 403, blame: "caller", retryable: false, message: "The request comes from another site's page" },
	NOT_FOUND: { status: 404, blame: "caller", retryable: false, message: "Not found" },
	MODEL_NOT_FOUND: { status: 404, blame: "caller", retryable: false, message: "Unknown model" },
	SESSION_NOT_FOUND: { status: 404, blame: "caller", retryable: false, message: "Unknown session" },
	METHOD_NOT_ALLOWED: { status: 405, blame: "caller", retryable: false, message: "Method not allowed" },
	CONFLICT: { status: 409, blame: "caller", retryable: false, message: "Not possible as things are" },
	EMAIL_TAKEN: { status: 409, blame: "caller", retryable: false, message: "There is an account with this email address" },
	ACCOUNT_NOT_LINKED: {
		status: 409,
		blame: "caller",
		retryable: false,
		message: "There is an account with this email address: sign in to it with its password first, then connect the other one",
	},
	IDEMPOTENCY_RUNNING: { status: 409, blame: "caller", retryable: true, message: "The first request with this Idempotency-Key is still running" },
	IDEMPOTENCY_SPENT: {
		status: 409,
		blame: "caller",
		retryable: false,
		message: "This was done by the first request with this Idempotency-Key, and its answer showed a secret that is not kept",
	},
	PAYLOAD_TOO_LARGE: { status: 413, blame: "caller", retryable: false, message: "The request body is too large" },
	UNSUPPORTED_MEDIA_TYPE: { status: 415, blame: "caller", retryable: false, message: "Send the body as application/json" },
	TOO_MANY_ATTEMPTS: { status: 429, blame: "caller", retryable: true, message: "Too many attempts: wait before the next one" },
	IDEMPOTENCY_MISMATCH: { status: 422, blame: "caller", retryable: false, message: "This Idempotency-Key was used for another request" },
	CONCURRENCY_LIMIT_ERROR: { status: 429, blame: "caller", retryable: true, message: "Concurrency limit exceeded" },
	RATE_LIMIT_EXCEEDED: { status: 429, blame: "caller", retryable: true, message: "A limit of requests or tokens is reached" },
	RATE_LIMITED: { status: 429, blame: "upstream", retryable: true, message: "The provider's rate limit is reached" },
	CANCELLED: { status: 499, blame: "caller", retryable: false, message: "The caller hung up" },
	INTERNAL_ERROR: { status: 500, blame: "gateway", retryable: false, message: "Internal error" },
	CAPABILITY_ABSENT: { status: 501, blame: "gateway", retryable: false, message: "This gateway runs without what the operation needs" },
	PROVIDER_ERROR: { status: 502, blame: "upstream", retryable: true, message: "The provider failed" },
	SIGN_IN_FAILED: { status: 502, blame: "upstream", retryable: true, message: "The identity provider did not say who you are" },
	PARSE_ERROR: { status: 502, blame: "upstream", retryable: true, message: "No JSON could be read from the model's answer" },
	SCHEMA_ERROR: { status: 502, blame: "upstream", retryable: true, message: "The model's answer does not match the schema" },
	TOOL_NOT_ALLOWED: { status: 502, blame: "upstream", retryable: false, message: "The model called a tool that is not allowed here" },
	PROVIDER_NOT_CONFIGURED: { status: 503, blame: "gateway", retryable: false, message: "The provider is not configured" },
	PROVIDER_OVERLOADED: { status: 503, blame: "upstream", retryable: true, message: "The provider is overloaded" },
	GATEWAY_BUSY: { status: 503, blame: "gateway", retryable: true, message: "Too much is asked at once: try again in a moment" },
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
	/** Why these targets were asked, for a caller who wants to know. */
	readonly decision?: RoutingDecision;
}

export function gatewayError(code: ErrorCode, details: Partial<Omit<GatewayError, "code" | "status">> = {}): GatewayError {
	const entry = errorTable[code];
	return { code, status: entry.status, message: entry.message, ...details };
}
