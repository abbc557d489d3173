/** Where answers are kept. One in memory comes with the gateway; times are in milliseconds since 1970. */
export interface CacheStore {
	/** Not one that has expired. */
	find(key: string, now: number): Promise<CacheEntry | undefined>;
	/** In the place of what was there. A store may forget it at any time, or not take it at all. */
	put(key: string, entry: CacheEntry): Promise<void>;
	/** The entry of the group whose direction is most like this one, stored after `after`. */
	findNearest(group: string, direction: Float32Array, now: number, after: number): Promise<NearEntry | undefined>;
}

export interface CacheEntry {
	/** JSON of a `KeptAnswer`. */
	readonly text: string;
	readonly storedAt: number;
	readonly expiresAt: number;
	/** How like another question is whose answer this is; absent: it answers its own. */
	readonly score?: number;
	/** Where it lies among the questions that may mean the same. */
	readonly place?: { readonly group: string; readonly direction: Float32Array };
}

export interface NearEntry {
	readonly entry: CacheEntry;
	/** The cosine, at most 1. */
	readonly score: number;
}
