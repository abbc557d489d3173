import type { Recent } from "./state.ts";
import type { Tuning } from "./tuning.ts";

/** How a target does now, beside what is usual of it. */
export interface Shift {
	/** Share of failures, where so many fail that it is a change. */
	readonly failures: number | undefined;
	/** To be added to the logarithms; 0 where there is no change. */
	readonly latency: number;
	readonly cost: number;
	/** The newest outcome was as usual again. */
	readonly seemsBack: boolean;
}

export const noShift: Shift = { failures: undefined, latency: 0, cost: 0, seemsBack: false };

/**
 * A change is noticed by moving averages over the newest outcomes (a control chart): it takes two failures in a row, or about three
 * outcomes that are dearer or slower by twice their usual scatter. Being counted in outcomes, it is as quick under any load.
 */
export function shiftOf(recent: readonly Recent[], { newest, alarm, noise }: Tuning): Shift {
	const last = recent.at(-1);
	if (last === undefined) return noShift;
	let failures = 0;
	let latency = 0;
	let cost = 0;
	for (const [, ok, latencyResidual, costResidual] of recent) {
		failures += newest * (1 - ok - failures);
		if (latencyResidual !== null) latency += newest * (clipped(latencyResidual, noise.latency) - latency);
		if (costResidual !== null) cost += newest * (clipped(costResidual, noise.cost) - cost);
	}
	const isFailing = failures > alarm.failures;
	const isSlow = Math.abs(latency) > alarm.deviations * noise.latency;
	const isDear = Math.abs(cost) > alarm.deviations * noise.cost;
	if (!isFailing && !isSlow && !isDear) return noShift;
	const [, ok, latencyResidual, costResidual] = last;
	return {
		failures: isFailing ? failures : undefined,
		latency: isSlow ? latency : 0,
		cost: isDear ? cost : 0,
		seemsBack: ok === 1 && (!isSlow || Math.abs(latencyResidual ?? 0) < noise.latency) && (!isDear || Math.abs(costResidual ?? 0) < noise.cost),
	};
}

/** One outlier is no change. */
function clipped(residual: number, noise: number): number {
	const most = 3.5 * noise;
	return Math.max(-most, Math.min(most, residual));
}
