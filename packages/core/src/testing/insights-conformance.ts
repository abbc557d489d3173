import { type UsageRecord, usageOutcomes } from "../contract/session.ts";
import type { RollupGroup } from "../effects/store/insights-store.ts";
import type { Store } from "../effects/store/store.ts";
import { addSums, bucketMs, noSums, type RollupDimension, rollupKeyOf, rollupSumsOf } from "../rules/usage/rollup.ts";
import { awkwardTexts } from "./awkward-texts.ts";
import type { TestFunctions } from "./test-functions.ts";

const start = Date.UTC(2026, 9, 25);
const hourMs = 4 * bucketMs;

/** What every store must do with roll-ups, with what goes with time, and with the longer ways to ask for records. */
export function insightsConformance(name: string, itOnStore: (title: string, body: (store: Store) => Promise<void>) => void, test: TestFunctions): void {
	const { describe, expect } = test;

	describe(`${name}: insights`, () => {
		itOnStore("knows nothing at first", async (store) => {
			expect(await store.insights.sum({ edges: [0, start], by: ["model"] })).toEqual([]);
			await store.insights.prune({ records: start, rollups: start });
		});

		for (const [title, by, edges] of [
			["in all", [], [start, start + 48 * hourMs]],
			["by provider and model", ["provider", "model"], [start, start + 48 * hourMs]],
			["by everything, in spans of all lengths", ["outcome", "route", "cached", "model", "provider"], [start + bucketMs, start + 5 * hourMs, start + 5 * hourMs + bucketMs, start + 30 * hourMs]],
			["over a day with hours and quarters at its ends", ["model"], [start - bucketMs, start + 26 * hourMs + 3 * bucketMs, start + 26 * hourMs + 3 * bucketMs, start + 48 * hourMs - bucketMs]],
			["of no time at all", [], [start + hourMs, start + hourMs]],
		] as const) {
			itOnStore(`sums up what records say, ${title}`, async (store) => {
				const records = Array.from({ length: 300 }, (_, at) => variedRecord(at));
				await Promise.all(records.map((record) => store.recordUsage(record)));
				for (const projectId of [undefined, "prj_0", "prj_1", "", "unknown"]) {
					const found = await store.insights.sum({ projectId, edges, by });
					expect(sorted(found)).toEqual(sorted(expected(records, projectId, edges, by)));
				}
			});
		}

		itOnStore("counts each record once, however often it comes", async (store) => {
			const record = variedRecord(1);
			await Promise.all([store.recordUsage(record), store.recordUsage(record), store.recordUsage({ ...record, model: "another" })]);
			await store.listUsage();
			await store.recordUsage(record);
			expect(await requestsOf(store)).toBe(1);
			await store.recordUsage({ ...record, id: "req_another" });
			expect(await requestsOf(store)).toBe(2);
		});

		for (const [label, text] of awkwardTexts) {
			itOnStore(`tells ${label} apart in the dimensions and the project`, async (store) => {
				await store.recordUsage({ ...variedRecord(1), projectId: text, provider: text, model: text, route: text });
				await store.recordUsage({ ...variedRecord(2), projectId: `${text}.` });
				const [group, ...others] = await store.insights.sum({ projectId: text, edges: [0, start * 2], by: ["provider", "model", "route"] });
				expect(group).toMatchObject({ span: 0, requests: 1, key: { provider: text, model: text, route: text } });
				expect(others).toEqual([]);
			});
		}

		itOnStore("keeps the sums when records go", async (store) => {
			const records = Array.from({ length: 300 }, (_, at) => variedRecord(at));
			await Promise.all(records.map((record) => store.recordUsage(record)));
			const before = start + 20 * hourMs;
			await store.insights.prune({ records: before });
			const left = records.filter(({ startedAt }) => startedAt >= before);
			expect((await store.listUsage({ limit: 1000 })).length).toBe(left.length);
			// The day is not over.
			await store.insights.prune({ rollups: before });
			expect(await requestsOf(store)).toBe(300);
			await store.recordUsage({ ...variedRecord(7), id: "req_late", startedAt: start });
			expect(await requestsOf(store)).toBe(301);
			await store.insights.prune({ rollups: start + 30 * hourMs });
			expect(await requestsOf(store)).toBe(records.filter(({ startedAt }) => startedAt >= start + 24 * hourMs).length);
			await store.insights.prune({ records: start * 2, rollups: start * 2 });
			expect(await store.listUsage()).toEqual([]);
			expect(await requestsOf(store)).toBe(0);
			await store.recordUsage(variedRecord(8));
			expect(await requestsOf(store)).toBe(1);
		});

		itOnStore("lists records of a project and of a time, page after page", async (store) => {
			// Ten records at each moment, so that pages end amid equal times.
			const records = Array.from({ length: 90 }, (_, at) => ({ ...variedRecord(at), startedAt: start + Math.floor(at / 10) }));
			await Promise.all(records.map((record) => store.recordUsage(record)));
			const filter = { projectId: "prj_0", from: start + 2, to: start + 7 };
			const wanted = records
				.filter(({ projectId, startedAt }) => projectId === "prj_0" && startedAt >= filter.from && startedAt < filter.to)
				.sort((one, other) => other.startedAt - one.startedAt || (one.id < other.id ? 1 : -1));
			const found: UsageRecord[] = [];
			for (;;) {
				const last = found.at(-1);
				const page = await store.listUsage({ ...filter, limit: 3, ...(last === undefined ? {} : { behind: { id: last.id, startedAt: last.startedAt } }) });
				found.push(...page);
				if (page.length < 3) break;
			}
			expect(found).toEqual(wanted);
		});
	});

	async function requestsOf(store: Store): Promise<number> {
		return (await store.insights.sum({ edges: [0, start * 2], by: [] })).reduce((sum, { requests }) => sum + requests, 0);
	}
}

