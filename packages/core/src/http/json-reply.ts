import { cacheHeaderName } from "../contract/cache.ts";
import type { GatewayError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Warning } from "../contract/prompt.ts";
import type { CacheStatus } from "../effects/exchange.ts";
import { usdText } from "../rules/usage/price.ts";
import type { Reply } from "./reply.ts";

const contentType = "application/json; charset=utf-8";

export function jsonReply(body: object, headers: Readonly<Record<string, string>> = {}, status = 200): Reply {
	return jsonTextReply(JSON.stringify(body), headers, status);
}

/** The same for text that is JSON already. */
export function jsonTextReply(body: string, headers: Readonly<Record<string, string>> = {}, status = 200): Reply {
	return { status, headers: { "content-type": contentType, ...headers }, body };
}

/** An error in a surface's own shape, with Retry-After in whole seconds where it is known (RFC 9110 10.2.3). */
export function errorReply(error: GatewayError, body: JsonObject): Reply {
	const retryAfter = error.retryAfterMs === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))) };
	return jsonReply(body, retryAfter, error.status);
}

/** Postern's own error body: a superset of what the API documents show. */
export function posternErrorBody({ code, message, issues, rawText }: GatewayError, requestId: string): JsonObject {
	return {
		error: message,
		code,
		requestId,
		...(issues === undefined ? {} : { issues: issues.map(({ path, message }) => ({ path, message })) }),
		...(rawText === undefined ? {} : { rawText }),
	};
}

/** What an answer cost, in US dollars as decimal text. Nothing where nobody knows. */
export function costHeader(microUsd: number | undefined): Readonly<Record<string, string>> {
	return microUsd === undefined ? {} : { "x-postern-cost-usd": usdText(microUsd) };
}

/** What the cache did, and how old its answer is in whole seconds (RFC 9111 5.1). Nothing where nobody asked for it. */
export function cacheHeaders(cache: CacheStatus | undefined): Readonly<Record<string, string>> {
	if (cache === undefined) return {};
	if (!("ageMs" in cache)) return { [cacheHeaderName]: cache.state };
	const score = cache.state === "semantic-hit" ? `; score=${cache.score.toFixed(3)}` : "";
	return { [cacheHeaderName]: cache.state + score, age: String(Math.floor(cache.ageMs / 1000)) };
}

/** Warnings for surfaces whose bodies have no place for them: `code field` pairs, at most 2 KiB of ASCII. */
export function warningHeader(warnings: readonly Warning[]): Readonly<Record<string, string>> {
	if (warnings.length === 0) return {};
	const text = warnings.map(({ code, field }) => (field === undefined ? code : `${code} ${field}`)).join(", ");
	return { "x-postern-warnings": text.replace(/[^\x20-\x7e]/g, "?").slice(0, 2048) };
}
