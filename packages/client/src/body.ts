import type { Call } from "./call.ts";
import { PosternError } from "./error.ts";

/**
 * What the promise gives, or why the call was stopped: at once, even where the other side is deaf to the request's signal.
 * @throws {PosternError}
 */
export function reached<Value>(promise: Promise<Value>, { signal }: Call): Promise<Value> {
	return new Promise((resolve, reject) => {
		const fail = (cause: unknown) =>
			reject(signal.aborted ? signal.reason : new PosternError("NETWORK_ERROR", "The connection failed", { cause }));
		signal.addEventListener("abort", fail);
		promise.finally(() => signal.removeEventListener("abort", fail)).then(resolve, fail);
		if (signal.aborted) fail(undefined);
	});
}

/** The answer's text as it arrives, one chunk a read. Leaving it cancels the rest. */
export async function* readChunks(response: Response, call: Call): AsyncGenerator<string> {
	const reader = response.body?.getReader();
	if (reader === undefined) return;
	const decoder = new TextDecoder();
	try {
		for (;;) {
			const { done, value } = await reached(reader.read(), call);
			const text = decoder.decode(value, { stream: !done });
			if (text !== "") yield text;
			if (done) return;
		}
	} finally {
		reader.cancel().catch(() => undefined);
	}
}
