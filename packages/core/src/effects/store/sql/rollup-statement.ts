import { bucketMs, latencyBoundsMs } from "../../../rules/usage/rollup.ts";

/** Whose roll-ups: those of one project, or of all that passes. Ids come from anywhere, so each kind has a letter of its own. */
export const gatewayScope = "g";
export const projectScopePrefix = "p:";

const keys = ["scope", "bucket", "provider", "model", "route", "outcome", "cached"];

export const latencyColumns = Array.from({ length: latencyBoundsMs.length + 1 }, (_, slot) => `latency_${slot}`);

/** Each sum with what it adds up of a record. */
const sums: Readonly<Record<string, string>> = {
	requests: "1",
	input_tokens: "coalesce(input_tokens, 0)",
	output_tokens: "coalesce(output_tokens, 0)",
	cached_input_tokens: "coalesce(cached_input_tokens, 0)",
	cache_write_tokens: "coalesce(cache_write_tokens, 0)",
	reasoning_tokens: "coalesce(reasoning_tokens, 0)",
	cost_micro_usd: "coalesce(cost_micro_usd, 0)",
	unpriced: "case when cost_micro_usd is null then 1 else 0 end",
	duration_ms: "round(duration_ms)",
	first_event_ms: "coalesce(round(first_event_ms), 0)",
	first_events: "case when first_event_ms is null then 0 else 1 end",
	...Object.fromEntries(latencyColumns.map((column, slot) => [column, `case when ${isInSlot(slot)} then 1 else 0 end`])),
};
export const sumColumns = Object.keys(sums);

function isInSlot(slot: number): string {
	const lower = latencyBoundsMs[slot - 1];
	const upper = latencyBoundsMs[slot];
	return [...(lower === undefined ? [] : [`duration_ms >= ${lower}`]), ...(upper === undefined ? [] : [`duration_ms < ${upper}`])].join(" and ");
}

const gateway = `'${gatewayScope}'`;
const project = `'${projectScopePrefix}' || project_id`;

/** A statement without the condition on `usage_records` that stands in its midst. */
export interface RollupStatement {
	readonly before: string;
	readonly after: string;
}

/**
 * What adds records to the roll-ups, for the transaction that files them, so that each counts exactly once; the missing condition is
 * met by those that were just filed. That a project is there is asked for in a way for which no index looks fit.
 */
export const rollupStatements: readonly RollupStatement[] = [statement(gateway, ""), statement(project, "case when project_id is null then 0 else 1 end = 1 and")];

function statement(scope: string, condition: string): RollupStatement {
	const values = [scope, `floor(started_at / ${bucketMs}) * ${bucketMs}`, "provider", "model", "coalesce(route, '')", "outcome", "coalesce(cached, '')"];
	const added = Object.values(sums).map((each) => `sum(${each})`);
	const updates = sumColumns.map((column) => `${column} = usage_rollups.${column} + excluded.${column}`);
	return {
		before: `insert into usage_rollups (${[...keys, ...sumColumns].join(", ")}) select ${[...values, ...added].join(", ")} from usage_records where ${condition}`,
		after: `group by ${values.map((_, at) => at + 1).join(", ")} on conflict (${keys.join(", ")}) do update set ${updates.join(", ")}`,
	};
}
