/**
 * Where answers are kept. One in memory comes with the gateway; one that is handed in may be shared by several gateways, and may be far
 * away: what takes it too long or fails is as if it had nothing. Times are milliseconds since 1970 by the gateway's clock. How much it
 * holds, and what it forgets for something new, is its own affair; it may forget anything at any time.
 *
 * Keys and groups are SHA-256 in hexadecimal, the tenant among what they are made of. A store knows no tenants and needs none.
 */
export interface CacheStore {
	/** Not one that has expired at `now`. */
	find(key: string, now: number): Promise<CacheEntry | undefined>;
	/** In the place of what was there, whole or not at all. */
	put(key: string, entry: CacheEntry, place?: Place): Promise<void>;
	/** The entry of the group whose direction is most like this one, stored after `after`. A store without it serves no `cache.semantic`. */
	findNearest?(group: string, direction: Float32Array, now: number, after: number): Promise<NearEntry | undefined>;
	/** The gateway's end. */
	close?(): Promise<void>;
}

/** Plain JSON. */
export interface CacheEntry {
	/** JSON of a `KeptAnswer`, which tells its own version. */
	readonly text: string;
	readonly storedAt: number;
	readonly expiresAt: number;
	/** How like another question is whose answer this is; absent: it answers its own. */
	readonly score?: number;
}

/** Where an entry lies among the questions that may mean the same. */
export interface Place {
	readonly group: string;
	/** Of length 1. */
	readonly direction: Float32Array;
}

export interface NearEntry {
	readonly entry: CacheEntry;
	/** The cosine, at most 1. */
	readonly score: number;
}