/** Records that differ in everything, the same each time. */
function variedRecord(at: number): UsageRecord {
	const pick = (count: number, salt: number) => Math.floor(((Math.sin((at + 1) * 12.9898 + salt * 78.233) * 43758.5453) % 1) * count + count) % count;
	const outcome = usageOutcomes[pick(usageOutcomes.length, 1)] ?? "ok";
	return {
		id: `req_${at}`,
		startedAt: start + pick(48 * 3600, 2) * 1000 + 0.25,
		surface: "openai",
		operation: "createChatCompletion",
		principalId: `user_${pick(3, 3)}`,
		...(pick(3, 4) === 2 ? {} : { projectId: `prj_${pick(2, 4)}` }),
		...(pick(2, 5) === 0 ? {} : { route: `route_${pick(2, 6)}` }),
		provider: `provider_${pick(2, 7)}`,
		model: `model_${pick(2, 8)}`,
		streamed: pick(2, 9) === 0,
		attempts: 1,
		outcome,
		...(outcome === "cached" ? { cached: pick(2, 10) === 0 ? "exact" : "semantic" } : {}),
		status: 200,
		usage: { inputTokens: pick(5000, 11), ...(pick(4, 12) === 0 ? {} : { outputTokens: pick(900, 13), reasoningTokens: pick(90, 14), cachedInputTokens: pick(9, 15), cacheWriteTokens: pick(7, 16) }) },
		...(pick(5, 17) === 0 ? {} : { costMicroUsd: pick(20_000, 18) }),
		...(pick(2, 19) === 0 ? {} : { firstEventMs: pick(2000, 20) + 0.5 }),
		durationMs: 2 ** (pick(200, 21) / 10) + 0.125,
	};
}

function expected(records: readonly UsageRecord[], projectId: string | undefined, edges: readonly number[], by: readonly RollupDimension[]): readonly RollupGroup[] {
	const groups = new Map<string, RollupGroup>();
	for (const record of records) {
		if (projectId !== undefined && record.projectId !== projectId) continue;
		const span = edges.slice(1).findIndex((end, at) => record.startedAt >= (edges[at] ?? 0) && record.startedAt < end);
		if (span === -1) continue;
		const whole = rollupKeyOf(record);
		const key = Object.fromEntries(by.map((dimension) => [dimension, whole[dimension]]));
		const name = JSON.stringify([span, key]);
		groups.set(name, { span, key, ...addSums(groups.get(name) ?? noSums, rollupSumsOf(record)) });
	}
	return [...groups.values()];
}

function sorted(groups: readonly RollupGroup[]): readonly RollupGroup[] {
	const name = ({ span, key }: RollupGroup) => JSON.stringify([span, Object.entries(key).sort()]);
	return groups.toSorted((one, other) => (name(one) < name(other) ? -1 : 1));
}
