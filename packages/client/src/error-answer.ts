import { PosternError, type PosternErrorDetails, requestIdOf } from "./error.ts";
import { codeOfStatus, statusOfCode } from "./error-codes.ts";
import { parseJson } from "./json.ts";

/** The error that an answer with an error status stands for: Postern's own, OpenAI's, Anthropic's, Google's, or a proxy's page. */
export function errorOfAnswer(response: Response, text: string): PosternError {
	const { status } = response;
	return errorOfBody(text, { status, requestId: requestIdOf(response), retryAfterMs: retryAfterMsOf(response) }, messageOfPage(text, status), response.headers.get("x-postern-error"));
}

/** The error that ends a stream. `response` lends the request id where the event does not tell it. */
export function errorOfEvent(data: string, response: Response): PosternError {
	return errorOfBody(data, { requestId: requestIdOf(response) }, "The stream failed");
}

/** Postern's own error body, or OpenAI's, Anthropic's or Google's. */
interface ErrorBody extends PosternErrorDetails {
	readonly error?: string | { readonly message?: string; readonly type?: string; readonly code?: unknown };
	readonly code?: unknown;
	readonly request_id?: string;
}

/** @param told the gateway's code, where the body is another API's. */
function errorOfBody(text: string, details: PosternErrorDetails, fallback: string, told?: string | null): PosternError {
	const body = parseJson<ErrorBody>(text) ?? {};
	const { error, code, request_id, requestId = request_id ?? details.requestId, issues, rawText } = body;
	const { message = error, type, code: own } = error instanceof Object ? error : {};
	// Google's code is the status itself.
	const status = details.status ?? (typeof own === "number" ? own : statusOfCode(code ?? type));
	return new PosternError(
		typeof code === "string" ? code : (told ?? codeOfStatus(status)),
		typeof message === "string" ? message : fallback,
		{ ...details, status, requestId, issues, rawText },
	);
}

/** `retry-after` is a number of seconds or a date. */
function retryAfterMsOf({ headers }: Response): number | undefined {
	const value = headers.get("retry-after") ?? "";
	const delayMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
	return delayMs >= 0 ? delayMs : undefined;
}

/** A proxy's page says most in its title; plain text says it itself. */
function messageOfPage(text: string, status: number): string {
	const [, said = text.startsWith("<") ? "" : text] = /<title>([^<]*)/i.exec(text) ?? [];
	return `HTTP ${status} ${said.trim().slice(0, 500)}`.trim();
}
