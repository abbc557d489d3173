import { sqliteCacheStore } from "../../../src/node/sqlite/sqlite-cache-store.ts";
import { cacheEntry, cacheKey } from "./examples.ts";

/** A process of its own for the tests: `cache-writer.ts <file> <maxBytes> <rounds>`. Puts and finds what others put and find too. */
const [path = "", maxBytes = "", rounds = ""] = process.argv.slice(2);
const store = sqliteCacheStore({ path, maxBytes: Number(maxBytes), busyTimeoutMs: 5000 });
let found = 0;
for (let round = 0; round < Number(rounds); round += 1) {
	const at = (round * 7 + process.pid) % 50;
	await store.put(cacheKey(at), cacheEntry(at), { group: cacheKey(at % 3), direction: Float32Array.of(1, 0) });
	const entry = await store.find(cacheKey((at + 1) % 50), 1);
	if (entry === undefined) continue;
	if (entry.text !== cacheEntry((at + 1) % 50).text) throw new Error("Another entry's text, or half of it");
	found += 1;
}
await store.close();
process.stdout.write(`${found}\n`);
