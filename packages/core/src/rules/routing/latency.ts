/** A smoothed time to the first content (streams) or to the whole answer. */
export interface Latency {
	readonly ms: number;
	/** When it was measured last, in milliseconds since 1970. */
	readonly at: number;
}

const weightOfNewest = 0.2;
const halfLifeMs = 10 * 60_000;

/** Exponentially weighted moving average. */
export function addLatency(latency: Latency | undefined, ms: number, now: number): Latency {
	return { ms: latency === undefined ? ms : latency.ms + weightOfNewest * (ms - latency.ms), at: now };
}

/**
 * The measure as it counts now: it halves every ten minutes without a new one, so that a target that was slow once is tried again.
 * Nothing measured counts as 0.
 */
export function decayedLatency(latency: Latency | undefined, now: number): number {
	return latency === undefined ? 0 : latency.ms * 0.5 ** (Math.max(0, now - latency.at) / halfLifeMs);
}
