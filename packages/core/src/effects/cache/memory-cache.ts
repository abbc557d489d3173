import { likeness, mostCompared } from "../../rules/cache/likeness.ts";
import type { CacheEntry, CacheStore, NearEntry, Place } from "./cache-store.ts";

export interface MemoryCacheLimits {
	readonly maxEntries: number;
	/** Of all entries, counted as the memory they may take: two bytes a character. */
	readonly maxBytes: number;
	readonly maxEntryBytes: number;
}

export interface MemoryCache extends Required<Omit<CacheStore, "close">> {
	readonly size: () => CacheSize;
}

/** A cache in memory: what was not asked for the longest makes room for what is new. */
export function memoryCache({ maxEntries, maxBytes, maxEntryBytes }: MemoryCacheLimits): MemoryCache {
	/** The one that was asked for last stands last. */
	const entries = new Map<string, KeptEntry>();
	/** The keys of each group, the newest last. */
	const groups = new Map<string, Set<string>>();
	let bytes = 0;

	function forget(key: string): void {
		const kept = entries.get(key);
		if (kept === undefined) return;
		entries.delete(key);
		bytes -= bytesOf(key, kept);
		leaveGroup(key, kept);
	}

	function leaveGroup(key: string, { place }: KeptEntry): void {
		const group = place === undefined ? undefined : groups.get(place.group);
		if (place === undefined || group === undefined) return;
		group.delete(key);
		if (group.size === 0) groups.delete(place.group);
	}

	function joinGroup(key: string, { place }: KeptEntry): void {
		if (place === undefined) return;
		const group = groups.get(place.group) ?? new Set();
		groups.set(place.group, group.add(key));
		if (group.size <= mostCompared) return;
		// It can still be met by the same request, but no longer by others that mean the same.
		for (const oldest of group) {
			group.delete(oldest);
			break;
		}
	}

	function touch(key: string, kept: KeptEntry): void {
		entries.delete(key);
		entries.set(key, kept);
	}

	return {
		async find(key, now) {
			const kept = entries.get(key);
			if (kept === undefined) return undefined;
			if (kept.entry.expiresAt <= now) {
				forget(key);
				return undefined;
			}
			touch(key, kept);
			return kept.entry;
		},

		async put(key, entry, place) {
			forget(key);
			const kept: KeptEntry = { entry, ...(place === undefined ? {} : { place }) };
			const more = bytesOf(key, kept);
			if (more > Math.min(maxEntryBytes, maxBytes) || maxEntries < 1) return;
			for (const [oldest] of entries) {
				if (entries.size < maxEntries && bytes + more <= maxBytes) break;
				forget(oldest);
			}
			entries.set(key, kept);
			bytes += more;
			joinGroup(key, kept);
		},

		async findNearest(group, direction, now, after) {
			let nearest: { readonly key: string; readonly kept: KeptEntry; readonly score: number } | undefined;
			for (const key of groups.get(group) ?? []) {
				const kept = entries.get(key);
				if (kept?.place === undefined || kept.entry.expiresAt <= now || kept.entry.storedAt <= after) continue;
				const score = Math.min(likeness(direction, kept.place.direction), 1);
				if (nearest === undefined || score > nearest.score) nearest = { key, kept, score };
			}
			if (nearest === undefined) return undefined;
			touch(nearest.key, nearest.kept);
			return { entry: nearest.kept.entry, score: nearest.score } satisfies NearEntry;
		},

		size: () => ({ entries: entries.size, bytes }),
	};
}

export interface CacheSize {
	readonly entries: number;
	readonly bytes: number;
}

interface KeptEntry {
	readonly entry: CacheEntry;
	readonly place?: Place;
}

function bytesOf(key: string, { entry, place }: KeptEntry): number {
	return 2 * (key.length + entry.text.length + (place?.group.length ?? 0)) + (place?.direction.byteLength ?? 0) + overhead;
}
const overhead = 200;
