import type { Blame, Failure, FailureKind } from "../../contract/failure.ts";

/** What a provider said of its own error, as read from the body. */
export interface ProviderError {
	readonly message?: string | undefined;
	readonly type?: string | undefined;
	readonly code?: string | undefined;
	readonly param?: string | undefined;
}

/** Where the failure was met. `status` is absent for an error inside a 200 stream. */
export interface FailureContext {
	readonly status?: number | undefined;
	readonly retryAfterMs?: number | undefined;
}

/** A failed credential is the gateway's fault, never the caller's: the caller did not choose it. */
const kinds: Readonly<Record<FailureKind, { readonly blame: Blame; readonly message: string }>> = {
	"rate-limited": { blame: "upstream", message: "The provider's rate limit is reached" },
	overloaded: { blame: "upstream", message: "The provider is overloaded" },
	timeout: { blame: "upstream", message: "The provider did not answer in time" },
	authentication: { blame: "gateway", message: "The provider refused the gateway's credential" },
	permission: { blame: "gateway", message: "The gateway's credential may not use this model or feature of the provider" },
	quota: { blame: "gateway", message: "The gateway's account with the provider has no credit left" },
	"bad-request": { blame: "caller", message: "The provider refused the request" },
	"model-not-found": { blame: "caller", message: "The provider knows no such model or address" },
	"context-length": { blame: "caller", message: "The prompt is longer than the model's context window" },
	"content-filter": { blame: "caller", message: "The provider's content filter refused the prompt" },
	network: { blame: "upstream", message: "The connection to the provider broke" },
	protocol: { blame: "upstream", message: "The provider's answer could not be read" },
	upstream: { blame: "upstream", message: "The provider failed" },
	cancelled: { blame: "caller", message: "The caller hung up" },
};

/**
 * A failure of this kind. Only failures that the caller can mend carry the provider's own words, capped and redacted; every
 * other one says a sentence of ours.
 */
export function failureOfKind(kind: FailureKind, context: FailureContext = {}, error: ProviderError = {}): Failure {
	const { blame, message } = kinds[kind];
	const own = blame === "caller" && error.message !== undefined ? safeMessage(error.message) : "";
	return {
		kind,
		blame,
		message: own === "" ? message : own,
		...(context.status === undefined ? {} : { status: context.status }),
		...(context.retryAfterMs === undefined ? {} : { retryAfterMs: context.retryAfterMs }),
		...(error.code === undefined ? {} : { code: safeMessage(error.code) }),
		...(error.type === undefined ? {} : { type: safeMessage(error.type) }),
		...(error.param === undefined ? {} : { param: safeMessage(error.param) }),
	};
}

/** The provider broke its own protocol. `message` must be a sentence of ours, never upstream text. */
export function protocolFailure(message: string): Failure {
	return { kind: "protocol", blame: "upstream", message };
}

/** A failure by status and headers alone; dialects that know the error's type pass a more exact `kind`. */
export function failureFromStatus(
	status: number,
	headers: Readonly<Record<string, string>>,
	error: ProviderError = {},
	kind: FailureKind = kindOfStatus(status),
): Failure {
	return failureOfKind(kind, { status, retryAfterMs: retryAfterMs(headers) }, error);
}

export function kindOfStatus(status: number): FailureKind {
	switch (status) {
		case 401:
			return "authentication";
		case 402:
			return "quota";
		case 403:
			return "permission";
		case 404:
			return "model-not-found";
		case 408:
		case 504:
		case 524:
			return "timeout";
		case 429:
			return "rate-limited";
		case 503:
		case 529:
			return "overloaded";
		default:
			return status >= 400 && status < 500 ? "bad-request" : "upstream";
	}
}

/**
 * How long the provider asks us to wait. Reads `retry-after-ms` and `retry-after` (RFC 9110 10.2.3). A date counts from the
 * answer's own `date` header: no clock is read here and none needs to agree with the provider's.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
	const exact = nonNegative(headers["retry-after-ms"]);
	if (exact !== undefined) return Math.ceil(exact);
	const value = headers["retry-after"];
	const seconds = nonNegative(value);
	if (seconds !== undefined) return Math.ceil(seconds * 1000);
	const wait = Date.parse(value ?? "") - Date.parse(headers["date"] ?? "");
	return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function nonNegative(value: string | undefined): number | undefined {
	return value !== undefined && /^\s*\d{1,12}(\.\d{1,12})?\s*$/.test(value) ? Number(value) : undefined;
}

const maxMessageLength = 500;

/** Text that looks like a credential: vendor prefixes, authorization headers, JSON web tokens, long random runs. */
const keyLike = new RegExp(
	[
		String.raw`\b(?:bearer|basic)\s+(?:(?=\S*\d)[\w.~+/*=-]{8,}|[\w.~+/*=-]{20,})`,
		String.raw`\b(?:sk|pk|rk|gsk|xai|pst|hf|pplx|nvapi|tgp)[-_][\w*.-]{6,}`,
		String.raw`\bAIza[\w*-]{10,}`,
		String.raw`\b(?:AKIA|ASIA)[A-Z0-9*]{8,}`,
		String.raw`\beyJ[\w-]{8,}\.[\w.-]+`,
		String.raw`\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{40,}`,
		String.raw`\w*\*{4,}\w*`,
	].join("|"),
	"gi",
);

/** One line of upstream text made fit for a caller's eyes: without key-like text and controls, 500 characters at most. */
export function safeMessage(text: string): string {
	// Cut first, so that no pattern runs over megabytes; generously, so that a key across the cut is still whole here.
	const line = text.slice(0, maxMessageLength * 4).replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
	const redacted = line.replace(keyLike, "[redacted]").toWellFormed();
	return redacted.length <= maxMessageLength ? redacted : `${redacted.slice(0, maxMessageLength - 1)}…`.toWellFormed();
}
