import { afterAll, describe, expect, it } from "vitest";
import type { CacheEntry, CacheStore, GatewayOptions } from "../../../src/index.ts";
import { memoryCache } from "../../../src/effects/cache/memory-cache.ts";
import { sqliteCacheStore } from "../../../src/node/sqlite/sqlite-cache-store.ts";
import { temporaryFolder } from "../../node/sqlite/temporary-folder.ts";
import { type Asked, testGateway } from "../support.ts";
import { gate, said, type World, world } from "./support.ts";

const body = { prompt: "How old is the wall?", model: "sim/echo" };
const state = ({ headers }: Asked) => headers.get("x-postern-cache");
const folder = temporaryFolder();
const worlds: World[] = [];
afterAll(() => Promise.all(worlds.map(({ gateway }) => gateway.close())));

let files = 0;
/** Two gateways with one ground under them. */
function twoWorlds(before?: () => Promise<void>, options: Partial<GatewayOptions> = {}): readonly [World, World] {
	const path = folder.file(`${(files += 1)}.db`);
	// One process for both: a write of one must not wait for the other's.
	const make = () => world({ cache: { store: sqliteCacheStore({ path, busyTimeoutMs: 1000 }) }, ...options }, before);
	const pair = [make(), make()] as const;
	worlds.push(...pair);
	return pair;
}

describe("two gateways on one file of kept answers", () => {
	it.each(["/v1/prompt", "/v1/stream"])("%s: what one kept, the other gives out", async (path) => {
		const [here, there] = twoWorlds();
		const first = await here.ask(path, { body });
		const second = await there.ask(path, { body });
		expect([state(first), state(second), there.calls()]).toEqual(["miss", "hit", 0]);
		expect(second.text).toContain("wall");
		there.passTime(300_000);
		expect(state(await there.ask(path, { body }))).toBe("miss");
	});

	it("share by tenant alone", async () => {
		const identify: GatewayOptions["identify"] = ({ header }) => ({ kind: "host", id: header("x-who") ?? "nobody", projectId: header("x-project") ?? "none" });
		const [here, there] = twoWorlds(undefined, { identify });
		const asked = async ({ ask }: World, who: string, project: string) => state(await ask("/v1/prompt", { body, headers: { authorization: "", "x-who": who, "x-project": project } }));
		expect([await asked(here, "ann", "prj_1"), await asked(there, "bob", "prj_1"), await asked(there, "bob", "prj_2"), await asked(here, "ann", "prj_2")]).toEqual(["miss", "hit", "miss", "hit"]);
	});

	it.each(["/v1/prompt", "/v1/stream"])("%s: two hundred at once make one call each, at most", async (path) => {
		const held = gate();
		const [here, there] = twoWorlds(() => held.passed);
		const asked = [here, there].flatMap(({ ask }) => Array.from({ length: 100 }, () => ask(path, { body })));
		await expect.poll(() => here.calls() + there.calls()).toBe(2);
		held.open();
		const answers = await Promise.all(asked);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
		expect(new Set(answers.map(said)).size).toBe(1);
		expect(answers.filter((each) => state(each) === "miss")).toHaveLength(2);
		expect([here.calls(), there.calls()]).toEqual([1, 1]);
		expect(state(await here.ask(path, { body }))).toBe("hit");
	});

	it("compare questions with those of the other", async () => {
		const path = folder.file("semantic.db");
		const make = () => world({ cache: { store: sqliteCacheStore({ path, busyTimeoutMs: 1000 }), semantic: { model: "sim/echo", threshold: 0.7 } } });
		const [here, there] = [make(), make()];
		worlds.push(here, there);
		await here.ask("/v1/prompt", { body: { ...body, prompt: "How do I reset the password of my account?" } });
		const near = { ...body, prompt: "How do I reset the password of my own account?" };
		expect(state(await there.ask("/v1/prompt", { body: near }))).toMatch(/^semantic-hit; score=0\.\d{3}$/);
		// Kept for this question too, though another's score goes with it.
		const again = await here.ask("/v1/prompt", { body: near });
		expect([state(again)?.slice(0, 12), here.embeddings(), there.embeddings()]).toEqual(["semantic-hit", 1, 1]);
	});
});

