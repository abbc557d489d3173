import type { ErrorCode, errorTable } from "@postern/core/contract";

/**
 * The part of the contract's table that answers do not tell themselves, held to it by the compiler: which code a bare status
 * stands for (the first that has it), and which status the code of an error inside a stream.
 */
const statuses: { readonly [Code in ErrorCode]?: (typeof errorTable)[Code]["status"] } = {
	INVALID_REQUEST: 400,
	CONTEXT_OVERFLOW: 400,
	CONTENT_FILTERED: 400,
	INVALID_TOKEN: 401,
	BUDGET_EXCEEDED: 402,
	FORBIDDEN: 403,
	NOT_FOUND: 404,
	PAYLOAD_TOO_LARGE: 413,
	RATE_LIMITED: 429,
	INTERNAL_ERROR: 500,
	PROVIDER_OVERLOADED: 503,
	SHUTTING_DOWN: 503,
	TIMEOUT_ERROR: 504,
};
/** What OpenAI and Anthropic call the failures that happen in the middle of a stream. */
const foreignStatuses = { rate_limit_error: 429, overloaded_error: 503, timeout_error: 504 };
const entries = Object.entries({ ...statuses, ...foreignStatuses });

/** Whatever else ends a stream is the provider's doing: 502. */
export function statusOfCode(code: unknown): number {
	return entries.find((entry) => entry[0] === code)?.[1] ?? 502;
}

export function codeOfStatus(status: number): string {
	return entries.find((entry) => entry[1] === status)?.[0] ?? (status < 500 ? "INVALID_REQUEST" : "PROVIDER_ERROR");
}
