import { expect, test } from "vitest";
import type { LimitedParty, LimitRules } from "../../../src/contract/tenancy.ts";
import { type PartyCounters, settleIn } from "../../../src/rules/limits/counters.ts";
import { decide } from "../../../src/rules/limits/decision.ts";
import { standingsAt } from "../../../src/rules/limits/standings.ts";

const noon = Date.UTC(2026, 9, 20, 12);
const ask = { expectedTokens: 10, tokens: 20, microUsd: 300 };
const project = (rules: LimitRules): LimitedParty => ({ kind: "project", id: "prj_1", rules });

/** The party's counters after one request that is over and one that runs. */
function afterTwo(): PartyCounters {
	const parties = [project({})];
	let counters: PartyCounters | undefined;
	for (let round = 0; round < 2; round += 1) {
		const decided = decide({ parties, asks: [ask], now: noon }, () => counters);
		if (!decided.ok) throw new Error("refused");
		counters = decided.value.counters.get("project:prj_1");
	}
	if (counters === undefined) throw new Error("Nothing was counted");
	return settleIn(counters, ask, noon, { tokens: 7, microUsd: 50 }, noon);
}

test.each<[LimitRules, object]>([
	[{ requestsPerMinute: 5 }, { policy: "project-requests", unit: "requests", per: "minute", limit: 5, used: 2, held: 0, remaining: 3, resetsAt: "2026-10-20T12:01:05.000Z" }],
	[{ tokensPerMinute: 15 }, { policy: "project-tokens", unit: "tokens", per: "minute", limit: 15, used: 17, held: 0, remaining: 0 }],
	[{ concurrentRequests: 3 }, { policy: "project-concurrency", unit: "concurrentRequests", limit: 3, used: 1, held: 0, remaining: 2 }],
	[{ budgets: [{ period: "day", requests: 9 }] }, { policy: "project-day-requests", unit: "requests", per: "day", limit: 9, used: 2, held: 0, remaining: 7, resetsAt: "2026-10-21T00:00:00.000Z" }],
	[{ budgets: [{ period: "day", tokens: 100 }] }, { policy: "project-day-tokens", unit: "tokens", per: "day", limit: 100, used: 7, held: 20, remaining: 73 }],
	[{ budgets: [{ period: "month", microUsd: 1000 }] }, { policy: "project-month-usd", unit: "microUsd", per: "month", limit: 1000, used: 50, held: 300, remaining: 650, resetsAt: "2026-11-01T00:00:00.000Z" }],
])("%j tells what is used, held and left", (rules, told) => {
	const counters = afterTwo();
	expect(standingsAt([project(rules)], () => counters, noon)).toMatchObject([{ party: { kind: "project", id: "prj_1" }, ...told }]);
});

test("nothing was used of what nobody used, and only budgets tell when they begin anew", () => {
	const rules = { requestsPerMinute: 5, concurrentRequests: 2, budgets: [{ period: "day", tokens: 100 }] } as const;
	const standings = standingsAt([project(rules)], () => undefined, noon);
	expect(standings.map(({ used, remaining, limit, resetsAt }) => [used, remaining === limit, resetsAt])).toEqual([
		[0, true, undefined],
		[0, true, undefined],
		[0, true, "2026-10-21T00:00:00.000Z"],
	]);
});

test("what an earlier version counted has no requests of the day yet", () => {
	const { requests: _, ...day } = afterTwo().day;
	const counters = { ...afterTwo(), day };
	const rules = { budgets: [{ period: "day", requests: 2 }] } as const;
	expect(standingsAt([project(rules)], () => counters, noon)).toMatchObject([{ used: 0, remaining: 2 }]);
	const decided = decide({ parties: [project(rules)], asks: [ask], now: noon }, () => counters);
	expect(decided).toMatchObject({ ok: true, value: { standings: [{ remaining: 1 }] } });
});
