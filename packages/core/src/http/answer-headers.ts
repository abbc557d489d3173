import { cacheHeaderName } from "../contract/cache.ts";
import { decisionHeaderName, explainHeaderName } from "../contract/explanation.ts";
import type { Warning } from "../contract/prompt.ts";
import type { Conversation } from "../effects/conversation.ts";
import type { CacheStatus, WholeResult } from "../effects/exchange.ts";
import { usdText } from "../rules/usage/price.ts";
import type { GatewayRequest } from "./reply.ts";

/** What a caller asks for by headers, on every surface alike. */
export function askedByHeaders(request: Pick<GatewayRequest, "header">): Pick<Conversation, "cacheControl" | "isExplained"> {
	const explain = request.header(explainHeaderName);
	return { cacheControl: request.header(cacheHeaderName), ...(explain === "true" || explain === "1" ? { isExplained: true } : {}) };
}

/** What an answer cost, what the cache did, and why this target was asked. */
export function answerHeaders(result: Pick<WholeResult, "costMicroUsd" | "cache" | "decision" | "target">): Readonly<Record<string, string>> {
	// A stream's cost is known as it begins where it comes from the cache.
	const isFree = result.cache !== undefined && "ageMs" in result.cache;
	return { ...costHeader(isFree ? 0 : result.costMicroUsd), ...cacheHeaders(result.cache), ...decisionHeader(result) };
}

/** What an answer cost, in US dollars as decimal text. Nothing where nobody knows. */
export function costHeader(microUsd: number | undefined): Readonly<Record<string, string>> {
	return microUsd === undefined ? {} : { "x-postern-cost-usd": usdText(microUsd) };
}

/** What the cache did, and how old its answer is in whole seconds (RFC 9111 5.1). Nothing where nobody asked for it. */
function cacheHeaders(cache: CacheStatus | undefined): Readonly<Record<string, string>> {
	if (cache === undefined) return {};
	if (!("ageMs" in cache)) return { [cacheHeaderName]: cache.state };
	const score = cache.state === "semantic-hit" ? `; score=${cache.score.toFixed(3)}` : "";
	return { [cacheHeaderName]: cache.state + score, age: String(Math.floor(cache.ageMs / 1000)) };
}

/** JSON in ASCII: the target that answers, if one does, and why the first one was asked first. Of very many targets the scores are left out. */
export function decisionHeader({ decision, target }: Partial<Pick<WholeResult, "decision" | "target">>): Readonly<Record<string, string>> {
	if (decision === undefined) return {};
	const { scores, ...rest } = decision;
	const told = { ...(target === undefined ? {} : { answeredBy: target.label }), ...rest };
	const whole = asciiJson({ ...told, ...(scores === undefined ? {} : { scores }) });
	return { [decisionHeaderName]: whole.length <= mostHeaderLength ? whole : asciiJson(told) };
}
const mostHeaderLength = 4096;

function asciiJson(value: object): string {
	return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Warnings for surfaces whose bodies have no place for them: `code field` pairs, at most 2 KiB of ASCII. */
export function warningHeader(warnings: readonly Warning[]): Readonly<Record<string, string>> {
	if (warnings.length === 0) return {};
	const text = warnings.map(({ code, field }) => (field === undefined ? code : `${code} ${field}`)).join(", ");
	return { "x-postern-warnings": text.replace(/[^\x20-\x7e]/g, "?").slice(0, 2048) };
}
