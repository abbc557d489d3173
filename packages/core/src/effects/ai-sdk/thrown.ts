import { type UpstreamResponse, SendError } from "../../rules/providers/transport.ts";
import { textSource } from "./text-source.ts";
import { writeJson } from "./json-writer.ts";

/**
 * What a model's rejection means: an answer with the provider's status, or no answer at all.
 * @throws {SendError} for the latter.
 */
export function responseOfThrown(thrown: unknown, signal: AbortSignal): UpstreamResponse {
	const error = lastError(thrown);
	const sendError = sendErrorOf(error, signal);
	if (sendError !== undefined) throw sendError;
	const statusCode = fieldOf(error, "statusCode");
	const status = typeof statusCode === "number" && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
	return { status, headers: headersOf(error), body: textSource(errorText(error)) };
}

/** @returns `undefined` for an error that tells what the provider said. */
export function sendErrorOf(error: unknown, signal: AbortSignal): SendError | undefined {
	if (error instanceof SendError) return error;
	if (signal.aborted) return new SendError("aborted", "The request was cancelled");
	for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
		const code = fieldOf(cause, "code");
		if (code === "UND_ERR_CONNECT_TIMEOUT") return new SendError("connect-timeout", "Connecting to the provider took too long", { cause: error });
		const isUnanswered = cause.name === "AI_APICallError" && fieldOf(cause, "statusCode") === undefined && fieldOf(cause, "isRetryable") === true;
		const isBroken = (typeof code === "string" && networkCode.test(code)) || (cause instanceof TypeError && fetchWords.test(cause.message));
		// An abort that is not ours: whoever made the model gave it a clock.
		if (isUnanswered || isBroken || cause.name === "AbortError") return new SendError("network", "The connection to the provider failed", { cause: error });
	}
	return undefined;
}

/** Codes of the sockets of Node and Bun; the words by which each runtime's `fetch` says the same. */
const networkCode = /^(?:E(?:CONN\w+|PIPE|HOSTUNREACH|NETUNREACH|NOTFOUND|TIMEDOUT|AI_AGAIN)|UND_ERR_\w+|ERR_STREAM_PREMATURE_CLOSE|ConnectionRefused|ConnectionClosed|FailedToOpenSocket)$/;
const fetchWords = /^(?:fetch failed|failed to fetch|terminated|network error|network connection lost|load failed|error in input stream)/i;

/** Never fails: an error may hold itself. */
export function errorText(error: unknown, head: Readonly<Record<string, string>> = {}): string {
	try {
		return writeJson({ ...head, error });
	} catch {
		return writeJson({ ...head, error: {} });
	}
}

/** What retries of the model's own gave up with. */
function lastError(thrown: unknown): unknown {
	return thrown instanceof Error && thrown.name === "AI_RetryError" ? fieldOf(thrown, "lastError") : thrown;
}

function headersOf(error: unknown): Readonly<Record<string, string>> {
	const headers = fieldOf(error, "responseHeaders");
	if (typeof headers !== "object" || headers === null) return {};
	return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name.toLowerCase(), value]] : [])));
}

function fieldOf(value: unknown, name: string): unknown {
	return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
