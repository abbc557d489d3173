import { expect, test } from "vitest";
import { memoryStore } from "../../src/effects/store/memory-store.ts";
import { keepRetention } from "../../src/effects/retention.ts";
import type { InsightsStore } from "../../src/effects/store/insights-store.ts";

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 22);

function world(insights: Partial<InsightsStore> = {}, pruneAudit?: () => Promise<void>) {
	const timers: { readonly ms: number; readonly callback: () => void }[] = [];
	const pruned: unknown[] = [];
	const told: unknown[] = [];
	return {
		timers,
		pruned,
		told,
		store: {
			insights: { sum: async () => [], prune: async (before: unknown) => void pruned.push(before), ...insights },
			audit: { ...memoryStore().audit, prune: pruneAudit ?? (async (before: number) => void pruned.push({ audit: before })) },
		},
		runtime: {
			now: () => now,
			schedule(ms: number, callback: () => void) {
				const timer = { ms, callback };
				timers.push(timer);
				return () => void timers.splice(timers.indexOf(timer), 1);
			},
			observe: (event: unknown) => void told.push(event),
		},
		/** The next timer runs, and what it began is over. */
		async tick() {
			timers.shift()?.callback();
			for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
		},
	};
}

test("what is older than it is to be kept goes, every hour", async () => {
	const { store, runtime, timers, pruned, tick } = world();
	const end = keepRetention({ recordsDays: 90, rollupsDays: 400 }, store, runtime);
	expect(timers.map(({ ms }) => ms)).toEqual([60_000]);
	await tick();
	expect(pruned).toEqual([{ records: now - 90 * dayMs, rollups: now - 400 * dayMs }]);
	expect(timers.map(({ ms }) => ms)).toEqual([3_600_000]);
	await tick();
	expect(pruned).toHaveLength(2);
	await end();
	expect(timers).toEqual([]);
});

test("what has no end named stays", async () => {
	const one = world();
	keepRetention({ recordsDays: 1 }, one.store, one.runtime);
	await one.tick();
	expect(one.pruned).toEqual([{ records: now - dayMs }]);
	const none = world();
	const end = keepRetention({}, none.store, none.runtime);
	expect(none.timers).toEqual([]);
	await end();
});

test("the audit log goes only where its own days are named, and by them alone", async () => {
	const other = world();
	keepRetention({ recordsDays: 1, rollupsDays: 1 }, other.store, other.runtime);
	await other.tick();
	expect(other.pruned).toEqual([{ records: now - dayMs, rollups: now - dayMs }]);
	const own = world();
	keepRetention({ auditDays: 400 }, own.store, own.runtime);
	await own.tick();
	expect(own.pruned).toEqual([{ audit: now - 400 * dayMs }]);
});

test("an audit log that fails keeps nothing else from going, nor the other way round", async () => {
	const one = world({}, async () => Promise.reject(new Error("Locked")));
	keepRetention({ recordsDays: 1, auditDays: 1 }, one.store, one.runtime);
	await one.tick();
	expect([one.pruned, one.told]).toEqual([[{ records: now - dayMs }], [{ type: "warning", message: "Old entries of the audit log were not deleted: Locked" }]]);
	const two = world({ prune: async () => Promise.reject(new Error("Locked")) });
	keepRetention({ recordsDays: 1, auditDays: 1 }, two.store, two.runtime);
	await two.tick();
	expect(two.pruned).toEqual([{ audit: now - dayMs }]);
});

test("a store that fails is asked again an hour later, and the operator told", async () => {
	const { store, runtime, timers, told, tick } = world({ prune: async () => Promise.reject(new Error("The disk is full")) });
	keepRetention({ recordsDays: 1 }, store, runtime);
	await tick();
	expect(told).toEqual([{ type: "warning", message: "Old usage records were not deleted: The disk is full" }]);
	expect(timers.map(({ ms }) => ms)).toEqual([3_600_000]);
});
