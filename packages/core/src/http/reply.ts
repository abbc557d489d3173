/**
 * A request as the door sees it: plain, without web objects. Adapters build it from what their framework has.
 * Header names are in lower case.
 */
export interface GatewayRequest {
	/** Upper case. */
	readonly method: string;
	/** The path after the mount point, beginning with `/`, not percent-decoded. */
	readonly path: string;
	/** Without `?`; empty where there is none. */
	readonly query: string;
	/** Where the gateway is mounted (`/ai`), empty at the root: for links in pages. */
	readonly mountPath: string;
	/** The other end of the connection, where the framework tells it; the caller's behind proxies that the gateway trusts. */
	readonly remoteAddress?: string | undefined;
	/** Whether the caller's connection is encrypted. */
	readonly isSecure?: boolean;
	/** What the caller calls us: name and port. Default: the `host` header. */
	readonly host?: string | undefined;
	/** Value of a header; repeated headers joined by `, `. */
	header(name: string): string | undefined;
	/**
	 * The whole body. Read once at most.
	 * @throws {BodyTooLargeError} when it passes `limit` bytes; as soon as `content-length` says so where it does.
	 */
	body(limit: number): Promise<Uint8Array>;
	/** Aborts when the caller hangs up. */
	readonly signal: AbortSignal;
	/** The framework's own request, for the `identify` hook: a web `Request`, a Hono context, an Express request. */
	readonly original: unknown;
}

export class BodyTooLargeError extends Error {
	override readonly name = "BodyTooLargeError";
}

/** An answer as plain data. Header names are in lower case; a `string` body is UTF-8 text. */
export interface Reply {
	readonly status: number;
	readonly headers: ReplyHeaders;
	readonly body: ReplyBody;
}

/** A list stands for a header that is repeated (`set-cookie`). */
export type ReplyHeaders = Readonly<Record<string, string | string[]>>;

/**
 * A stream is pull-driven: each item is one write, and the next is asked for only when the last was taken. On hang-up abort the
 * request's signal first, then `return()` the iterator. It never throws: an error after the headers is written into the stream
 * in the surface's own form.
 */
export type ReplyBody = string | Uint8Array | undefined | StreamBody;

export interface StreamBody extends AsyncIterable<string> {
	/** Whether its last event tells of success; asked once it has ended. Absent: every end is one. */
	readonly isComplete?: () => boolean;
}

export function isStreamBody(body: ReplyBody): body is StreamBody {
	return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
