import { bucketMs, dayMs, latencyBoundsMs } from "../../../rules/usage/rollup.ts";

/** Whose roll-ups: those of one project, or of all that passes. Ids come from anywhere, so each kind has a letter of its own. */
export const gatewayScope = "g";
export const projectScopePrefix = "p:";

/**
 * Each sum is kept three times, by quarters of an hour, by hours and by days (UTC), so that a question about a year reads hundreds of
 * rows and not tens of thousands. The longest come first.
 */
export const rollupLevels: readonly RollupLevel[] = [
	{ bucketMs: dayMs, gatewayScope: "gd", projectScopePrefix: "pd:" },
	{ bucketMs: 3_600_000, gatewayScope: "gh", projectScopePrefix: "ph:" },
	{ bucketMs, gatewayScope, projectScopePrefix },
];
export interface RollupLevel {
	readonly bucketMs: number;
	readonly gatewayScope: string;
	readonly projectScopePrefix: string;
}

export const latencyColumns = Array.from({ length: latencyBoundsMs.length + 1 }, (_, slot) => `latency_${slot}`);
export const sumColumns = [
	"requests",
	"input_tokens",
	"output_tokens",
	"cached_input_tokens",
	"cache_write_tokens",
	"reasoning_tokens",
	"cost_micro_usd",
	"unpriced",
	"duration_ms",
	"first_event_ms",
	"first_events",
	...latencyColumns,
];
export const keyColumns = ["scope", "bucket", "provider", "model", "route", "outcome", "cached"];

/** What adds one row to the roll-ups, without the values that stand in its midst: for the transaction that files the records. */
export const rollupUpsert = {
	before: `insert into usage_rollups (${[...keyColumns, ...sumColumns].join(", ")}) values`,
	after: `on conflict (${keyColumns.join(", ")}) do update set ${sumColumns.map((column) => `${column} = usage_rollups.${column} + excluded.${column}`).join(", ")}`,
};
