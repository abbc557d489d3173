import type { Failure, FailureKind } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import { failureFromStatus, failureOfKind, kindOfStatus, type ProviderError } from "../failure.ts";
import { asArray, asObject, asText, parseJson } from "../json-fields.ts";

/** Codes and types that say exactly what went wrong, whatever the status. */
const exactKinds = new Map<string, FailureKind>([
	["insufficient_quota", "quota"],
	["billing_not_active", "quota"],
	["billing_hard_limit_reached", "quota"],
	["context_length_exceeded", "context-length"],
	["model_not_found", "model-not-found"],
	["content_filter", "content-filter"],
	["content_policy_violation", "content-filter"],
	["invalid_api_key", "authentication"],
	["rate_limit_exceeded", "rate-limited"],
	["server_overloaded", "overloaded"],
	["engine_overloaded", "overloaded"],
	["overloaded_error", "overloaded"],
	["slow_down", "overloaded"],
]);

/** Types that only say which family; an HTTP status, where there is one, says more. */
const familyKinds = new Map<string, FailureKind>([
	["invalid_request_error", "bad-request"],
	["authentication_error", "authentication"],
	["permission_error", "permission"],
	["not_found_error", "model-not-found"],
	["rate_limit_error", "rate-limited"],
	["requests", "rate-limited"],
	["tokens", "rate-limited"],
]);

/** Many compatible vendors tell only in words that the prompt is too long. */
const contextWords = /context[ _-]?(?:length|window|size)|prompt is too long|reduce the length of the (?:messages|prompt)|(?:input|prompt)\b.{0,40}\btoo many tokens/i;

/** An answer with a status of 400 or more, JSON or not. */
export function decodeFailure(status: number, headers: Readonly<Record<string, string>>, body: string): Failure {
	const error = readError(parseJson(body));
	return failureFromStatus(status, headers, error, refine(exactKind(error) ?? kindOfHttp(status), error));
}

/** What stands under `error` inside an answer of 200. */
export function decodeErrorObject(value: Json): Failure {
	const error = readError({ error: value });
	const status = Number(error.code);
	const kind = Number.isInteger(status) && status >= 400 && status < 600 ? kindOfHttp(status) : familyKinds.get(error.type ?? "");
	return failureOfKind(refine(exactKind(error) ?? kind ?? "upstream", error), {}, error);
}

/** 498 is Groq's word for a lack of capacity. */
function kindOfHttp(status: number): FailureKind {
	return status === 498 ? "overloaded" : kindOfStatus(status);
}

function exactKind({ code, type }: ProviderError): FailureKind | undefined {
	return exactKinds.get(code ?? "") ?? exactKinds.get(type ?? "");
}

function refine(kind: FailureKind, { message }: ProviderError): FailureKind {
	return kind === "bad-request" && contextWords.test(message?.slice(0, 2000) ?? "") ? "context-length" : kind;
}

/** `{error: {...}}` (OpenAI), `[{error}]` (Gemini), `{error: "..."}` (Ollama), `{message}` (Mistral), `{detail}` (FastAPI). */
function readError(body: Json | undefined): ProviderError {
	const outer = asObject(asArray(body)?.[0] ?? body);
	if (outer === undefined) return {};
	const inner = asObject(outer.error) ?? outer;
	const code = typeof inner.code === "number" ? String(inner.code) : asText(inner.code);
	return {
		message: asText(inner.message) ?? asText(outer.error) ?? readDetail(inner),
		type: asText(inner.type),
		code,
		param: asText(inner.param),
	};
}

function readDetail({ detail }: JsonObject): string | undefined {
	const lines = asArray(detail)?.slice(0, 5).flatMap((entry) => {
		const { loc, msg } = asObject(entry) ?? {};
		const text = asText(msg);
		return text === undefined ? [] : [`${asArray(loc)?.filter((step) => typeof step !== "object").join(".") ?? "body"}: ${text}`];
	});
	return asText(detail) ?? asText(lines?.join("; "));
}
