/** One HTTP exchange with a provider. Resolves at the answer's headers; rejects with a {@link SendError} before them. */
export type Send = (request: UpstreamRequest) => Promise<UpstreamResponse>;

/** Plain data, no web objects. Header names are in lower case. */
export interface UpstreamRequest {
	readonly method: "GET" | "POST";
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
	/** Aborting it closes the connection: while connecting, while waiting for headers, and while the body is read. */
	readonly signal: AbortSignal;
	/** The longest that connecting (DNS, TCP, TLS) may take. Fetch runtimes cannot tell this clock apart and ignore it. */
	readonly connectTimeoutMs: number;
}

export interface UpstreamResponse {
	readonly status: number;
	/** Lower-case names; values of repeated headers joined by `, `. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: ByteSource;
}

/**
 * Pull-driven bytes: nothing is read from the network while nobody asks. One read, one chunk.
 * `read` gives `undefined` at the clean end and rejects with a {@link SendError} when the connection breaks or the signal aborts.
 */
export interface ByteSource {
	read(): Promise<Uint8Array | undefined>;
	/** Lets go of the rest: closes the connection where something is still to come. Safe to call twice or after the end. */
	cancel(): void;
}

/** Why a `send` or a read failed. `connect-timeout` and `network` happen to us; `aborted` is our own signal. */
export class SendError extends Error {
	override readonly name = "SendError";
	readonly reason: "connect-timeout" | "network" | "aborted";
	constructor(reason: SendError["reason"], message: string, options?: ErrorOptions) {
		super(message, options);
		this.reason = reason;
	}
}
