import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { RollupGroup, RollupQuery } from "../insights-store.ts";
import { latencyColumns, type RollupLevel, rollupLevels, sumColumns } from "./rollup-statement.ts";
import type { Database } from "./schema.ts";
import { restoredText, storableText } from "./storable-text.ts";

/** A part of a span: one range of the primary key. */
interface Range {
	readonly level: RollupLevel;
	readonly begins: number;
	readonly ends: number;
}

/** The whole days between two edges, the whole hours at both ends of these, and the quarters of an hour that are left. */
function rangesBetween(begins: number, ends: number, [level, ...finer]: readonly RollupLevel[]): readonly Range[] {
	if (level === undefined || begins >= ends) return [];
	if (finer.length === 0) return [{ level, begins, ends }];
	const first = Math.ceil(begins / level.bucketMs) * level.bucketMs;
	const last = Math.floor(ends / level.bucketMs) * level.bucketMs;
	if (first >= last) return rangesBetween(begins, ends, finer);
	return [...rangesBetween(begins, first, finer), { level, begins: first, ends: last }, ...rangesBetween(last, ends, finer)];
}

export function rollupQuery(database: Kysely<Database>, { projectId, edges, by }: RollupQuery): CompiledQuery {
	const scopeOf = ({ gatewayScope, projectScopePrefix }: RollupLevel) => (projectId === undefined ? gatewayScope : projectScopePrefix + storableText(projectId));
	const ranges = edges.slice(1).flatMap((end, span) =>
		rangesBetween(edges[span] ?? end, end, rollupLevels).map(({ level, begins, ends }) => sql`(${span}, ${scopeOf(level)}, ${begins}, ${ends})`),
	);
	if (ranges.length === 0) ranges.push(sql`(0, '', 0, 0)`);
	const keys = by.map((dimension) => sql.ref(`usage_rollups.${dimension}`));
	const sums = sumColumns.map((column) => sql`sum(${sql.ref(column)}) as ${sql.ref(column)}`);
	return sql`
		with ranges (span, of_scope, begins, ends) as (values ${sql.join(ranges)})
		select ${sql.join([sql.ref("span"), ...keys, ...sums])}
		from ranges cross join usage_rollups
		where scope = of_scope and bucket >= begins and bucket < ends
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
