import type { ErrorCode, Issue } from "@postern/core/contract";

/**
 * What goes wrong on the client's side of the wire:
 * `NETWORK_ERROR` the gateway was not reached, or the connection broke; `TIMEOUT` the call's own `timeoutMs` ran out;
 * `ABORTED` the call's signal was aborted, or its stream was left early; `INVALID_RESPONSE` an answer that no gateway gives;
 * `STREAM_ENDED_EARLY` a stream that closed before it said that it was complete.
 */
export type ClientErrorCode = "NETWORK_ERROR" | "TIMEOUT" | "ABORTED" | "INVALID_RESPONSE" | "STREAM_ENDED_EARLY";

/** The codes of this client's contract. A newer gateway's code comes through as it is: hence any string. */
export type PosternErrorCode = ErrorCode | ClientErrorCode | (string & {});

export interface PosternErrorDetails {
	/** The HTTP status; of an error inside a stream, the one that its code stands for. Absent where nobody answered. */
	readonly status?: number | undefined;
	/** The gateway's id of the request (`req_...`), to be found in its logs and ledger. */
	readonly requestId?: string | undefined;
	/** How long to wait before another try. The client itself never tries again. */
	readonly retryAfterMs?: number | undefined;
	/** What is wrong with the input, field by field. */
	readonly issues?: readonly Issue[] | undefined;
	/** The model's text, where no object could be made of it. */
	readonly rawText?: string | undefined;
	readonly cause?: unknown;
}

/** The one error that calls and streams fail with. A mistake in the client's own options is a `TypeError`. */
export class PosternError extends Error implements PosternErrorDetails {
	override readonly name = "PosternError";
	declare readonly code: PosternErrorCode;
	declare readonly status?: number | undefined;
	declare readonly requestId?: string | undefined;
	declare readonly retryAfterMs?: number | undefined;
	declare readonly issues?: readonly Issue[] | undefined;
	declare readonly rawText?: string | undefined;

	constructor(code: PosternErrorCode, message: string, details: PosternErrorDetails = {}) {
		super(message, details);
		Object.assign(this, { code, ...details });
	}
}

/** An error that an answer itself shows. */
export function errorAt(response: Response, code: PosternErrorCode, message: string): PosternError {
	return new PosternError(code, message, { status: response.status, requestId: requestIdOf(response) });
}

/** A stream whose end does not say that it is complete. */
export function endedEarly(response: Response): PosternError {
	return errorAt(response, "STREAM_ENDED_EARLY", "The stream ended early");
}

export function requestIdOf(response: Response): string | undefined {
	return response.headers.get("x-request-id") ?? undefined;
}
