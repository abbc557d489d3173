import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import type { UsageRecord } from "../../src/contract/session.ts";
import type { RollupGroup } from "../../src/effects/store/insights-store.ts";
import { sqliteStore } from "../../src/node/sqlite/sqlite-store.ts";
import { addSums, noSums, type RollupDimension, rollupKeyOf, rollupSumsOf } from "../../src/rules/usage/rollup.ts";
import { type Asked, projects } from "./ledger-callers.ts";

const dimensions: readonly RollupDimension[] = ["provider", "model", "route", "outcome", "cached"];

/** The file is sound, what was promised is there as it must be, nothing is there twice, and the sums are those of the records. */
export async function expectWhole(path: string, asked: readonly Asked[]): Promise<readonly UsageRecord[]> {
	const left = new DatabaseSync(path);
	expect(left.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
	left.close();

	const store = sqliteStore(path);
	try {
		const records = await store.listUsage({ limit: 10_000_000 });
		expect(repeated(records.map(({ id }) => id)), "ids that are there twice").toEqual([]);
		expect(repeated(records.map(({ principalId }) => principalId)), "requests with two records").toEqual([]);

		const recordOf = new Map(records.map((record) => [record.principalId, record]));
		const answered = asked.filter(({ requestId }) => requestId !== undefined);
		const missing = answered.filter(({ caller, requestId }) => recordOf.get(caller)?.id !== requestId);
		expect(missing.map(({ caller }) => caller), "answers without their record").toEqual([]);
		const deedOf = new Map(asked.map(({ caller, deed }) => [caller, deed]));
		// What broke off may have been written down as anything, but for requests that nobody made.
		const made = records.filter(({ principalId }) => !deedOf.has(principalId));
		expect(made.map(({ principalId }) => principalId), "records of no request").toEqual([]);
		const wrong = answered.filter(({ caller, deed }) => !deed.outcomes.some((outcome) => outcome === recordOf.get(caller)?.outcome));
		expect(wrong.map(({ caller, deed }) => [caller, deed.path, recordOf.get(caller)?.outcome]), "records that tell another story").toEqual([]);

		for (const projectId of [undefined, ...projects]) {
			const found = await store.insights.sum({ projectId, edges: [0, Number.MAX_SAFE_INTEGER], by: dimensions });
			const own = records.filter((record) => projectId === undefined || record.projectId === projectId);
			expect(new Map(found.map((group) => [JSON.stringify(group.key), group]))).toEqual(sumsOf(own));
		}
		return records;
	} finally {
		await store.close();
	}
}

function repeated(names: readonly string[]): readonly string[] {
	const seen = new Set<string>();
	return names.filter((name) => seen.size === seen.add(name).size);
}

function sumsOf(records: readonly UsageRecord[]): ReadonlyMap<string, RollupGroup> {
	const groups = new Map<string, RollupGroup>();
	for (const record of records) {
		const { provider, model, route, outcome, cached } = rollupKeyOf(record);
		const key = { provider, model, route, outcome, cached };
		const name = JSON.stringify(key);
		groups.set(name, { span: 0, key, ...addSums(groups.get(name) ?? noSums, rollupSumsOf(record)) });
	}
	return groups;
}
