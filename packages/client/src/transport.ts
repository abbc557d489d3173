import { reached } from "./body.ts";
import { cacheHeader } from "./cache-header.ts";
import { type Call, createCall } from "./call.ts";
import { errorAt, type PosternError } from "./error.ts";
import { errorOfAnswer } from "./error-answer.ts";
import { parseJson } from "./json.ts";
import { checkBaseUrl, checkHeaders, checkTimeout } from "./option-checks.ts";
import { type ItemStream, leavable } from "./item-stream.ts";
import type { CallOptions, ClientOptions } from "./options.ts";
import { type ReadEvent, readStream } from "./stream.ts";

/** What a request carries. */
export interface Outgoing {
	/** Present: a POST with this as its JSON. */
	readonly body?: unknown;
	/** Default: `POST` with a body, `GET` without. */
	readonly method?: "POST" | "PUT" | "PATCH" | "DELETE";
	readonly headers?: Readonly<Record<string, string>>;
	/** Whether an answer with an error status is a result all the same. */
	readonly isResult?: (body: unknown) => boolean;
}

/** How the methods reach the gateway. */
export interface Transport {
	/** Where the gateway is, without a slash at its end. */
	readonly baseUrl: string;
	json<Result>(path: string, options: CallOptions | undefined, outgoing?: Outgoing): Promise<Result>;
	text(path: string, options: CallOptions | undefined): Promise<string>;
	/** Sends when the first item is asked for. */
	stream<Item>(path: string, options: CallOptions | undefined, outgoing: Outgoing, read: ReadEvent<Item>): ItemStream<Item>;
}

/** @throws {TypeError} naming the option that cannot be used */
export function createTransport(client: ClientOptions): Transport {
	const baseUrl = checkBaseUrl(client);
	const clientHeaders = checkHeaders(client);
	const timeoutMs = checkTimeout(client.timeoutMs);

	async function send(path: string, { body, headers: own, method }: Outgoing, call: Call, options: CallOptions): Promise<Response> {
		const isPost = body !== undefined;
		const headers = new Headers(own);
		if (isPost) headers.set("content-type", "application/json");
		for (const [key, value] of [...clientHeaders, ...new Headers(options.headers)]) headers.set(key, value);
		if (options.cache !== undefined) headers.set("x-postern-cache", cacheHeader(options.cache));
		const { signal } = call;
		const { credentials } = client;
		const init = { method: method ?? (isPost ? "POST" : "GET"), headers, body: JSON.stringify(body), signal };
		// Some runtimes refuse a request that names them at all.
		const request = new Request(baseUrl + path, credentials ? { ...init, credentials } : init);
		call.begin();
		signal.throwIfAborted();
		// Looked up at each call: test tools and instrumentations replace the global one.
		const fetch = client.fetch ?? globalThis.fetch;
		return reached((async () => fetch(request))(), call);
	}

	function open(options: CallOptions): Call {
		return createCall({ ...options, timeoutMs: checkTimeout(options.timeoutMs ?? timeoutMs) });
	}

	async function readText(path: string, options: CallOptions, outgoing: Outgoing): Promise<{ readonly response: Response; readonly text: string }> {
		const call = open(options);
		try {
			const response = await send(path, outgoing, call, options);
			return { response, text: await reached(response.text(), call) };
		} finally {
			call.end();
		}
	}

	return {
		baseUrl,
		async json<Result>(path: string, options: CallOptions = {}, outgoing: Outgoing = {}) {
			const { response, text } = await readText(path, options, outgoing);
			const body = parseJson<Result>(text);
			if (!response.ok && outgoing.isResult?.(body) !== true) throw errorOfAnswer(response, text);
			if (!(body instanceof Object)) throw unexpected(response);
			return body;
		},

		async text(path, options = {}) {
			const { response, text } = await readText(path, options, {});
			if (!response.ok) throw errorOfAnswer(response, text);
			return text;
		},

		stream(path, options = {}, outgoing, read) {
			const call = open(options);
			async function answer(): Promise<Response> {
				const response = await send(path, outgoing, call, options);
				if (!response.ok) throw errorOfAnswer(response, await reached(response.text(), call));
				if (response.headers.get("content-type")?.startsWith("text/event-stream")) return response;
				void response.body?.cancel();
				throw unexpected(response);
			}
			return leavable(readStream(answer, read, call), call.stop);
		},
	};
}

function unexpected(response: Response): PosternError {
	const type = response.headers.get("content-type");
	return errorAt(response, "INVALID_RESPONSE", `Not a gateway's answer (HTTP ${response.status}, ${type}): check baseUrl`);
}
