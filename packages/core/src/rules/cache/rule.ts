import { type CacheRules, defaultTtlSeconds } from "../../contract/cache.ts";
import type { CacheControl } from "./control.ts";

/** What holds for one request. */
export interface CacheRule {
	readonly mode: CacheControl["mode"];
	readonly ttlMs: number;
	readonly keepsToolCalls: boolean;
	readonly isExact: boolean;
}

/**
 * The request's own word, then its route's, then the gateway's. Whoever says nothing of how long or of tool calls takes that from the next.
 * @param route `false`: its answers are kept only where a request asks for it.
 * @returns `undefined` where nobody asked for a cache.
 */
export function cacheRule(request: CacheControl | undefined, route: CacheRules | false | undefined, gateway: CacheRules): CacheRule | undefined {
	const byRoute = route === false ? {} : (route ?? {});
	const isAsked = request !== undefined || (route === undefined ? gateway : byRoute).ttlSeconds !== undefined;
	if (!isAsked) return undefined;
	const ttlSeconds = request?.ttlSeconds ?? byRoute.ttlSeconds ?? gateway.ttlSeconds ?? defaultTtlSeconds;
	return {
		mode: request?.mode ?? "on",
		ttlMs: ttlSeconds * 1000,
		keepsToolCalls: request?.toolCalls ?? byRoute.toolCalls ?? gateway.toolCalls ?? false,
		isExact: request?.exact ?? false,
	};
}
