import type { RollupDimension, RollupKey, RollupSums } from "../../rules/usage/rollup.ts";

/** What the usage records come to. A record counts from the moment at which it is durable, exactly once, also when it is gone. */
export interface InsightsStore {
	/** The sums of each span by the dimensions that are asked for; groups without a request are left out. In no order. */
	sum(query: RollupQuery): Promise<readonly RollupGroup[]>;
	/** Records that began before a time are deleted, and roll-ups of the days (UTC) that were over before another. */
	prune(before: { readonly records?: number; readonly rollups?: number }): Promise<void>;
}

export interface RollupQuery {
	/** Absent: of the whole gateway. */
	readonly projectId?: string | undefined;
	/**
	 * The edges of the spans, ascending, at full quarters of an hour: each begins at one edge and ends before the next. At least two.
	 */
	readonly edges: readonly number[];
	readonly by: readonly RollupDimension[];
}

export interface RollupGroup extends RollupSums {
	/** Which of the spans, from 0. */
	readonly span: number;
	/** Of the dimensions that were asked for. */
	readonly key: Partial<RollupKey>;
}