/** A store in memory that can be told to hang or to fail. */
function moodyStore() {
	const behind = memoryCache({ maxEntries: 100, maxBytes: 1e6, maxEntryBytes: 1e6 });
	const entries = new Map<string, CacheEntry>();
	const mood = { now: "well" as "well" | "hangs" | "fails" };
	const felt = () => (mood.now === "well" ? Promise.resolve() : mood.now === "fails" ? Promise.reject(new Error("connection refused")) : new Promise<void>(() => {}));
	const store: CacheStore = {
		find: async (key, now) => {
			await felt();
			return entries.get(key) ?? behind.find(key, now);
		},
		put: async (key, entry) => {
			await felt();
			entries.set(key, entry);
		},
	};
	return { store, mood, entries };
}

describe("a store of somebody else's", () => {
	it.each(["hangs", "fails"] as const)("that %s costs calls and no request", async (trouble) => {
		for (const path of ["/v1/prompt", "/v1/stream"]) {
			const { store, mood } = moodyStore();
			const { ask, observed, passTime } = world({ cache: { store } });
			await ask(path, { body });
			mood.now = trouble;
			const answers = await Promise.all(Array.from({ length: 20 }, () => ask(path, { body })));
			expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
			expect(observed.filter(({ type }) => type === "internal-error")).toEqual([]);
			expect(observed.filter(({ type }) => type === "warning")).toHaveLength(1);
			mood.now = "well";
			passTime(1000);
			expect(state(await ask(path, { body }))).toBe("hit");
		}
	});

	it("is asked for no longer than a request can bear", async () => {
		const { store, mood } = moodyStore();
		mood.now = "hangs";
		const { ask } = world({ cache: { store } });
		const startedAt = performance.now();
		expect((await ask("/v1/prompt", { body })).status).toBe(200);
		// A tenth of a second, on a busy machine.
		expect(performance.now() - startedAt).toBeLessThan(5000);
	});

	it.each([
		["of another version", (text: string) => text.replace('"version":1', '"version":2')],
		["of no version", (text: string) => text.replace('"version":1,', "")],
		["cut off", (text: string) => text.slice(0, -5)],
		["not an object", () => "17"],
		["null", () => "null"],
	])("with an answer %s has none", async (_, damage) => {
		const { store, entries } = moodyStore();
		const { ask, calls } = world({ cache: { store } });
		await ask("/v1/prompt", { body });
		for (const [key, entry] of entries) entries.set(key, { ...entry, text: damage(entry.text) });
		expect([state(await ask("/v1/prompt", { body })), state(await ask("/v1/prompt", { body })), calls()]).toEqual(["miss", "hit", 2]);
	});

	it("with a clock of its own gives out nothing whose time is over", async () => {
		const { store } = moodyStore();
		const { ask, passTime } = world({ cache: { store } });
		await ask("/v1/prompt", { body, cache: "ttl=60" });
		passTime(60_000);
		expect(state(await ask("/v1/prompt", { body, cache: "ttl=600" }))).toBe("miss");
	});

	it("is closed with the gateway", async () => {
		let closed = 0;
		const { gateway } = world({ cache: { store: { ...moodyStore().store, close: async () => void closed++ } } });
		await gateway.close();
		expect(closed).toBe(1);
	});

	it.each<[GatewayOptions["cache"] & object, string]>([
		[{ store: moodyStore().store, maxBytes: 1000 }, "cache.maxBytes"],
		[{ store: moodyStore().store, semantic: { model: "sim/echo" } }, "findNearest"],
	])("makes no sense with other bounds, or where it cannot do what is asked: %#", (cache, words) => {
		expect(() => testGateway({ cache })).toThrow(words);
	});
});
