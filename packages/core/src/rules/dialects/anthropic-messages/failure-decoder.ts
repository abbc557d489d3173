import type { Failure, FailureKind } from "../../../contract/failure.ts";
import type { Json } from "../../../contract/json.ts";
import { type FailureContext, failureOfKind, kindOfStatus, type ProviderError, retryAfterMs } from "../failure.ts";
import { asObject, asText, parseJson } from "../json-fields.ts";

const kinds: ReadonlyMap<string, FailureKind> = new Map([
	["invalid_request_error", "bad-request"],
	["authentication_error", "authentication"],
	["billing_error", "quota"],
	["permission_error", "permission"],
	["not_found_error", "model-not-found"],
	["request_too_large", "bad-request"],
	["rate_limit_error", "rate-limited"],
	["timeout_error", "timeout"],
	["api_error", "upstream"],
	["overloaded_error", "overloaded"],
]);

/** Anthropic says several things with `invalid_request_error` that only the message tells apart. */
const messages: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
	[/credit balance is too low|spend(?:ing)? limit|usage limits/i, "quota"],
	[/prompt is too long|exceeds? (?:the )?(?:maximum )?context|context (?:window|limit|length)|too many (?:input )?tokens/i, "context-length"],
	[/content filter/i, "content-filter"],
];

/** An answer with a status of 400 or more; the body may be anything. */
export function decodeFailure(status: number, headers: Readonly<Record<string, string>>, body: string): Failure {
	return failureOfError(asObject(parseJson(body))?.["error"], { status, retryAfterMs: retryAfterMs(headers) });
}

/** Anthropic's error object, from an answer's body or from an `error` event inside a stream. */
export function failureOfError(error: Json | undefined, context: FailureContext = {}): Failure {
	const told: ProviderError = {
		message: asText(asObject(error)?.["message"]) ?? asText(error),
		type: asText(asObject(error)?.["type"]),
		code: asText(asObject(asObject(error)?.["details"])?.["error_code"]) ?? asText(asObject(error)?.["code"]),
		param: asText(asObject(error)?.["param"]),
	};
	return failureOfKind(kindOf(told, context.status), context, told);
}

function kindOf({ type = "", message = "" }: ProviderError, status: number | undefined): FailureKind {
	const kind = kinds.get(type) ?? (status === undefined ? "upstream" : kindOfStatus(status));
	if (kind === "bad-request") return messages.find(([pattern]) => pattern.test(message))?.[1] ?? kind;
	// Files and batches are not found with the same words.
	return kind === "model-not-found" && message !== "" && !/model/i.test(message) ? "bad-request" : kind;
}
