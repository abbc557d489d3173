import type { CacheEntry, CacheStore, Place } from "../effects/cache/cache-store.ts";
import type { TestFunctions } from "./test-functions.ts";

export interface CacheStoreConformanceOptions {
	/** A fresh, empty store with room for some megabytes. */
	readonly makeStore: () => CacheStore | Promise<CacheStore>;
	/** Another gateway's on the same ground, as long as the first is open. Absent where nothing is shared. */
	readonly makeSecond?: (first: CacheStore) => CacheStore | Promise<CacheStore>;
	/** One with room for about `entries` answers of 10 000 characters. Absent where somebody else sets the bounds. */
	readonly small?: { readonly entries: number; readonly makeStore: () => CacheStore | Promise<CacheStore> };
}

/** What every store of kept answers must do, as tests. */
export function cacheStoreConformance(name: string, { makeStore, makeSecond, small }: CacheStoreConformanceOptions, { describe, it, expect }: TestFunctions): void {
	function itOnStore(title: string, body: (store: CacheStore) => Promise<void>, make = makeStore): void {
		it(title, async () => {
			const store = await make();
			try {
				await body(store);
			} finally {
				await store.close?.();
			}
		});
	}

	describe(`${name}: entries`, () => {
		itOnStore("knows nothing at first", async (store) => {
			expect(await store.find(key(1), now)).toBe(undefined);
		});

		itOnStore("gives back what was put, to the letter", async (store) => {
			const entries = [entry(), entry({ score: 0.9731234567 }), entry({ text: JSON.stringify({ text: awkward }) }), entry({ storedAt: now - 0.5, expiresAt: now + 0.25 })];
			for (const [at, each] of entries.entries()) await store.put(key(at), each);
			for (const [at, each] of entries.entries()) expect(await store.find(key(at), now)).toEqual(each);
		});

		itOnStore("gives a place's entry back like any other", async (store) => {
			await store.put(key(1), entry(), place(0));
			expect(await store.find(key(1), now)).toEqual(entry());
		});

		itOnStore("puts an entry in the place of the one before", async (store) => {
			await store.put(key(1), entry({ score: 0.9 }), place(0));
			await store.put(key(1), entry({ text: '"second"' }));
			expect(await store.find(key(1), now)).toEqual(entry({ text: '"second"' }));
		});

		itOnStore("knows none whose time is over", async (store) => {
			await store.put(key(1), entry({ expiresAt: now + 1000 }));
			await store.put(key(2), entry({ storedAt: now - 2000, expiresAt: now - 1 }));
			expect((await store.find(key(1), now + 999)) !== undefined).toBe(true);
			expect(await store.find(key(1), now + 1000)).toBe(undefined);
			expect(await store.find(key(2), now)).toBe(undefined);
		});

		itOnStore("gives a long one back whole or not at all", async (store) => {
			const text = JSON.stringify("€".repeat(300_000));
			await store.put(key(1), entry({ text }));
			const found = await store.find(key(1), now);
			expect(found === undefined || found.text === text).toBe(true);
		});

		itOnStore("mixes up none of many at once", async (store) => {
			const each = Array.from({ length: 200 }, (_, at) => at);
			await Promise.all(each.flatMap((at) => [store.put(key(at), entry({ text: String(at) })), store.find(key(at), now)]));
			const found = await Promise.all(each.map((at) => store.find(key(at), now)));
			expect(found.map((one) => one?.text)).toEqual(each.map(String));
		});

		itOnStore("leaves one whole entry of those that are put for a key at once", async (store) => {
			await Promise.all(Array.from({ length: 50 }, (_, at) => store.put(key(1), entry({ text: JSON.stringify(String(at).repeat(1000)), storedAt: now - at }))));
			const found = await store.find(key(1), now);
			const at = now - (found?.storedAt ?? 0);
			expect(found?.text).toBe(JSON.stringify(String(at).repeat(1000)));
		});

		it("can be closed twice, and without having been used", async () => {
			const store = await makeStore();
			await store.close?.();
			await store.close?.();
		});
	});

	describe(`${name}: questions that mean the same`, () => {
		function itCompares(title: string, body: (nearest: NonNullable<CacheStore["findNearest"]>, store: CacheStore) => Promise<void>): void {
			// Whether it compares at all, the first store tells.
			itOnStore(title, async (store) => {
				if (store.findNearest !== undefined) await body(store.findNearest.bind(store), store);
			});
		}

		itCompares("finds the nearest of a group, and how near it is", async (nearest, store) => {
			expect(await nearest(group(1), direction(0), now, 0)).toBe(undefined);
			await store.put(key(1), entry({ text: "1" }), place(0));
			await store.put(key(2), entry({ text: "2" }), place(1));
			await store.put(key(3), entry({ text: "3" }), place(0.6, 2));
			await store.put(key(4), entry({ text: "4" }));
			for (const [angle, text, apart] of [[0.4, "1", 0.4], [0.6, "2", 0.4], [1, "2", 0]] as const) {
				const found = await nearest(group(1), direction(angle), now, 0);
				expect(found?.entry).toMatchObject(entry({ text }));
				expect(Math.abs((found?.score ?? 0) - Math.cos(apart))).toBeLessThan(1e-6);
				expect((found?.score ?? 2) <= 1).toBe(true);
			}
			expect(await nearest(group(9), direction(0), now, 0)).toBe(undefined);
		});

		itCompares("passes over what is over, too old, or of another space", async (nearest, store) => {
			await store.put(key(1), entry({ storedAt: now - 100, expiresAt: now + 100 }), place(0));
			expect((await nearest(group(1), direction(0), now, now - 101)) !== undefined).toBe(true);
			expect(await nearest(group(1), direction(0), now, now - 100)).toBe(undefined);
			expect(await nearest(group(1), direction(0), now + 100, 0)).toBe(undefined);
			const other = await nearest(group(1), Float32Array.of(1, 0, 0), now, 0);
			expect(other === undefined || other.score === -1).toBe(true);
		});

		itCompares("compares no entry any more that was replaced by one without a place", async (nearest, store) => {
			await store.put(key(1), entry(), place(0));
			await store.put(key(1), entry({ text: '"second"', score: 0.9 }));
			expect(await nearest(group(1), direction(0), now, 0)).toBe(undefined);
		});
	});

	if (makeSecond !== undefined) {
		describe(`${name}: two on the same ground`, () => {
			itOnStore("know what the other one keeps", async (first) => {
				const second = await makeSecond(first);
				try {
					await first.put(key(1), entry(), place(0));
					expect(await second.find(key(1), now)).toEqual(entry());
					await second.put(key(1), entry({ text: '"second"' }), place(1));
					expect((await first.find(key(1), now))?.text).toBe('"second"');
					const near = await first.findNearest?.(group(1), direction(1), now, 0);
					if (first.findNearest !== undefined) expect(near?.entry.text).toBe('"second"');
				} finally {
					await second.close?.();
				}
				expect((await first.find(key(1), now))?.text).toBe('"second"');
			});
		});
	}

	if (small !== undefined) {
		const { entries, makeStore: makeSmall } = small;
		describe(`${name}: room`, () => {
			const text = JSON.stringify("x".repeat(9998));
			const found = async (store: CacheStore, ats: readonly number[], at: number) => {
				const kept = [];
				for (const each of ats) if ((await store.find(key(each), at))?.text === text) kept.push(each);
				return kept;
			};

			itOnStore("is made by what was put first", async (store) => {
				const all = Array.from({ length: 4 * entries }, (_, at) => at);
				for (const at of all) await store.put(key(at), entry({ text, storedAt: now + at }));
				const kept = await found(store, all.toReversed(), now + 4 * entries);
				expect(kept.length > 0 && kept.length <= 2 * entries).toBe(true);
				expect(kept).toContain(4 * entries - 1);
				expect(kept).not.toContain(0);
			}, makeSmall);

			itOnStore("is not made by what is asked for", async (store) => {
				// Hours apart: stores may be lazy in writing down when something was asked for.
				for (let at = 0; at < 4 * entries; at += 1) {
					const hour = now + at * 3_600_000;
					await store.put(key(at), entry({ text, storedAt: hour, expiresAt: hour + 1e10 }));
					expect(await found(store, [0], hour)).toEqual([0]);
				}
			}, makeSmall);
		});
	}
}

const now = Date.UTC(2100, 0, 1);
/** A line separator, half a character, an end of string: as JSON, which is well-formed. */
const awkward = "\u2028 \ud83d \0 'quoted' \u{1f9f1}";

function key(at: number): string {
	return at.toString(16).padStart(64, "0");
}

function group(at: number): string {
	return at.toString(16).padStart(64, "f");
}

function entry(fields: Partial<CacheEntry> = {}): CacheEntry {
	return { text: '{"version":1}', storedAt: now, expiresAt: now + 3_600_000, ...fields };
}

function direction(angle: number): Float32Array {
	return Float32Array.of(Math.cos(angle), Math.sin(angle));
}

function place(angle: number, of = 1): Place {
	return { group: group(of), direction: direction(angle) };
}
