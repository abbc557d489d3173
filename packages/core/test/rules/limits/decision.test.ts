import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LimitedParty, LimitRules } from "../../../src/contract/tenancy.ts";
import { type Ask, type Held, lapsed, type PartyCounters, partyKey, settleIn, type Used } from "../../../src/rules/limits/counters.ts";
import { decide } from "../../../src/rules/limits/decision.ts";
import { minuteMs } from "../../../src/rules/limits/minute.ts";
import { periodStart } from "../../../src/rules/limits/periods.ts";

const noon = Date.UTC(2026, 9, 20, 12);

/** Counters of all parties, as a store keeps them. */
function book() {
	const counters = new Map<string, PartyCounters>();
	const running = new Map<number, Held>();
	let last = 0;
	return {
		counters,
		running,
		reserve(parties: readonly LimitedParty[], asks: readonly [Ask, ...Ask[]], now: number) {
			const decided = decide({ parties, asks, now }, (party) => counters.get(party));
			if (!decided.ok) return decided;
			for (const [party, state] of decided.value.counters) counters.set(party, state);
			running.set((last += 1), decided.value.held);
			return { ok: true as const, value: { ...decided.value, id: last } };
		},
		settle(id: number, used: (held: Held) => Used, now: number) {
			const held = running.get(id);
			if (held === undefined) return;
			running.delete(id);
			for (const [party, began] of held.parties) {
				const state = counters.get(party);
				if (state !== undefined) counters.set(party, settleIn(state, held.ask, began, used(held), now));
			}
		},
	};
}

function host(rules: LimitRules, id = "a"): LimitedParty {
	return { kind: "host", id, rules };
}

function tokens(count: number): Ask {
	return { expectedTokens: count, tokens: count, microUsd: count };
}

describe("a minute's limit", () => {
	const steps = fc.array(fc.tuple(fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 40_000 })), fc.integer({ min: 1, max: 40 })), { maxLength: 80 });

	it("is never passed in any sixty seconds, wherever they begin", () => {
		fc.assert(
			fc.property(steps, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 8 }), (times, tokensPerMinute, requestsPerMinute) => {
				const { reserve, settle } = book();
				const passed: { at: number; need: number }[] = [];
				let now = noon;
				for (const [pause, need] of times) {
					now += pause;
					const answer = reserve([host({ tokensPerMinute, requestsPerMinute })], [tokens(need)], now);
					if (!answer.ok) continue;
					passed.push({ at: now, need });
					settle(answer.value.id, () => ({ tokens: need, microUsd: 0 }), now);
				}
				for (const { at } of passed) {
					const within = passed.filter((other) => other.at >= at && other.at < at + minuteMs);
					expect(within.length).toBeLessThanOrEqual(requestsPerMinute);
					expect(within.reduce((sum, { need }) => sum + need, 0)).toBeLessThanOrEqual(tokensPerMinute);
				}
			}),
		);
	});

	it("lets a request through when it said it would, and not a moment before", () => {
		fc.assert(
			fc.property(steps, fc.integer({ min: 40, max: 100 }), (times, tokensPerMinute) => {
				const { reserve, counters } = book();
				const parties = [host({ tokensPerMinute })];
				let now = noon;
				for (const [pause, need] of times) {
					now += pause;
					const answer = reserve(parties, [tokens(need)], now);
					if (answer.ok) continue;
					const { retryAfterMs } = answer.problem.violation;
					expect(retryAfterMs).toBeGreaterThan(0);
					const passesAt = (at: number) => decide({ parties, asks: [tokens(need)], now: at }, (party) => counters.get(party)).ok;
					expect([passesAt(now + (retryAfterMs ?? 0) - 1), passesAt(now + (retryAfterMs ?? 0))]).toEqual([false, true]);
				}
			}),
		);
	});

	it("holds what an answer used beyond all expectation against later ones", () => {
		const { reserve, settle } = book();
		const parties = [host({ tokensPerMinute: 100 })];
		const first = reserve(parties, [tokens(10)], noon);
		settle(first.ok ? first.value.id : 0, () => ({ tokens: 101, microUsd: 0 }), noon + 120_000);
		expect(reserve(parties, [tokens(10)], noon + 120_000).ok).toBe(false);
		expect(reserve(parties, [tokens(10)], noon + 185_000).ok).toBe(true);
	});

	it("never lets through what it is too small for, and promises nothing", () => {
		const answer = book().reserve([host({ tokensPerMinute: 5 })], [tokens(6)], noon);
		expect(answer).toMatchObject({ ok: false, problem: { violation: { retryAfterMs: undefined } } });
	});
});

