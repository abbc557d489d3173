import { describe, expect, it } from "vitest";
import type { CacheEntry, CacheStore } from "../../../src/effects/cache/cache-store.ts";
import { memoryCache } from "../../../src/effects/cache/memory-cache.ts";
import { patientStore } from "../../../src/effects/cache/patient-store.ts";
import { cacheStoreConformance } from "../../../src/testing/cache-store-conformance.ts";
import { fakeRuntime } from "../../../src/testing/fake-runtime.ts";

const kept: CacheEntry = { text: '"kept"', storedAt: 0, expiresAt: 1e15 };
const roomy = { maxEntries: 1000, maxBytes: 1e7, maxEntryBytes: 1e7 };

/** A store that does as it is told, and counts how often it is asked. */
function moodyStore() {
	const behind = memoryCache(roomy);
	let mood: () => Promise<void> = async () => {};
	let asked = 0;
	const moody = <Given extends readonly unknown[], Result>(verb: (...given: Given) => Promise<Result>) => async (...given: Given) => {
		asked++;
		await mood();
		return verb(...given);
	};
	const store: CacheStore = { find: moody(behind.find), put: moody(behind.put), findNearest: moody(behind.findNearest) };
	return {
		store,
		asked: () => asked,
		feel(next: () => Promise<void>) {
			mood = next;
		},
	};
}

const well = async () => {};
const failing = () => Promise.reject(new Error("connection refused"));
const hanging = () => new Promise<void>(() => {});

cacheStoreConformance("a store of somebody else's", { makeStore: () => patientStore(memoryCache(roomy), fakeRuntime()) }, { describe, it, expect });

/** All that a store far away has: texts by name. */
function textStore(): CacheStore {
	const texts = new Map<string, string>();
	return {
		async find(key, now) {
			const text = texts.get(key);
			const entry = text === undefined ? undefined : (JSON.parse(text) as CacheEntry);
			return entry !== undefined && entry.expiresAt > now ? entry : undefined;
		},
		put: async (key, entry) => void texts.set(key, JSON.stringify(entry)),
	};
}

const grounds = new WeakMap<CacheStore, CacheStore>();
function openTextStore(ground = textStore()): CacheStore {
	const store = patientStore(ground, fakeRuntime());
	grounds.set(store, ground);
	return store;
}
cacheStoreConformance("texts by name", { makeStore: () => openTextStore(), makeSecond: (first) => openTextStore(grounds.get(first)) }, { describe, it, expect });

describe("a store that hangs", () => {
	it("has nothing after a tenth of a second, and is then left alone for a second", async () => {
		const runtime = fakeRuntime();
		const { store, asked, feel } = moodyStore();
		const patient = patientStore(store, runtime);
		await patient.put("a", kept);
		feel(hanging);
		let found: unknown = "nothing yet";
		const finding = patient.find("a", 0).then((entry) => {
			found = entry;
		});
		await runtime.advance(99);
		expect(found).toBe("nothing yet");
		await runtime.advance(1);
		await finding;
		expect(found).toBe(undefined);

		const before = asked();
		feel(well);
		expect([await patient.find("a", 0), await patient.put("b", kept), await patient.findNearest?.("g", Float32Array.of(1), 0, 0)]).toEqual([undefined, undefined, undefined]);
		expect(asked()).toBe(before);
		await runtime.advance(1000);
		expect(await patient.find("a", 0)).toEqual(kept);
		expect(runtime.observed).toEqual([
			{ type: "warning", message: "The cache store fails, and answers are made anew until it is well again: no answer within 100 ms" },
			{ type: "warning", message: "The cache store is well again" },
		]);
		expect(runtime.pending()).toBe(0);
	});

	it("is tried by one request for all, and told of once", async () => {
		const runtime = fakeRuntime();
		const { store, asked, feel } = moodyStore();
		const patient = patientStore(store, runtime);
		feel(hanging);
		const all = Promise.all(Array.from({ length: 20 }, () => patient.find("a", 0)));
		await runtime.advance(100);
		expect(new Set(await all)).toEqual(new Set([undefined]));
		expect(asked()).toBe(20);
		for (let second = 1; second <= 5; second++) {
			await runtime.advance(1000);
			const tried = Promise.all(Array.from({ length: 20 }, () => patient.find("a", 0)));
			await runtime.advance(100);
			await tried;
			expect(asked()).toBe(20 + second);
		}
		expect(runtime.observed).toHaveLength(1);
	});

	it("delays no end for ever", async () => {
		const runtime = fakeRuntime();
		const closing = patientStore({ ...moodyStore().store, close: hanging }, runtime).close?.();
		await runtime.advance(1000);
		await closing;
		expect(runtime.observed).toHaveLength(1);
	});
});

describe("a store that fails", () => {
	it.each<[string, () => Promise<void>]>([
		["by a rejection", failing],
		["by throwing", () => { throw new Error("connection refused"); }],
	])("%s, has nothing, and is told of once", async (_, mood) => {
		const runtime = fakeRuntime();
		const { store, feel } = moodyStore();
		const patient = patientStore({ ...store, find: (...asked) => { void mood().catch(() => {}); return store.find(...asked); } }, runtime);
		feel(failing);
		expect([await patient.find("a", 0), await patient.put("a", kept)]).toEqual([undefined, undefined]);
		expect(runtime.observed).toEqual([{ type: "warning", message: "The cache store fails, and answers are made anew until it is well again: connection refused" }]);
	});

	it("late, fails for nobody", async () => {
		const runtime = fakeRuntime();
		const late = Promise.withResolvers<void>();
		const { store, feel } = moodyStore();
		const patient = patientStore(store, runtime);
		feel(() => late.promise);
		const finding = patient.find("a", 0);
		await runtime.advance(100);
		await finding;
		late.reject(new Error("too late"));
		await runtime.advance(1000);
		feel(well);
		await patient.put("a", kept);
		expect(await patient.find("a", 0)).toEqual(kept);
	});
});

it("that compares no directions does not claim to", () => {
	const { findNearest: _, ...store } = moodyStore().store;
	expect(patientStore(store, fakeRuntime()).findNearest).toBe(undefined);
});
