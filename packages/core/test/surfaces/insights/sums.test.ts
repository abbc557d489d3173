import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryStore, type Store } from "../../../src/index.ts";
import { type UsageRecord, usageOutcomes } from "../../../src/contract/session.ts";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { ask, testGateway } from "../../gateway/support.ts";

const hourMs = 3_600_000;

/** Zones with whole, half and quarter hours, clocks that change at midnight or by half an hour, and a day that never was. */
const weeks = [
	["UTC", "2026-03-25"],
	["Europe/Berlin", "2026-03-25"],
	["Europe/Berlin", "2026-10-21"],
	["America/New_York", "2026-10-28"],
	["America/Havana", "2026-03-04"],
	["Africa/Cairo", "2026-04-22"],
	["Africa/Cairo", "2026-10-27"],
	["Asia/Kathmandu", "2026-05-01"],
	["Asia/Kolkata", "2026-05-01"],
	["Australia/Lord_Howe", "2026-04-01"],
	["Pacific/Apia", "2011-12-27"],
	["Pacific/Kiritimati", "2026-05-01"],
] as const;

function record(first: string): fc.Arbitrary<Omit<UsageRecord, "id">> {
	const begin = Date.parse(`${first}T00:00:00Z`) - 30 * hourMs;
	const few = (name: string) => fc.constantFrom(`${name}_1`, `${name}_2`);
	return fc.record(
		{
			startedAt: fc.integer({ min: begin, max: begin + 9 * 24 * hourMs }),
			surface: fc.constant("openai"),
			operation: fc.constant("createChatCompletion"),
			principalId: fc.constant("usr_1"),
			projectId: few("prj"),
			route: few("route"),
			provider: few("provider"),
			model: few("model"),
			streamed: fc.boolean(),
			attempts: fc.constant(1),
			outcome: fc.constantFrom(...usageOutcomes),
			status: fc.constant(200),
			usage: fc.record({ inputTokens: fc.nat(5000), outputTokens: fc.nat(900) }, { requiredKeys: [] }),
			costMicroUsd: fc.nat(2_000_000),
			firstEventMs: fc.nat(5000),
			durationMs: fc.nat(60_000),
		},
		{ requiredKeys: ["startedAt", "surface", "operation", "principalId", "provider", "model", "streamed", "attempts", "outcome", "status", "usage", "durationMs"] },
	) as fc.Arbitrary<Omit<UsageRecord, "id">>;
}

const sum = (records: readonly UsageRecord[], read: (record: UsageRecord) => number | undefined) => records.reduce((total, each) => total + (read(each) ?? 0), 0);
const mean = (records: readonly UsageRecord[]) => (records.length === 0 ? null : Math.round(sum(records, ({ durationMs }) => durationMs) / records.length));
const isAnswer = ({ outcome }: UsageRecord) => outcome === "ok" || outcome === "cached";
const wasAsked = ({ outcome }: UsageRecord) => outcome !== "refused" && outcome !== "cached";

/** Where a record belongs, by the calendar on the wall. */
function dayIn(timeZone: string, time: number): string {
	return new Date(time).toLocaleDateString("sv-SE", { timeZone });
}

