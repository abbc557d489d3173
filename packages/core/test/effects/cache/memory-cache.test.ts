import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CacheEntry } from "../../../src/effects/cache/cache-store.ts";
import { memoryCache } from "../../../src/effects/cache/memory-cache.ts";
import { cacheStoreConformance } from "../../../src/testing/cache-store-conformance.ts";

const entry = (text: string, more: Partial<CacheEntry> = {}): CacheEntry => ({ text, storedAt: 0, expiresAt: 1000, ...more });
const roomy = { maxEntries: 100, maxBytes: 1e6, maxEntryBytes: 1e6 };

cacheStoreConformance(
	"the cache in memory",
	{
		makeStore: () => memoryCache({ maxEntries: 1000, maxBytes: 1e7, maxEntryBytes: 1e7 }),
		small: { entries: 10, makeStore: () => memoryCache({ ...roomy, maxBytes: 205_000 }) },
	},
	{ describe, it, expect },
);

describe("the cache in memory", () => {
	it("finds what was put, until it expires", async () => {
		const cache = memoryCache(roomy);
		await cache.put("a", entry("1"));
		expect((await cache.find("a", 999))?.text).toBe("1");
		expect(await cache.find("b", 0)).toBeUndefined();
		expect(await cache.find("a", 1000)).toBeUndefined();
		expect(cache.size()).toEqual({ entries: 0, bytes: 0 });
	});

	it("makes room by what was not asked for the longest", async () => {
		const cache = memoryCache({ ...roomy, maxEntries: 2 });
		await cache.put("a", entry("1"));
		await cache.put("b", entry("2"));
		await cache.find("a", 0);
		await cache.put("c", entry("3"));
		expect([await cache.find("a", 0), await cache.find("b", 0), await cache.find("c", 0)].map((found) => found?.text)).toEqual(["1", undefined, "3"]);
	});

	it("does not take what is too long, and forgets what that was to replace", async () => {
		const cache = memoryCache({ ...roomy, maxEntryBytes: 500 });
		await cache.put("a", entry("1"));
		await cache.put("a", entry("x".repeat(300)));
		expect(await cache.find("a", 0)).toBeUndefined();
	});

	it("never has more than it may, whatever is put, and counts to nothing when all is gone", async () => {
		const operations = fc.array(fc.tuple(fc.nat(8), fc.nat(400), fc.boolean()), { maxLength: 60 });
		await fc.assert(
			fc.asyncProperty(operations, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 300, max: 3000 }), async (puts, maxEntries, maxBytes) => {
				const cache = memoryCache({ maxEntries, maxBytes, maxEntryBytes: 1000 });
				for (const [name, length, isPlaced] of puts) {
					const key = `key_${name}`;
					const place = { group: `group_${name % 2}`, direction: Float32Array.of(1, 0) };
					await cache.put(key, entry("x".repeat(length)), isPlaced ? place : undefined);
					expect(cache.size().entries).toBeLessThanOrEqual(maxEntries);
					expect(cache.size().bytes).toBeLessThanOrEqual(maxBytes);
					const nearest = await cache.findNearest(place.group, place.direction, 0, -1);
					if (nearest !== undefined) expect(nearest.score).toBe(1);
				}
				for (let name = 0; name <= 8; name++) await cache.find(`key_${name}`, 5000);
				expect(cache.size()).toEqual({ entries: 0, bytes: 0 });
				expect(await cache.findNearest("group_0", Float32Array.of(1, 0), 0, -1)).toBeUndefined();
			}),
		);
	});

	it("finds the nearest of a group that is fresh enough", async () => {
		const cache = memoryCache(roomy);
		const at = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle));
		await cache.put("a", entry("a"), { group: "g", direction: at(0) });
		await cache.put("b", entry("b", { storedAt: 10 }), { group: "g", direction: at(1) });
		await cache.put("c", entry("c"), { group: "other", direction: at(0.6) });
		expect((await cache.findNearest("g", at(0.6), 0, -1))?.entry.text).toBe("b");
		expect((await cache.findNearest("g", at(0.4), 0, -1))?.entry.text).toBe("a");
		expect((await cache.findNearest("g", at(0.4), 0, 5))?.entry.text).toBe("b");
		expect(await cache.findNearest("g", at(0.4), 1000, -1)).toBeUndefined();
		expect(await cache.findNearest("nobody", at(0), 0, -1)).toBeUndefined();
	});

	it("compares no more than a thousand, the newest", async () => {
		const cache = memoryCache({ ...roomy, maxEntries: 2000 });
		for (let number = 0; number < 1001; number++) {
			await cache.put(`key_${number}`, entry(String(number)), { group: "g", direction: Float32Array.of(number === 0 ? 1 : 0, number === 0 ? 0 : 1) });
		}
		expect((await cache.findNearest("g", Float32Array.of(1, 0), 0, -1))?.score).toBe(0);
		expect((await cache.find("key_0", 0))?.text).toBe("0");
	});
});
