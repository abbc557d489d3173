import { mostTtlSeconds } from "../../contract/cache.ts";

/** What is wrong at one field of a cache's rules, and what to write instead. */
export interface CacheProblem {
	readonly field: string;
	readonly what: string;
	readonly remedy: string;
}

/** Of the rules that a gateway and a route have in common. */
export function cacheRuleProblems({ ttlSeconds, toolCalls }: Readonly<Record<string, unknown>>): readonly CacheProblem[] {
	const isTtl = typeof ttlSeconds === "number" && Number.isInteger(ttlSeconds) && ttlSeconds >= 1 && ttlSeconds <= mostTtlSeconds;
	return [
		...(ttlSeconds === undefined || isTtl ? [] : [{ field: "ttlSeconds", what: "is no time to keep an answer", remedy: `write whole seconds from 1 to ${mostTtlSeconds}` }]),
		...(toolCalls === undefined || typeof toolCalls === "boolean" ? [] : [{ field: "toolCalls", what: "is neither true nor false", remedy: "write true or false" }]),
	];
}