async function expectSums(store: Store, records: readonly UsageRecord[], timeZone: string, first: string, projectId: string | undefined): Promise<void> {
	const last = new Date(Date.parse(first) + 6 * 24 * hourMs).toISOString().slice(0, 10);
	const now = Date.parse(`${last}T12:00:00Z`);
	const gateway = testGateway({ store, surfaces: ["insights"], runtime: { now: () => now } });
	const own = projectId === undefined ? records : records.filter((each) => each.projectId === projectId);
	const days = [...Array(7).keys()].map((at) => new Date(Date.parse(first) + at * 24 * hourMs).toISOString().slice(0, 10));
	const week = own.filter(({ startedAt }) => days.includes(dayIn(timeZone, startedAt)));
	const query = new URLSearchParams({ from: first, to: last, tz: timeZone, ...(projectId === undefined ? {} : { projectId }) });

	const overview = await ask(gateway, `/v1/analytics/overview?${query}`);
	const cached = week.filter(({ outcome }) => outcome === "cached").length;
	expect(overview.json).toMatchObject({
		totalRequests: week.length,
		totalTokensIn: sum(week, ({ usage }) => usage.inputTokens),
		totalTokensOut: sum(week, ({ usage }) => usage.outputTokens),
		totalCostMicroUsd: sum(week, ({ costMicroUsd }) => costMicroUsd),
		unpricedRequests: week.filter(({ costMicroUsd }) => costMicroUsd === undefined).length,
		cachedCount: cached,
		cacheHitRate: `${(week.length === 0 ? 0 : (100 * cached) / week.length).toFixed(1)}%`,
		avgLatencyMs: mean(week.filter(isAnswer)),
		outcomes: Object.fromEntries(usageOutcomes.map((outcome) => [outcome, week.filter((each) => each.outcome === outcome).length])),
		dailyUsed: own.filter(({ startedAt }) => dayIn(timeZone, startedAt) === dayIn(timeZone, now)).length,
	});

	const { providers } = (await ask(gateway, `/v1/analytics/providers?${query}`)).json as { providers: { provider: string; model: string }[] };
	const asked = week.filter(wasAsked);
	expect(new Set(providers.map(({ provider, model }) => `${provider}/${model}`))).toEqual(new Set(asked.map(({ provider, model }) => `${provider}/${model}`)));
	for (const { provider, model, ...told } of providers) {
		const mine = asked.filter((each) => each.provider === provider && each.model === model);
		expect(told).toMatchObject({
			requestCount: mine.length,
			failedCount: mine.filter(({ outcome }) => outcome === "failed").length,
			totalCostMicroUsd: sum(mine, ({ costMicroUsd }) => costMicroUsd),
			totalTokensOut: sum(mine, ({ usage }) => usage.outputTokens),
			avgLatencyMs: mean(mine.filter(isAnswer)),
		});
	}

	const { daily } = (await ask(gateway, `/v1/analytics/cache?${query}`)).json as { daily: { day: string; total: number; cached: number }[] };
	const real = days.filter((day) => !(timeZone === "Pacific/Apia" && day === "2011-12-30"));
	const of = (day: string) => week.filter(({ startedAt }) => dayIn(timeZone, startedAt) === day);
	expect(daily.map(({ day, total, cached: hits }) => ({ day, total, hits }))).toEqual(
		real.toReversed().map((day) => ({ day, total: of(day).length, hits: of(day).filter(({ outcome }) => outcome === "cached").length })),
	);

	const { routes } = (await ask(gateway, `/v1/analytics/routes?${query}&limit=1000`)).json as { routes: { route: string | null; provider: string; model: string; day: string }[] };
	expect(routes.map(({ day }) => day)).toEqual(routes.map(({ day }) => day).toSorted().toReversed());
	const name = (route: string | null | undefined, provider: string, model: string, day: string) => [route ?? null, provider, model, day].join(" ");
	const nameOf = (each: UsageRecord) => name(each.route, each.provider, each.model, dayIn(timeZone, each.startedAt));
	expect(new Set(routes.map(({ route, provider, model, day }) => name(route, provider, model, day)))).toEqual(new Set(asked.map(nameOf)));
	for (const { route, provider, model, day, ...told } of routes) {
		const mine = asked.filter((each) => nameOf(each) === name(route, provider, model, day));
		expect(told).toEqual({ requestCount: mine.length, avgLatencyMs: mean(mine.filter(isAnswer)) });
	}
	await gateway.close();
}

test.each(weeks)("what a week comes to in %s from %s is what its records come to", async (timeZone, first) => {
	await fc.assert(
		fc.asyncProperty(fc.array(record(first), { maxLength: 60 }), fc.boolean(), async (made, isSqlite) => {
			const records = made.map((each, at): UsageRecord => ({ ...each, id: `req_${at}` }));
			for (const projectId of [undefined, "prj_1"]) {
				const store = isSqlite ? sqliteStore(":memory:") : memoryStore();
				await store.tenancy.createOrganisation({ id: "org_1", name: "One", isPersonal: false, createdAt: 1 });
				await store.tenancy.createProject({ id: "prj_1", organisationId: "org_1", name: "One", createdAt: 1 });
				await Promise.all(records.map((each) => store.recordUsage(each)));
				await expectSums(store, records, timeZone, first, projectId);
			}
		}),
		{ numRuns: 12 },
	);
});
