import { likeness } from "../../rules/cache/likeness.ts";
import type { CacheEntry, CacheStore, NearEntry } from "./cache-store.ts";

export interface MemoryCacheLimits {
	readonly maxEntries: number;
	/** Of all entries, counted as the memory they may take: two bytes a character. */
	readonly maxBytes: number;
	readonly maxEntryBytes: number;
}

/** A cache in memory: what was not asked for the longest makes room for what is new. */
export function memoryCache({ maxEntries, maxBytes, maxEntryBytes }: MemoryCacheLimits): CacheStore & { readonly size: () => CacheSize } {
	/** The one that was asked for last stands last. */
	const entries = new Map<string, CacheEntry>();
	/** The keys of each group, the newest last. */
	const groups = new Map<string, Set<string>>();
	let bytes = 0;

	function forget(key: string): void {
		const entry = entries.get(key);
		if (entry === undefined) return;
		entries.delete(key);
		bytes -= bytesOf(key, entry);
		leaveGroup(key, entry);
	}

	function leaveGroup(key: string, { place }: CacheEntry): void {
		const group = place === undefined ? undefined : groups.get(place.group);
		if (place === undefined || group === undefined) return;
		group.delete(key);
		if (group.size === 0) groups.delete(place.group);
	}

	function joinGroup(key: string, { place }: CacheEntry): void {
		if (place === undefined) return;
		const group = groups.get(place.group) ?? new Set();
		groups.set(place.group, group.add(key));
		if (group.size <= largestGroup) return;
		// It can still be met by the same request, but no longer by others that mean the same.
		for (const oldest of group) {
			group.delete(oldest);
			break;
		}
	}

	function touch(key: string, entry: CacheEntry): void {
		entries.delete(key);
		entries.set(key, entry);
	}

	return {
		async find(key, now) {
			const entry = entries.get(key);
			if (entry === undefined) return undefined;
			if (entry.expiresAt <= now) {
				forget(key);
				return undefined;
			}
			touch(key, entry);
			return entry;
		},

		async put(key, entry) {
			forget(key);
			const more = bytesOf(key, entry);
			if (more > Math.min(maxEntryBytes, maxBytes) || maxEntries < 1) return;
			for (const [oldest] of entries) {
				if (entries.size < maxEntries && bytes + more <= maxBytes) break;
				forget(oldest);
			}
			entries.set(key, entry);
			bytes += more;
			joinGroup(key, entry);
		},

		async findNearest(group, direction, now, after) {
			let nearest: (NearEntry & { readonly key: string }) | undefined;
			for (const key of groups.get(group) ?? []) {
				const entry = entries.get(key);
				if (entry?.place === undefined || entry.expiresAt <= now || entry.storedAt <= after) continue;
				const score = Math.min(likeness(direction, entry.place.direction), 1);
				if (nearest === undefined || score > nearest.score) nearest = { key, entry, score };
			}
			if (nearest !== undefined) touch(nearest.key, nearest.entry);
			return nearest;
		},

		size: () => ({ entries: entries.size, bytes }),
	};
}

export interface CacheSize {
	readonly entries: number;
	readonly bytes: number;
}

/** So many vectors are compared for one request at most: with 1536 dimensions that takes about a millisecond. */
const largestGroup = 1000;

function bytesOf(key: string, { text, place }: CacheEntry): number {
	return 2 * (key.length + text.length + (place?.group.length ?? 0)) + (place?.direction.byteLength ?? 0) + overhead;
}
const overhead = 200;
