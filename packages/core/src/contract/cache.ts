/** How answers are kept: by the gateway, by one of its routes, for a project. */
export interface CacheRules {
	/** Answers every request from the cache where it can, and keeps answers so long. Absent: as whoever is asked next says. */
	readonly ttlSeconds?: number;
	/** Keeps answers that call tools too. Default: not, as such an answer is about to do something. */
	readonly toolCalls?: boolean;
}

/** What a route or a project says. `false`: nothing is kept but for requests that ask for it by `x-postern-cache`. */
export type CacheSetting = CacheRules | false;

/** The gateway's own. */
export interface CacheOptions extends CacheRules {
	/** Default 10 000; the one that was not asked for the longest makes room. */
	readonly maxEntries?: number;
	/** Of all entries. Default 64 MiB. */
	readonly maxBytes?: number;
	/** A longer answer is not kept. Default 1 MiB. */
	readonly maxEntryBytes?: number;
	/** Lets a question be answered by what was answered to one that means the same. */
	readonly semantic?: SemanticCacheOptions;
}

export interface SemanticCacheOptions {
	/** What makes vectors of questions: `provider/model` or a route. */
	readonly model: string;
	/** How near two questions must be, as the cosine of their vectors: above 0, at most 1. Default 0.95. */
	readonly threshold?: number;
}

export const defaultTtlSeconds = 300;
/** 30 days. */
export const mostTtlSeconds = 2_592_000;
export const defaultSemanticThreshold = 0.95;

/** The request header that asks for the cache or for none of it, and the header that tells what became of it. */
export const cacheHeaderName = "x-postern-cache";
