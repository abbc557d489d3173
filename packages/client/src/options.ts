/** What {@link createClient} takes. */
export interface ClientOptions {
	/**
	 * Where the gateway is mounted: `https://ai.example.com`, or `/ai` in a page of the same origin.
	 * Default: the page's own origin, or a placeholder where `fetch` is a gateway in the same process.
	 */
	readonly baseUrl?: string;
	/** Sent as `Authorization: Bearer`. */
	readonly token?: string;
	/** How requests are sent. `gateway.fetch` calls a gateway in the same process. Default: the global `fetch`. */
	readonly fetch?: (request: Request) => Promise<Response>;
	/** Sent with every request; a call's own headers stand above them. */
	readonly headers?: HeadersInit;
	/** `include` sends the session cookie to a gateway of another origin that lists this one in `cors`. Default: same origin only. */
	readonly credentials?: "omit" | "same-origin" | "include";
	/** The most a whole call may take, its stream included. Default: no limit. */
	readonly timeoutMs?: number;
}

/** What every method takes as its last argument. */
export interface CallOptions {
	/** Cancels the call, also in the middle of a stream: it fails with `ABORTED`. */
	readonly signal?: AbortSignal;
	/** Replaces the client's own; `Infinity` for none. The call fails with `TIMEOUT`. */
	readonly timeoutMs?: number;
	/** Stand above the client's headers. */
	readonly headers?: HeadersInit;
	/** Of a call for an answer. Default: as project, route and gateway say. */
	readonly cache?: CacheChoice;
}

/** Whether an answer may come from the gateway's cache, and be kept there; what is absent is as project, route and gateway say. */
export type CacheChoice =
	| boolean
	| {
			/** A new answer, which takes the place of the one that was kept. */
			readonly refresh?: boolean;
			/** How long the answer is kept, and how old one may be that is given: 1 second to 30 days. */
			readonly ttlSeconds?: number;
			/** Keeps an answer that calls tools, too. */
			readonly toolCalls?: boolean;
			/** No answer to another question that means the same. */
			readonly exact?: boolean;
	  };
