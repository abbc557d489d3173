import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { RollupGroup, RollupQuery } from "../insights-store.ts";
import { gatewayScope, latencyColumns, projectScopePrefix, sumColumns } from "./rollup-statement.ts";
import type { Database } from "./schema.ts";
import { restoredText, storableText } from "./storable-text.ts";

/** What stands between two edges is one range of the primary key. */
export function rollupQuery(database: Kysely<Database>, { projectId, edges, by }: RollupQuery): CompiledQuery {
	const scope = projectId === undefined ? gatewayScope : projectScopePrefix + storableText(projectId);
	const spans = edges.slice(1).map((end, at) => sql`(${at}, ${edges[at]}, ${end})`);
	const keys = by.map((dimension) => sql.ref(`usage_rollups.${dimension}`));
	const sums = sumColumns.map((column) => sql`sum(${sql.ref(column)}) as ${sql.ref(column)}`);
	return sql`
		with spans (span, begins, ends) as (values ${sql.join(spans)})
		select ${sql.join([sql.ref("span"), ...keys, ...sums])}
		from spans cross join usage_rollups
		where scope = ${scope} and bucket >= begins and bucket < ends
		group by ${sql.join([sql.ref("span"), ...keys])}`.compile(database);
}

export function rollupGroups(rows: readonly Readonly<Record<string, unknown>>[], { by }: RollupQuery): readonly RollupGroup[] {
	return rows.map((row) => {
		const count = (column: string) => Number(row[column]);
		return {
			span: count("span"),
			key: Object.fromEntries(by.map((dimension) => [dimension, restoredText(String(row[dimension]))])),
			requests: count("requests"),
			inputTokens: count("input_tokens"),
			outputTokens: count("output_tokens"),
			cachedInputTokens: count("cached_input_tokens"),
			cacheWriteTokens: count("cache_write_tokens"),
			reasoningTokens: count("reasoning_tokens"),
			costMicroUsd: count("cost_micro_usd"),
			unpriced: count("unpriced"),
			durationMs: count("duration_ms"),
			firstEventMs: count("first_event_ms"),
			firstEvents: count("first_events"),
			latency: latencyColumns.map(count),
		};
	});
}
