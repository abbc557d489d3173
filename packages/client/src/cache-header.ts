import type { CacheChoice } from "./options.ts";

/** As `x-postern-cache` says it. */
export function cacheHeader(choice: CacheChoice): string {
	if (typeof choice === "boolean") return choice ? "on" : "off";
	const { refresh, ttlSeconds, toolCalls, exact } = choice;
	const directives = [refresh ? "refresh" : "on", ttlSeconds === undefined ? "" : `ttl=${ttlSeconds}`, toolCalls ? "tool-calls" : "", exact ? "exact" : ""];
	return directives.filter(Boolean).join();
}
