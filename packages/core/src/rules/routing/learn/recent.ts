import { fading } from "./moments.ts";
import type { Recent } from "./state.ts";
import type { Tuning } from "./tuning.ts";

/** How a target does now, beside what is usual of it. */
export interface Shift {
	/** Share of failures, where so many fail that it is a change. */
	readonly failures: number | undefined;
	/** To be added to the logarithms. */
	readonly latency: number;
	readonly cost: number;
	/** Which of them is large. */
	readonly isSlow: boolean;
	readonly isDear: boolean;
	/** There is a change that is large. */
	readonly isAlarm: boolean;
	/** The newest outcome was as usual again. */
	readonly seemsBack: boolean;
}

const noShift: Shift = { failures: undefined, latency: 0, cost: 0, isSlow: false, isDear: false, isAlarm: false, seemsBack: false };

/**
 * How the newest outcomes differ from what is usual. A small difference is believed as far as it is not scatter, and forgotten with
 * the time in which nothing new was seen. A large one is an alarm, by moving averages (a control chart): it takes two failures in a
 * row, or about three outcomes that are slower or dearer by twice their usual scatter. Being counted in outcomes, it is as quick
 * under any load.
 */
export function shiftOf(recent: readonly Recent[], now: number, { newest, alarm, noise, drift }: Tuning): Shift {
	const last = recent.at(-1);
	if (last === undefined) return noShift;
	const latency = { average: 0, sum: 0, count: 0 };
	const cost = { average: 0, sum: 0, count: 0 };
	let failures = 0;
	for (const [at, ok, latencyResidual, costResidual] of recent) {
		failures += newest * (1 - ok - failures);
		const kept = fading(now - at, drift.halfLifeMs);
		if (latencyResidual !== null) follow(latency, clipped(latencyResidual, noise.latency), kept, newest);
		if (costResidual !== null) follow(cost, clipped(costResidual, noise.cost), kept, newest);
	}
	const isFailing = failures > alarm.failures;
	const isSlow = Math.abs(latency.average) > alarm.deviations * noise.latency;
	const isDear = Math.abs(cost.average) > alarm.deviations * noise.cost;
	const [, ok, latencyResidual, costResidual] = last;
	return {
		failures: isFailing ? failures : undefined,
		latency: isSlow ? latency.average : drifted(latency, noise.latency, drift.latency),
		cost: isDear ? cost.average : drifted(cost, noise.cost, drift.cost),
		isSlow,
		isDear,
		isAlarm: isFailing || isSlow || isDear,
		seemsBack: ok === 1 && (!isSlow || Math.abs(latencyResidual ?? 0) < noise.latency) && (!isDear || Math.abs(costResidual ?? 0) < noise.cost),
	};
}

interface Followed {
	average: number;
	sum: number;
	count: number;
}

function follow(followed: Followed, residual: number, kept: number, newest: number): void {
	followed.average += newest * (residual - followed.average);
	followed.sum += kept * residual;
	followed.count += kept;
}

/** The mean, as far as drift explains it better than scatter. */
function drifted({ sum, count }: Followed, noise: number, drift: number): number {
	return drift === 0 ? 0 : sum / (count + (noise / drift) ** 2);
}

/** One outlier is no change. */
function clipped(residual: number, noise: number): number {
	const most = 3.5 * noise;
	return Math.max(-most, Math.min(most, residual));
}