describe("a budget", () => {
	type Step = { readonly do: "reserve" | "settle" | "lapse"; readonly size: number; readonly share: number; readonly pause: number };
	const step: fc.Arbitrary<Step> = fc.record({
		do: fc.constantFrom("reserve", "reserve", "settle", "lapse"),
		size: fc.integer({ min: 0, max: 50 }),
		share: fc.double({ min: 0, max: 1, noNaN: true }),
		pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000_000 })),
	});

	it("is never passed by what is spent and held, whatever runs at once and dies", () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: 10, max: 200 }), fc.integer({ min: 10, max: 200 }), (steps, day, month) => {
				const parties = [host({ budgets: [{ period: "day", microUsd: day, tokens: 150 }] }), host({ budgets: [{ period: "month", microUsd: month }] }, "b")];
				const { reserve, settle, running, counters } = book();
				let now = noon;
				for (const { do: deed, size, share, pause } of steps) {
					now += pause;
					const oldest = running.keys().next().value ?? 0;
					if (deed === "reserve") reserve(parties, [tokens(size)], now);
					else settle(oldest, (held) => (deed === "lapse" ? lapsed(held.ask) : { tokens: Math.floor(held.ask.tokens * share), microUsd: Math.floor(held.ask.microUsd * share) }), now);
					const [one, other] = parties.map((party) => counters.get(partyKey(party)));
					expect((one?.day.microUsd.spent ?? 0) + (one?.day.microUsd.held ?? 0)).toBeLessThanOrEqual(day);
					expect((one?.day.tokens.spent ?? 0) + (one?.day.tokens.held ?? 0)).toBeLessThanOrEqual(150);
					expect((other?.month.microUsd.spent ?? 0) + (other?.month.microUsd.held ?? 0)).toBeLessThanOrEqual(month);
				}
				for (const id of running.keys()) settle(id, (held) => lapsed(held.ask), now);
				for (const state of counters.values()) expect([state.running, state.day.microUsd.held, state.month.tokens.held]).toEqual([0, 0, 0]);
			}),
		);
	});

	it("comes back with the next day and the next month, by UTC", () => {
		const { reserve } = book();
		const parties = [host({ budgets: [{ period: "day", tokens: 10 }, { period: "month", tokens: 15 }] })];
		const lastOfOctober = Date.UTC(2026, 9, 31, 23, 59, 59);
		expect(reserve(parties, [tokens(10)], lastOfOctober - 86_400_000).ok).toBe(true);
		expect(reserve(parties, [tokens(6)], lastOfOctober)).toMatchObject({ ok: false, problem: { violation: { policy: { name: "host-month-tokens" } } } });
		expect(reserve(parties, [tokens(6)], lastOfOctober + 1000).ok).toBe(true);
	});

	it("tells the wait until it comes back, and a short one where only running requests are in the way", () => {
		const { reserve, settle } = book();
		const parties = [host({ budgets: [{ period: "day", tokens: 10 }] })];
		const first = reserve(parties, [tokens(8)], noon);
		expect(reserve(parties, [tokens(8)], noon)).toMatchObject({ problem: { violation: { retryAfterMs: 2000 } } });
		settle(first.ok ? first.value.id : 0, () => ({ tokens: 8, microUsd: 0 }), noon);
		expect(reserve(parties, [tokens(8)], noon)).toMatchObject({ problem: { violation: { retryAfterMs: 43_200_000 } } });
	});
});

describe("several limits", () => {
	it("are told by the one that lasts longest", () => {
		const { reserve } = book();
		const parties = [host({ requestsPerMinute: 0, concurrentRequests: 0 }), host({ budgets: [{ period: "day", tokens: 9 }] }, "b")];
		expect(reserve(parties, [tokens(3)], noon)).toMatchObject({ ok: false, problem: { violation: { policy: { name: "host-requests" }, retryAfterMs: undefined } } });
		const { reserve: again } = book();
		expect(again([host({ concurrentRequests: 1, requestsPerMinute: 1 })], [tokens(3)], noon).ok).toBe(true);
		expect(again([host({ concurrentRequests: 1, requestsPerMinute: 1 })], [tokens(3)], noon)).toMatchObject({ problem: { violation: { policy: { name: "host-requests" }, retryAfterMs: 65_000 } } });
	});

	it("of a party that is named twice count a request once", () => {
		const { reserve, counters } = book();
		reserve([host({ requestsPerMinute: 5 }), host({ concurrentRequests: 5 })], [tokens(3)], noon);
		expect(counters.get("host:a")).toMatchObject({ running: 1, minute: [[noon, 1, 3]], day: { tokens: { held: 3 } } });
	});

	it.each([Number.NaN, -1])("let nothing pass where one is %s", (requestsPerMinute) => {
		expect(book().reserve([host({ requestsPerMinute })], [tokens(1)], noon).ok).toBe(false);
	});

	it("count by a clock that never goes back, so that two instances hold one line", () => {
		const { reserve, settle, counters } = book();
		const midnight = Date.UTC(2026, 9, 21);
		reserve([host({})], [tokens(1)], midnight + 10);
		const behind = reserve([host({})], [tokens(5)], midnight - 20);
		settle(behind.ok ? behind.value.id : 0, () => ({ tokens: 4, microUsd: 4 }), midnight - 10);
		expect(counters.get("host:a")).toMatchObject({ running: 1, day: { start: midnight, tokens: { spent: 4, held: 1 } }, minute: [[midnight, 2, 5]] });
	});
});

describe("periods", () => {
	it.each([
		["day", Date.UTC(2026, 1, 28, 23, 59, 59, 999), Date.UTC(2026, 1, 28)],
		["month", Date.UTC(2028, 1, 29, 12), Date.UTC(2028, 1, 1)],
		["month", Date.UTC(2026, 11, 31, 23, 59), Date.UTC(2026, 11, 1)],
	] as const)("a %s at %i begins at %i", (period, at, start) => {
		expect(periodStart(period, at)).toBe(start);
	});
});
