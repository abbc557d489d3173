import type { UsageRecord } from "../../contract/session.ts";

/**
 * Roll-ups: what many records come to, by a quarter of an hour, since time zones differ by quarters. They stay when records go, and
 * every question about many requests is answered from them.
 */
export const bucketMs = 900_000;
/** A day, UTC. */
export const dayMs = 86_400_000;

/** By what the sums are told apart. Text that is absent in a record is empty here. */
export interface RollupKey {
	readonly provider: string;
	readonly model: string;
	readonly route: string;
	readonly outcome: string;
	readonly cached: string;
}
export type RollupDimension = keyof RollupKey;

export interface RollupSums {
	readonly requests: number;
	readonly inputTokens: number;
	readonly outputTokens: number;
	readonly cachedInputTokens: number;
	readonly cacheWriteTokens: number;
	readonly reasoningTokens: number;
	readonly costMicroUsd: number;
	/** Requests of which nobody knows what they cost. */
	readonly unpriced: number;
	/** Whole milliseconds of all requests together. */
	readonly durationMs: number;
	/** The times to the first content, of those requests that had one. */
	readonly firstEventMs: number;
	readonly firstEvents: number;
	/** How many requests took less than each of `latencyBoundsMs` and not less than the one before; the last count is of the rest. */
	readonly latency: readonly number[];
}

export const latencyBoundsMs = [
	25, 50, 100, 150, 200, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 4000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 45_000, 60_000, 120_000, 300_000,
] as const;

export const noSums: RollupSums = {
	requests: 0,
	inputTokens: 0,
	outputTokens: 0,
	cachedInputTokens: 0,
	cacheWriteTokens: 0,
	reasoningTokens: 0,
	costMicroUsd: 0,
	unpriced: 0,
	durationMs: 0,
	firstEventMs: 0,
	firstEvents: 0,
	latency: Array.from({ length: latencyBoundsMs.length + 1 }, () => 0),
};

/** The beginning of the quarter of an hour that a time lies in. */
export function bucketOf(time: number): number {
	return Math.floor(time / bucketMs) * bucketMs;
}

/** The beginning of the day (UTC) that a time lies in. */
export function dayOf(time: number): number {
	return Math.floor(time / dayMs) * dayMs;
}

export function rollupKeyOf({ provider, model, route, outcome, cached }: UsageRecord): RollupKey {
	return { provider, model, route: route ?? "", outcome, cached: cached ?? "" };
}

export function rollupSumsOf({ usage, costMicroUsd, durationMs, firstEventMs }: UsageRecord): RollupSums {
	const found = latencyBoundsMs.findIndex((bound) => durationMs < bound);
	const slot = found === -1 ? latencyBoundsMs.length : found;
	return {
		requests: 1,
		inputTokens: usage.inputTokens ?? 0,
		outputTokens: usage.outputTokens ?? 0,
		cachedInputTokens: usage.cachedInputTokens ?? 0,
		cacheWriteTokens: usage.cacheWriteTokens ?? 0,
		reasoningTokens: usage.reasoningTokens ?? 0,
		costMicroUsd: costMicroUsd ?? 0,
		unpriced: costMicroUsd === undefined ? 1 : 0,
		durationMs: Math.round(durationMs),
		firstEventMs: Math.round(firstEventMs ?? 0),
		firstEvents: firstEventMs === undefined ? 0 : 1,
		latency: noSums.latency.map((_, at) => (at === slot ? 1 : 0)),
	};
}

export function addSums(one: RollupSums, other: RollupSums): RollupSums {
	return {
		requests: one.requests + other.requests,
		inputTokens: one.inputTokens + other.inputTokens,
		outputTokens: one.outputTokens + other.outputTokens,
		cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
		cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
		reasoningTokens: one.reasoningTokens + other.reasoningTokens,
		costMicroUsd: one.costMicroUsd + other.costMicroUsd,
		unpriced: one.unpriced + other.unpriced,
		durationMs: one.durationMs + other.durationMs,
		firstEventMs: one.firstEventMs + other.firstEventMs,
		firstEvents: one.firstEvents + other.firstEvents,
		latency: one.latency.map((count, at) => count + (other.latency[at] ?? 0)),
	};
}

/**
 * The time that a share of the requests stayed under, as near as the histogram knows: straight between the bounds of its slot.
 * `undefined` where there was no request.
 */
export function latencyQuantile({ latency }: Pick<RollupSums, "latency">, share: number): number | undefined {
	const total = latency.reduce((sum, count) => sum + count, 0);
	if (total === 0) return undefined;
	let below = 0;
	for (const [slot, count] of latency.entries()) {
		const lower = latencyBoundsMs[slot - 1] ?? 0;
		const upper = latencyBoundsMs[slot];
		if (below + count >= share * total && count > 0) {
			return upper === undefined ? lower : Math.round(lower + (upper - lower) * ((share * total - below) / count));
		}
		below += count;
	}
	return latencyBoundsMs.at(-1);
}
