/** Whose fault it is: decides the status, whether another attempt makes sense, and whose health it counts against. */
export type Blame = "caller" | "gateway" | "upstream";

export type FailureKind =
	| "rate-limited"
	| "overloaded"
	| "timeout"
	| "authentication"
	| "permission"
	| "quota"
	| "bad-request"
	| "model-not-found"
	| "context-length"
	| "content-filter"
	| "network"
	/** The provider broke its own protocol: an early end, garbage, an impossible order. */
	| "protocol"
	/** The provider answered 5xx or with an error of its own making. */
	| "upstream"
	| "cancelled";

/** Which clock of an attempt ran out. */
export type Clock = "connect" | "first-event" | "idle" | "answer" | "total";

/** What went wrong in one attempt, as a value. */
export interface Failure {
	readonly kind: FailureKind;
	readonly blame: Blame;
	/** One sentence that is safe to show to a caller: no credential, no upstream body, no stack. */
	readonly message: string;
	/** The provider's HTTP status, where there was an answer. */
	readonly status?: number;
	readonly retryAfterMs?: number;
	readonly clock?: Clock;
	/** The provider's own error code, type and parameter, where it named them. */
	readonly code?: string;
	readonly type?: string;
	readonly param?: string;
}
