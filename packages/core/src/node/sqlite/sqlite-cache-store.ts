import { setImmediate as turnEnd } from "node:timers/promises";
import type { CacheEntry, CacheStore, NearEntry, Place } from "../../effects/cache/cache-store.ts";
import { likeness, mostCompared } from "../../rules/cache/likeness.ts";
import { ConfigurationError } from "../../rules/providers/configuration-error.ts";
import { type CacheDatabase, openCacheDatabase } from "./cache-database.ts";

export interface SqliteCacheStoreOptions {
	/** A file, made with its folders where it is missing, or `:memory:`. Better not the one of `sqliteStore`: they would wait for each other. */
	readonly path: string;
	/** Of all entries; the file is somewhat larger. What was not asked for the longest, to the minute, makes room. Default 256 MiB. */
	readonly maxBytes?: number;
	/** A longer answer is not kept. Default 1 MiB. */
	readonly maxEntryBytes?: number;
	/** How long a write waits for another process that writes. The event loop waits with it. Default 50. */
	readonly busyTimeoutMs?: number;
}

/**
 * Kept answers in one SQLite file, for any number of gateways and processes on one machine. Returns at once; the file is opened by the
 * first verb. Where that fails every verb rejects with the reason, and the next one tries again.
 *
 * @throws {ConfigurationError} where a bound is none.
 */
export function sqliteCacheStore(pathOrOptions: string | SqliteCacheStoreOptions): Required<CacheStore> {
	const options: SqliteCacheStoreOptions = typeof pathOrOptions === "string" ? { path: pathOrOptions } : pathOrOptions;
	const { path, maxBytes = 256 * mebibyte, maxEntryBytes = mebibyte, busyTimeoutMs = 50 } = options;
	for (const [name, value] of Object.entries({ maxBytes, maxEntryBytes, busyTimeoutMs })) {
		if (!Number.isInteger(value) || value < 1) throw new ConfigurationError(`sqliteCacheStore: ${name} is a whole number of at least 1, not ${value}`);
	}
	const largest = Math.min(maxBytes, maxEntryBytes);
	let opened: CacheDatabase | undefined;
	let isClosed = false;
	/** The latest time that was told: the gateway's clock counts, not the machine's. */
	let clock = 0;

	function database(): CacheDatabase {
		if (isClosed) throw new Error("The cache store is closed");
		opened ??= openCacheDatabase(path, busyTimeoutMs);
		return opened;
	}

	function noteUse({ touch }: CacheDatabase, { id, used_at }: EntryRow): void {
		if (used_at > clock - touchEveryMs) return;
		try {
			touch.run(clock, id);
		} catch {
			// Another process writes: this use is not written down, and the answer is there all the same.
		}
	}

	function makeRoom({ expired, leastUsed, total, forgetById }: CacheDatabase): void {
		for (const { id } of rows<IdRow>(expired.all(clock, mostAtOnce))) forgetById.run(id);
		let excess = Number(row<{ bytes: number }>(total.get())?.bytes ?? 0) - maxBytes;
		if (excess <= 0) return;
		for (const { id, bytes } of rows<IdRow & { bytes: number }>(leastUsed.all(mostAtOnce))) {
			if (excess <= 0) break;
			forgetById.run(id);
			excess -= bytes;
		}
	}

	return {
		async find(key, now) {
			clock = Math.max(clock, now);
			const open = database();
			const found = row<EntryRow>(open.find.get(key, now));
			if (found === undefined) return undefined;
			noteUse(open, found);
			return entryOf(found);
		},

		async put(key, entry, place) {
			clock = Math.max(clock, entry.storedAt);
			const open = database();
			const bytes = bytesOf(entry, place);
			const { text, storedAt, expiresAt, score = null } = entry;
			open.transact(() => {
				open.forget.run(key);
				if (bytes > largest) return;
				open.insert.run(key, text, storedAt, expiresAt, score, clock, bytes, place?.group ?? null, place === undefined ? null : blobOf(place.direction));
				makeRoom(open);
			});
		},

		async findNearest(group, direction, now, after) {
			clock = Math.max(clock, now);
			const open = database();
			let nearest: { readonly id: number; readonly score: number } | undefined;
			let before = Number.MAX_SAFE_INTEGER;
			for (let compared = 0; compared < mostCompared; compared += comparedAtOnce) {
				// They are some kilobytes each: others have their turn in between.
				if (compared > 0) await turnEnd();
				const newest = [...rows<IdRow & { direction: Uint8Array }>(open.directions.all(group, before, now, after, comparedAtOnce))];
				for (const { id, direction: blob } of newest) {
					const score = Math.min(likeness(direction, directionIn(blob)), 1);
					if (nearest === undefined || score > nearest.score) nearest = { id, score };
				}
				before = newest.at(-1)?.id ?? 0;
				if (newest.length < comparedAtOnce) break;
			}
			const found = nearest === undefined ? undefined : row<EntryRow>(open.findById.get(nearest.id));
			if (nearest === undefined || found === undefined) return undefined;
			noteUse(open, found);
			return { entry: entryOf(found), score: nearest.score } satisfies NearEntry;
		},

		async close() {
			isClosed = true;
			opened?.close();
			opened = undefined;
		},
	};
}

const mebibyte = 1024 * 1024;
const touchEveryMs = 60_000;
/** Rows that one verb deletes: the event loop waits for it. */
const mostAtOnce = 100;
/** Directions that are read and compared in one turn of the event loop: less than a millisecond's work. */
const comparedAtOnce = 100;
/** What a row takes beside its text and direction, with its share of the indexes. */
const overhead = 400;

interface IdRow {
	readonly id: number;
}

interface EntryRow extends IdRow {
	readonly text: string;
	readonly stored_at: number;
	readonly expires_at: number;
	readonly score: number | null;
	readonly used_at: number;
}

/** `node:sqlite` knows no types; the statements say what their rows hold. */
function row<Row>(found: unknown): Row | undefined {
	return found as Row | undefined;
}

function rows<Row>(found: Iterable<unknown>): Iterable<Row> {
	return found as Iterable<Row>;
}

function entryOf({ text, stored_at, expires_at, score }: EntryRow): CacheEntry {
	return { text, storedAt: stored_at, expiresAt: expires_at, ...(score === null ? {} : { score }) };
}

function bytesOf({ text }: CacheEntry, place: Place | undefined): number {
	return Buffer.byteLength(text) + (place?.direction.byteLength ?? 0) + overhead;
}

function blobOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Copied where it lies in memory as no numbers can: they begin at a multiple of four. */
function directionIn(blob: Uint8Array): Float32Array {
	const { buffer, byteOffset, byteLength } = blob.byteOffset % 4 === 0 ? blob : new Uint8Array(blob);
	return new Float32Array(buffer, byteOffset, byteLength / 4);
}
