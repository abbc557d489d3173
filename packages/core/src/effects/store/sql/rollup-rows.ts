import type { UsageRecord } from "../../../contract/session.ts";
import { addSums, noSums, rollupKeyOf, type RollupSums, rollupSumsOf } from "../../../rules/usage/rollup.ts";
import { rollupLevels } from "./rollup-statement.ts";
import { storableText } from "./storable-text.ts";

/** The rows that records add to the roll-ups: the values of `keyColumns` and `sumColumns`, in their order. */
export function rollupRows(records: readonly UsageRecord[]): readonly (readonly (string | number)[])[] {
	const rows = new Map<string, { readonly key: readonly (string | number)[]; sums: RollupSums }>();
	for (const record of records) {
		const { provider, model, route, outcome, cached } = rollupKeyOf(record);
		const dimensions = [provider, model, route, outcome, cached].map(storableText);
		const sums = rollupSumsOf(record);
		for (const { bucketMs, gatewayScope, projectScopePrefix } of rollupLevels) {
			const bucket = Math.floor(record.startedAt / bucketMs) * bucketMs;
			const scopes = record.projectId === undefined ? [gatewayScope] : [gatewayScope, projectScopePrefix + storableText(record.projectId)];
			for (const scope of scopes) {
				const key = [scope, bucket, ...dimensions];
				const name = JSON.stringify(key);
				const row = rows.get(name) ?? { key, sums: noSums };
				row.sums = addSums(row.sums, sums);
				rows.set(name, row);
			}
		}
	}
	return [...rows.values()].map(({ key, sums }) => [...key, ...sumValues(sums)]);
}

function sumValues(sums: RollupSums): readonly number[] {
	return [
		sums.requests,
		sums.inputTokens,
		sums.outputTokens,
		sums.cachedInputTokens,
		sums.cacheWriteTokens,
		sums.reasoningTokens,
		sums.costMicroUsd,
		sums.unpriced,
		sums.durationMs,
		sums.firstEventMs,
		sums.firstEvents,
		...sums.latency,
	];
}
