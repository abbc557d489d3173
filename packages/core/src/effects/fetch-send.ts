import { type ByteSource, type Send, SendError } from "../rules/providers/transport.ts";

/**
 * The transport of runtimes that have only `fetch`. Without an argument `globalThis.fetch` is looked up at each call, so that
 * what a test or an instrumentation puts there is honoured. Redirects are not followed: a credential must not travel with them.
 */
export function fetchSend(fetch?: typeof globalThis.fetch): Send {
	return async (request) => {
		const { signal } = request;
		if (signal.aborted) throw aborted();
		let response: Response;
		try {
			response = await (fetch ?? globalThis.fetch)(request.url, {
				method: request.method,
				headers: request.headers,
				signal,
				redirect: "manual",
				...(request.body === undefined ? {} : { body: request.body }),
			});
		} catch (error) {
			throw sendErrorOf(error, signal);
		}
		// A browser hides what a redirect says behind an opaque response of status 0.
		if (response.status === 0) throw new SendError("network", "The provider redirected, and redirects are not followed");
		return { status: response.status, headers: headerRecord(response.headers), body: byteSource(response.body, signal) };
	};
}

function headerRecord(headers: Headers): Record<string, string> {
	const record: Record<string, string> = {};
	// `Headers` lists each `set-cookie` by itself, all others joined.
	headers.forEach((value, name) => {
		record[name] = record[name] === undefined ? value : `${record[name]}, ${value}`;
	});
	return record;
}

function byteSource(body: ReadableStream<Uint8Array> | null, signal: AbortSignal): ByteSource {
	const reader = body?.getReader();
	let isCancelled = false;
	return {
		async read() {
			if (isCancelled || signal.aborted) throw aborted();
			if (reader === undefined) return undefined;
			let bytes: Uint8Array | undefined;
			try {
				do bytes = (await reader.read()).value;
				while (bytes?.byteLength === 0);
			} catch (error) {
				throw sendErrorOf(error, signal);
			}
			// A cancelled reader ends its pending read as if the body had ended.
			if (isCancelled) throw aborted();
			return bytes;
		},
		cancel() {
			isCancelled = true;
			reader?.cancel().catch(() => {});
		},
	};
}

function aborted(): SendError {
	return new SendError("aborted", "The request was cancelled");
}

function sendErrorOf(cause: unknown, signal: AbortSignal): SendError {
	return signal.aborted ? aborted() : new SendError("network", "The connection to the provider failed", { cause });
}
