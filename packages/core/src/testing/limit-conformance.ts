import type { LimitedParty, LimitRules } from "../contract/tenancy.ts";
import type { LimitStore, Reservation } from "../effects/store/limit-store.ts";
import type { Store } from "../effects/store/store.ts";
import type { Ask } from "../rules/limits/counters.ts";
import type { TestFunctions } from "./test-functions.ts";

/** What every store must do with limits. Time is handed in, so none passes here. */
export function limitConformance(name: string, itOnStore: (title: string, body: (store: Store) => Promise<void>) => void, test: TestFunctions): void {
	const { describe, expect } = test;
	function itKeeps(title: string, body: (limits: LimitStore) => Promise<void>): void {
		itOnStore(title, ({ limits }) => body(limits));
	}

	describe(`${name}: limits`, () => {
		itKeeps("knows nothing at first, and nothing is settled or renewed that was not reserved", async (limits) => {
			expect(await limits.find(organisation(), noon)).toBe(undefined);
			await limits.settle("req_1", { tokens: 1, microUsd: 1 }, noon);
			await limits.renew(["req_1"], { now: noon, expiresAt: noon + 1 });
			expect(await limits.find(organisation(), noon)).toBe(undefined);
		});

		itKeeps("takes what is reserved of all parties, or of none", async (limits) => {
			const parties = [organisation({ requestsPerMinute: 10 }), key({ requestsPerMinute: 1 })];
			expect((await limits.reserve(reservation("req_1", { parties }))).ok).toBe(true);
			const denied = await limits.reserve(reservation("req_2", { parties }));
			expect(denied).toMatchObject({ ok: false, problem: { violation: { policy: { name: "key-requests" }, need: 1, retryAfterMs: 65_000 } } });
			expect(await limits.find(organisation(), noon)).toMatchObject({ running: 1, minute: [[noon, 1, 10]], day: { microUsd: { spent: 0, held: 1000 } } });
		});

		itKeeps("puts what was used in the place of what was held, once", async (limits) => {
			await limits.reserve(reservation("req_1"));
			await limits.settle("req_1", { tokens: 4, microUsd: 300 }, noon + 1000);
			await limits.settle("req_1", { tokens: 9, microUsd: 900 }, noon + 1000);
			const spent = { tokens: { spent: 4, held: 0 }, microUsd: { spent: 300, held: 0 } };
			expect(await limits.find(organisation(), noon + 1000)).toMatchObject({ running: 0, minute: [[noon, 1, 4]], day: spent, month: spent });
		});

		itKeeps("lets no more through than fits when 200 come at once for the last unit", async (limits) => {
			const parties = [organisation({ budgets: [{ period: "month", microUsd: 5999 }] }), key({ concurrentRequests: 100 })];
			const asked = Array.from({ length: 200 }, (_, at) => limits.reserve(reservation(`req_${at}`, { parties })));
			const passed = (await Promise.all(asked)).filter(({ ok }) => ok).length;
			expect(passed).toBe(5);
			expect(await limits.find(organisation(), noon)).toMatchObject({ running: 5, month: { microUsd: { held: 5000 } } });
			expect(await limits.find(key(), noon)).toMatchObject({ running: 5 });
		});

		itKeeps("gives room back to those who come later when 200 end at once", async (limits) => {
			const parties = [organisation({ concurrentRequests: 200 })];
			const ids = Array.from({ length: 200 }, (_, at) => `req_${at}`);
			await Promise.all(ids.map((id) => limits.reserve(reservation(id, { parties }))));
			expect((await limits.reserve(reservation("req_late", { parties }))).ok).toBe(false);
			await Promise.all(ids.map((id) => limits.settle(id, { tokens: 1, microUsd: 2 }, noon)));
			expect(await limits.find(organisation(), noon)).toMatchObject({ running: 0, day: { tokens: { spent: 200, held: 0 }, microUsd: { spent: 400, held: 0 } } });
		});

		itKeeps("takes the best ask that fits", async (limits) => {
			const parties = [organisation({ budgets: [{ period: "day", microUsd: 1500 }] })];
			const asks = [ask({ microUsd: 1000 }), ask({ microUsd: 500 }), ask({ microUsd: 100 })] as const;
			const granted: unknown[] = [];
			for (const id of ["a", "b"]) {
				const answer = await limits.reserve(reservation(id, { parties, asks }));
				granted.push(answer.ok && answer.value.ask);
			}
			expect(granted).toEqual([0, 1]);
			expect((await limits.reserve(reservation("c", { parties, asks }))).ok).toBe(false);
		});

		itKeeps("frees the slots of those whose lease has run out, and counts all that was held as spent", async (limits) => {
			const parties = [organisation({ concurrentRequests: 1 })];
			await limits.reserve(reservation("req_dead", { parties, expiresAt: noon + 60_000 }));
			expect((await limits.reserve(reservation("req_2", { parties, now: noon + 59_999 }))).ok).toBe(false);
			const after = await limits.reserve(reservation("req_3", { parties, now: noon + 60_000, expiresAt: noon + 120_000 }));
			expect(after.ok).toBe(true);
			expect(await limits.find(organisation(), noon + 60_000)).toMatchObject({ running: 1, day: { microUsd: { spent: 1000, held: 1000 } } });
			await limits.settle("req_dead", { tokens: 0, microUsd: 0 }, noon + 60_000);
			expect(await limits.find(organisation(), noon + 60_000)).toMatchObject({ running: 1, day: { microUsd: { spent: 1000, held: 1000 } } });
		});

		itKeeps("shows leases that have run out as what they are, also before somebody writes", async (limits) => {
			await limits.reserve(reservation("req_dead", { expiresAt: noon + 60_000 }));
			expect(await limits.find(organisation(), noon + 60_000)).toMatchObject({ running: 0, day: { microUsd: { spent: 1000, held: 0 } } });
		});

		itKeeps("renews leases", async (limits) => {
			const parties = [organisation({ concurrentRequests: 1 })];
			await limits.reserve(reservation("req_long", { parties, expiresAt: noon + 60_000 }));
			await limits.renew(["req_long", "req_unknown"], { now: noon + 40_000, expiresAt: noon + 100_000 });
			expect((await limits.reserve(reservation("req_2", { parties, now: noon + 60_000 }))).ok).toBe(false);
			expect((await limits.reserve(reservation("req_3", { parties, now: noon + 100_000, expiresAt: noon + 200_000 }))).ok).toBe(true);
		});

		itKeeps("counts what began yesterday for yesterday, and forgets it", async (limits) => {
			const midnight = Date.UTC(2026, 10, 1);
			const now = midnight - 1000;
			await limits.reserve(reservation("req_1", { now, expiresAt: midnight + 60_000 }));
			await limits.settle("req_1", { tokens: 7, microUsd: 700 }, midnight + 1000);
			const nothing = { tokens: { spent: 0, held: 0 }, microUsd: { spent: 0, held: 0 } };
			expect(await limits.find(organisation(), midnight + 1000)).toMatchObject({ running: 0, day: { start: midnight, ...nothing }, month: { start: midnight, ...nothing } });
			await limits.reserve(reservation("req_2", { parties: [key()], now: Date.UTC(2026, 11, 3) }));
			expect(await limits.find(organisation(), Date.UTC(2026, 11, 3))).toBe(undefined);
		});

		itKeeps("tells once in its period that most of a budget is spent", async (limits) => {
			const parties = [organisation({ budgets: [{ period: "day", tokens: 100 }] })];
			const warned: unknown[] = [];
			for (const [at, tokens] of [50, 35, 1].entries()) {
				const answer = await limits.reserve(reservation(`req_${at}`, { parties }));
				warned.push(answer.ok && answer.value.warnings.map(({ policy, spentShare }) => [policy.name, spentShare]));
				await limits.settle(`req_${at}`, { tokens, microUsd: 0 }, noon);
			}
			const last = await limits.reserve(reservation("req_3", { parties }));
			warned.push(last.ok && last.value.warnings.map(({ policy, spentShare }) => [policy.name, spentShare]));
			expect(warned).toEqual([[], [], [["organisation-day-tokens", 0.85]], []]);
		});

		itKeeps("tells ids apart, whatever is in them", async (limits) => {
			for (const id of ["'; drop table limit_counters; --", "o\ud800", "o\ud801", "o\\ud800", ""]) {
				const party: LimitedParty = { kind: "host", id, rules: { concurrentRequests: 1 } };
				expect((await limits.reserve(reservation(`req_${id}`, { parties: [party] }))).ok).toBe(true);
				await limits.settle(`req_${id}`, { tokens: 3, microUsd: 0 }, noon);
				expect(await limits.find(party, noon)).toMatchObject({ running: 0, day: { tokens: { spent: 3 } } });
			}
		});
	});
}

const noon = Date.UTC(2026, 9, 20, 12);

function organisation(rules: LimitRules = {}): LimitedParty {
	return { kind: "organisation", id: "org_1", rules };
}

function key(rules: LimitRules = {}): LimitedParty {
	return { kind: "key", id: "key_1", rules };
}

function ask(fields: Partial<Ask> = {}): Ask {
	return { expectedTokens: 10, tokens: 10, microUsd: 1000, ...fields };
}

function reservation(id: string, fields: Partial<Reservation> = {}): Reservation {
	return { id, parties: [organisation()], asks: [ask()], now: noon, expiresAt: noon + 600_000, ...fields };
}
