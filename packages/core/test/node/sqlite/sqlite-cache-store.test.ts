import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { text as readText } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { CacheStore } from "../../../src/effects/cache/cache-store.ts";
import { sqliteCacheStore } from "../../../src/node/sqlite/sqlite-cache-store.ts";
import { cacheStoreConformance } from "../../../src/testing/cache-store-conformance.ts";
import { cacheEntry, cacheKey } from "./examples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const paths = new WeakMap<CacheStore, string>();
let files = 0;

function openStore(path: string, maxBytes?: number): Required<CacheStore> {
	const store = sqliteCacheStore(maxBytes === undefined ? path : { path, maxBytes });
	paths.set(store, path);
	return store;
}

function newFile(): string {
	return folder.file(`${(files += 1)}.db`);
}

cacheStoreConformance(
	"sqlite, a file",
	{
		makeStore: () => openStore(newFile()),
		makeSecond: (first) => openStore(paths.get(first) ?? ""),
		small: { entries: 10, makeStore: () => openStore(newFile(), 105_000) },
	},
	{ describe, it, expect },
);

cacheStoreConformance("sqlite, in memory", { makeStore: () => sqliteCacheStore(":memory:") }, { describe, it, expect });

/** What the file holds, and what it believes to hold. */
function look(path: string): { readonly entries: number; readonly bytes: number; readonly total: number } {
	const database = new DatabaseSync(path);
	try {
		const { entries, bytes } = database.prepare("select count(*) as entries, coalesce(sum(bytes), 0) as bytes from answers_1").get() as { entries: number; bytes: number };
		const { bytes: total } = database.prepare("select bytes from answers_1_total").get() as { bytes: number };
		return { entries, bytes, total };
	} finally {
		database.close();
	}
}

describe("the file of kept answers", () => {
	it("is made by the first verb, with its folders", async () => {
		const path = folder.file("new/deep/cache.db");
		const store = sqliteCacheStore(path);
		expect(existsSync(path)).toBe(false);
		await store.find(cacheKey(1), 0);
		expect(existsSync(path)).toBe(true);
		await store.close();
		await expect(store.find(cacheKey(1), 0)).rejects.toThrow("closed");
	});

	it("that cannot be opened is told by every verb, and tried again", async () => {
		const path = folder.file("in the way");
		mkdirSync(path);
		const store = sqliteCacheStore(path);
		await expect(store.find(cacheKey(1), 0)).rejects.toThrow();
		await expect(store.put(cacheKey(1), cacheEntry(1))).rejects.toThrow();
		rmdirSync(path);
		await store.put(cacheKey(1), cacheEntry(1));
		expect(await store.find(cacheKey(1), 0)).toEqual(cacheEntry(1));
		await store.close();
	});

	it("that is no database is told", async () => {
		const path = newFile();
		writeFileSync(path, "not a database".repeat(1000));
		await expect(sqliteCacheStore(path).find(cacheKey(1), 0)).rejects.toThrow("database");
	});

	it("is found again", async () => {
		const path = newFile();
		const store = sqliteCacheStore(path);
		await store.put(cacheKey(1), cacheEntry(1), { group: cacheKey(9), direction: Float32Array.of(0.6, 0.8) });
		await store.close();
		const again = sqliteCacheStore(path);
		expect(await again.find(cacheKey(1), 0)).toEqual(cacheEntry(1));
		expect((await again.findNearest(cacheKey(9), Float32Array.of(0.6, 0.8), 0, 0))?.score).toBeCloseTo(1, 6);
		await again.close();
	});

	it("keeps no answer on disk whose time is over, once others come", async () => {
		const path = newFile();
		const store = sqliteCacheStore(path);
		for (let at = 0; at < 250; at++) await store.put(cacheKey(at), { ...cacheEntry(at), expiresAt: 1000 });
		for (let at = 300; at < 303; at++) await store.put(cacheKey(at), { ...cacheEntry(at), storedAt: 2000 });
		await store.close();
		expect(look(path).entries).toBe(3);
	});

	it("keeps no answer that is too long, and forgets what it was to replace", async () => {
		const store = sqliteCacheStore({ path: ":memory:", maxEntryBytes: 9000 });
		await store.put(cacheKey(1), cacheEntry(1));
		await store.put(cacheKey(2), { ...cacheEntry(2), text: JSON.stringify("x".repeat(9000)) });
		await store.put(cacheKey(1), { ...cacheEntry(1), text: JSON.stringify("x".repeat(9000)) });
		expect([await store.find(cacheKey(1), 0), await store.find(cacheKey(2), 0)]).toEqual([undefined, undefined]);
		await store.close();
	});

	it("compares no more than a thousand, the newest", async () => {
		const store = sqliteCacheStore(":memory:");
		const direction = (isFirst: boolean) => Float32Array.of(isFirst ? 1 : 0, isFirst ? 0 : 1);
		for (let at = 0; at < 1000; at++) await store.put(cacheKey(at), { ...cacheEntry(at), text: String(at) }, { group: cacheKey(9), direction: direction(at === 0) });
		expect(await store.findNearest(cacheKey(9), direction(true), 0, 0)).toMatchObject({ entry: { text: "0" }, score: 1 });
		await store.put(cacheKey(1000), cacheEntry(1000), { group: cacheKey(9), direction: direction(false) });
		expect((await store.findNearest(cacheKey(9), direction(true), 0, 0))?.score).toBe(0);
		await store.close();
	});

	it("is read while somebody else writes, though nothing can be put", async () => {
		const path = newFile();
		const store = sqliteCacheStore({ path, busyTimeoutMs: 1 });
		await store.put(cacheKey(1), cacheEntry(1));
		const other = new DatabaseSync(path);
		other.exec("begin immediate");
		// Long after it was put: its use would be written down.
		expect(await store.find(cacheKey(1), 1e12)).toEqual(cacheEntry(1));
		await expect(store.put(cacheKey(2), cacheEntry(2))).rejects.toThrow("locked");
		other.exec("rollback");
		await store.put(cacheKey(2), cacheEntry(2));
		expect(await store.find(cacheKey(2), 1e12)).toEqual(cacheEntry(2));
		other.close();
		await store.close();
	});

	it("is shared by processes that put and find the same at once, within its bounds", async () => {
		const path = newFile();
		const maxBytes = 200_000;
		const script = fileURLToPath(new URL("cache-writer.ts", import.meta.url));
		const found = await Promise.all(
			Array.from({ length: 3 }, async () => {
				const child = spawn(process.execPath, ["--conditions=postern-source", script, path, String(maxBytes), "400"]);
				const [out, err, [code]] = await Promise.all([readText(child.stdout), readText(child.stderr), once(child, "exit")]);
				expect([code, err.replace(/^.*(?:ExperimentalWarning|node --trace-warnings).*$/gm, "").trim()]).toEqual([0, ""]);
				return Number(out);
			}),
		);
		expect(Math.min(...found)).toBeGreaterThan(0);
		const { entries, bytes, total } = look(path);
		expect(entries).toBeGreaterThan(10);
		expect(total).toBe(bytes);
		expect(total).toBeLessThanOrEqual(maxBytes);
	});

	it.each([{ maxBytes: 0 }, { maxEntryBytes: 1.5 }, { busyTimeoutMs: -1 }])("has bounds that make sense: not %j", (bound) => {
		expect(() => sqliteCacheStore({ path: ":memory:", ...bound })).toThrow(Object.keys(bound)[0] ?? "");
	});
});
