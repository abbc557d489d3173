import { joinBytes } from "../effects/byte-source.ts";
import { type BridgedRequest, hostOf, hungUp, internalErrorReply, pathOf, type RequestTarget, returnOnHangUp, splitPath } from "./bridge.ts";
import { BodyTooLargeError, isStreamBody, type GatewayRequest, type Reply, type ReplyHeaders } from "./reply.ts";

export interface WebRequestOptions {
	/** Where the gateway is mounted (`/ai`); stripped from paths that begin with it. */
	readonly mountPath?: string;
	/** Found by a framework already: what `mountPath` would otherwise be cut from the URL for. */
	readonly target?: RequestTarget;
	/** The other end of the connection, where the server tells it. */
	readonly remoteAddress?: string;
	/** Default: the web request itself. */
	readonly original?: unknown;
}

/** The whole way of runtimes that speak fetch: a web request in, a web response out. Never rejects. */
export function fetchHandler(handle: (request: GatewayRequest) => Promise<Reply>, options: WebRequestOptions = {}): (request: Request) => Promise<Response> {
	return async (request) => {
		const bridged = fromWebRequest(request, options);
		let reply: Reply;
		try {
			reply = await handle(bridged.request);
		} catch {
			reply = internalErrorReply;
		}
		const { status, headers, body } = toWebParts(reply, bridged, request.method);
		return new Response(body, { status, headers });
	};
}

export function fromWebRequest(web: Request, options: WebRequestOptions = {}): BridgedRequest {
	const { path, query, mountPath } = options.target ?? splitPath(pathOf(web.url), (options.mountPath ?? "").replace(/\/+$/, ""));
	const controller = new AbortController();
	const hangUp = (): void => controller.abort(hungUp);
	// Some runtimes have no signal on requests.
	const signal: AbortSignal | undefined = web.signal;
	if (signal?.aborted === true) hangUp();
	else signal?.addEventListener("abort", hangUp);
	return {
		hangUp,
		settle: () => signal?.removeEventListener("abort", hangUp),
		request: {
			method: web.method,
			path,
			query,
			mountPath,
			remoteAddress: options.remoteAddress,
			isSecure: web.url.startsWith("https:"),
			// A request that was made in this process has no such header, but a URL.
			host: web.headers.get("host") ?? hostOf(web.url),
			header: (name) => web.headers.get(name) ?? undefined,
			body: (limit) => readBody(web, limit, hangUp),
			signal: controller.signal,
			original: options.original ?? web,
		},
	};
}

export interface WebParts {
	readonly status: number;
	readonly headers: Record<string, string> | [string, string][];
	readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | string | null;
}

/**
 * What a `Response` is made of. A stream's items are asked for one by one as they are read. Where the reader goes, the signal is
 * aborted first and then the iterator returned: the other order waits for a silent provider.
 */
export function toWebParts(reply: Reply, bridged: BridgedRequest, method: string): WebParts {
	const { status, body } = reply;
	const headers = webHeaders(reply.headers);
	const hasNoBody = method === "HEAD" || status === 204 || status === 304;
	if (isStreamBody(body)) {
		const iterator = body[Symbol.asyncIterator]();
		if (!hasNoBody) return { status, headers, body: streamOf(iterator, bridged) };
		returnOnHangUp(iterator, bridged.request.signal);
		bridged.hangUp();
		bridged.settle();
		return { status, headers, body: null };
	}
	bridged.settle();
	if (!hasNoBody) return { status, headers, body: body === undefined ? null : typeof body === "string" ? body : new Uint8Array(body) };
	if (method !== "HEAD" || body === undefined) return { status, headers, body: null };
	const length = typeof body === "string" ? encoder.encode(body).byteLength : body.byteLength;
	return { status, headers: webHeaders({ ...reply.headers, "content-length": String(length) }), body: null };
}

/** A header that is repeated becomes a pair for each value. */
function webHeaders(headers: ReplyHeaders): WebParts["headers"] {
	const entries = Object.entries(headers);
	if (entries.every((entry): entry is [string, string] => typeof entry[1] === "string")) return headers as Record<string, string>;
	return entries.flatMap(([name, value]): [string, string][] => (typeof value === "string" ? [[name, value]] : value.map((each) => [name, each])));
}

const encoder = new TextEncoder();

function streamOf(iterator: AsyncIterator<string>, bridged: BridgedRequest): ReadableStream<Uint8Array<ArrayBuffer>> {
	const unwatch = returnOnHangUp(iterator, bridged.request.signal);
	const settle = (): void => {
		unwatch();
		bridged.settle();
	};
	return new ReadableStream(
		{
			async pull(controller) {
				try {
					for (;;) {
						const { done, value } = await iterator.next();
						if (done === true) {
							settle();
							controller.close();
							return;
						}
						if (value !== "") {
							controller.enqueue(encoder.encode(value));
							return;
						}
					}
				} catch {
					// What an iterator throws is a bug of ours, and nothing of it is for callers.
					settle();
					controller.error(new Error("The stream broke"));
				}
			},
			cancel() {
				bridged.hangUp();
				settle();
			},
		},
		// Nothing is asked for before somebody reads.
		{ highWaterMark: 0 },
	);
}

async function readBody(web: Request, limit: number, hangUp: () => void): Promise<Uint8Array> {
	if (Number(web.headers.get("content-length") ?? 0) > limit) throw new BodyTooLargeError();
	if (web.body === null) return new Uint8Array(0);
	const reader = web.body.getReader();
	const chunks: Uint8Array[] = [];
	let size = 0;
	for (;;) {
		const { done, value } = await reader.read().catch(() => {
			// The upload broke off. The signal first: whoever hears of the rejection finds it aborted.
			hangUp();
			throw hungUp;
		});
		if (done) return joinBytes(chunks, size);
		size += value.byteLength;
		if (size > limit) {
			reader.cancel().catch(() => {});
			throw new BodyTooLargeError();
		}
		chunks.push(value);
	}
}
