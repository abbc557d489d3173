import type { Failure, FailureKind } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import { failureOfKind, kindOfStatus, type ProviderError, retryAfterMs } from "../failure.ts";
import { asArray, asObject, asText, parseJson } from "../json-fields.ts";

/** Google's canonical codes (google.rpc.Code). */
const kinds: ReadonlyMap<string, FailureKind> = new Map([
	["INVALID_ARGUMENT", "bad-request"],
	["OUT_OF_RANGE", "bad-request"],
	["UNIMPLEMENTED", "bad-request"],
	["FAILED_PRECONDITION", "bad-request"],
	["UNAUTHENTICATED", "authentication"],
	["PERMISSION_DENIED", "permission"],
	["NOT_FOUND", "model-not-found"],
	["RESOURCE_EXHAUSTED", "rate-limited"],
	["UNAVAILABLE", "overloaded"],
	["DEADLINE_EXCEEDED", "timeout"],
	["INTERNAL", "upstream"],
	["UNKNOWN", "upstream"],
	["ABORTED", "upstream"],
	["CANCELLED", "upstream"],
	["DATA_LOSS", "upstream"],
]);

/** An unusable key is a 400 at Google, or a 403; its reason in the error's details says so. */
const credentialReasons: ReadonlySet<string> = new Set(["API_KEY_INVALID", "API_KEY_EXPIRED", "ACCESS_TOKEN_EXPIRED", "CREDENTIALS_MISSING"]);

/** What Google says in words only. */
const messages: readonly (readonly [kind: FailureKind, of: FailureKind, pattern: RegExp])[] = [
	["authentication", "bad-request", /\bAPI key (?:not valid|expired|not found)|\bpass a valid API key/i],
	["permission", "bad-request", /\bUser location is not supported|\bfree tier is not available/i],
	["quota", "bad-request", /\benable billing|\bbilling (?:account|is not|has not)/i],
	["context-length", "bad-request", /input token count|exceeds the maximum number of tokens|too many (?:input )?tokens|context (?:window|length)/i],
	["quota", "rate-limited", /\bcredits? (?:are|is|has|have) (?:been )?(?:depleted|exhausted)|\bspend(?:ing)? cap/i],
	["authentication", "permission", /\breported as leaked|\bAPI key (?:not valid|expired)/i],
];

/** An answer with a status of 400 or more; the body may be anything. Streams of the JSON kind wrap it in an array. */
export function decodeFailure(status: number, headers: Readonly<Record<string, string>>, body: string): Failure {
	const parsed = parseJson(body);
	const error = asObject(asArray(parsed)?.[0] ?? parsed)?.error;
	return failureOfError(error, { status, retryAfterMs: retryAfterMs(headers) });
}

/** Google's error object, from an answer's body or from the middle of a stream. */
export function failureOfError(value: Json | undefined, context: { readonly status?: number; readonly retryAfterMs?: number | undefined } = {}): Failure {
	const error = asObject(value);
	const details = (asArray(error?.details) ?? []).map(asObject).filter((detail) => detail !== undefined);
	const told: ProviderError = {
		message: asText(error?.message) ?? asText(value),
		type: asText(error?.status),
		code: details.map(({ reason }) => asText(reason)).find((reason) => reason !== undefined),
		param: details.flatMap(({ fieldViolations }) => asArray(fieldViolations) ?? []).map((violation) => asText(asObject(violation)?.field)).find((field) => field !== undefined),
	};
	const kind = kindOf(told, details, context.status ?? statusOf(error?.code));
	return failureOfKind(kind, { status: context.status, retryAfterMs: context.retryAfterMs ?? retryDelayMs(details) }, told);
}

function kindOf({ type = "", code = "", message = "" }: ProviderError, details: readonly JsonObject[], status: number | undefined): FailureKind {
	if (credentialReasons.has(code)) return "authentication";
	const kind = kinds.get(type) ?? (status === undefined ? "upstream" : kindOfStatus(status));
	if (kind === "rate-limited" && details.some(isDailyQuota)) return "quota";
	const words = message.slice(0, 2000);
	return messages.find(([, of, pattern]) => of === kind && pattern.test(words))?.[0] ?? kind;
}

/** A quota of the day is not used up by this minute's requests: waiting the seconds that are told does not help. */
function isDailyQuota({ violations }: JsonObject): boolean {
	return (asArray(violations) ?? []).some((violation) => /PerDay/.test(asText(asObject(violation)?.quotaId) ?? ""));
}

function statusOf(code: Json | undefined): number | undefined {
	return typeof code === "number" && code >= 400 && code < 600 ? code : undefined;
}

/** `google.rpc.RetryInfo`: a duration such as `22s` or `1.5s`. */
function retryDelayMs(details: readonly JsonObject[]): number | undefined {
	for (const { retryDelay } of details) {
		const [, seconds] = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(asText(retryDelay) ?? "") ?? [];
		if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000);
	}
	return undefined;
}
