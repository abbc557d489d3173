import { type CacheRules, type CacheSetting, defaultTtlSeconds } from "../../contract/cache.ts";
import type { CacheControl } from "./control.ts";

/** What holds for one request. */
export interface CacheRule {
	readonly mode: CacheControl["mode"];
	readonly ttlMs: number;
	readonly keepsToolCalls: boolean;
	readonly isExact: boolean;
}

/**
 * Whether the cache is asked, how long answers are kept and what of tool calls: of each, the first word that is said counts, of the
 * request, then of the settings.
 * @param settings the nearest to the caller first.
 * @returns `undefined` where nobody asked for a cache.
 */
export function cacheRule(request: CacheControl | undefined, settings: readonly (CacheSetting | undefined)[]): CacheRule | undefined {
	const decisive = settings.find((setting) => setting === false || setting?.ttlSeconds !== undefined);
	if (request === undefined && (decisive === undefined || decisive === false)) return undefined;
	const rules = settings.filter((setting): setting is CacheRules => typeof setting === "object");
	const ttlSeconds = request?.ttlSeconds ?? first(rules.map((each) => each.ttlSeconds)) ?? defaultTtlSeconds;
	return {
		mode: request?.mode ?? "on",
		ttlMs: ttlSeconds * 1000,
		keepsToolCalls: request?.toolCalls ?? first(rules.map((each) => each.toolCalls)) ?? false,
		isExact: request?.exact ?? false,
	};
}

function first<Value>(values: readonly (Value | undefined)[]): Value | undefined {
	return values.find((value) => value !== undefined);
}
