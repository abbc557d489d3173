import { fading } from "./moments.ts";
import { noPairs, type PairSums, type TargetState } from "./state.ts";
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
 * row, or about three outcomes that are slower or dearer by twice their scatter; one or two stalls are none. Being counted in
 * outcomes, it is as quick under any load. An alarm fades: a target that nobody asks any more gets another chance.
 */
export function shiftOf({ recent, pairs }: TargetState, now: number, { newest, alarm, noise, drift, assumedPairs }: Tuning): Shift {
	const last = recent.at(-1);
	if (last === undefined) return noShift;
	const scatterOf = (aspect: "latency" | "cost") => {
		const [count, halfSquares] = pairs[aspect];
		return Math.sqrt((assumedPairs * noise[aspect] ** 2 + halfSquares) / (assumedPairs + count));
	};
	const latency: Followed = { scatter: scatterOf("latency"), average: 0, signal: 0, sum: 0, count: 0 };
	const cost: Followed = { scatter: scatterOf("cost"), average: 0, signal: 0, sum: 0, count: 0 };
	let failures = 0;
	for (const [at, ok, latencyResidual, costResidual] of recent) {
		failures += newest * (1 - ok - failures);
		const kept = fading(now - at, drift.halfLifeMs);
		if (latencyResidual !== null) follow(latency, latencyResidual, kept, newest);
		if (costResidual !== null) follow(cost, costResidual, kept, newest);
	}
	const faded = fading(now - last[0], alarm.halfLifeMs);
	const isFailing = failures * faded > alarm.failures;
	const isSlow = Math.abs(latency.signal) * faded > alarm.deviations * latency.scatter;
	const isDear = Math.abs(cost.signal) * faded > alarm.deviations * cost.scatter;
	const [, ok, latencyResidual, costResidual] = last;
	return {
		failures: isFailing ? failures * faded : undefined,
		latency: isSlow ? latency.average * faded : drifted(latency, drift.latency),
		cost: isDear ? cost.average * faded : drifted(cost, drift.cost),
		isSlow,
		isDear,
		isAlarm: isFailing || isSlow || isDear,
		seemsBack: ok === 1 && (!isSlow || Math.abs(latencyResidual ?? 0) < latency.scatter) && (!isDear || Math.abs(costResidual ?? 0) < cost.scatter),
	};
}

interface Followed {
	/** Standard deviation of one outcome. */
	readonly scatter: number;
	/** How far off the newest are. */
	average: number;
	/** How surely they are off: one outlier counts as no more than another. */
	signal: number;
	sum: number;
	count: number;
}

function follow(followed: Followed, residual: number, kept: number, newest: number): void {
	const modest = within(outlier * followed.scatter, residual);
	followed.average += newest * (within(largestShift, residual) - followed.average);
	followed.signal += newest * (modest - followed.signal);
	followed.sum += kept * modest;
	followed.count += kept;
}
/** In standard deviations. */
const outlier = 2;
/** Of a logarithm: by a factor of twenty. */
const largestShift = 3;

/** The mean, as far as drift explains it better than scatter. */
function drifted({ sum, count, scatter }: Followed, drift: number): number {
	return drift === 0 ? 0 : sum / (count + (scatter / drift) ** 2);
}

/** What one outcome and the one before it say of how outcomes scatter. A change is no scatter. */
export function pairOf(one: number | null | undefined, other: number | null, noise: number): PairSums {
	if (one === null || one === undefined || other === null) return noPairs;
	const most = largestScatter * noise;
	return [1, (within(most, one) - within(most, other)) ** 2 / 2];
}
/** In standard deviations as they are assumed. */
const largestScatter = 3.5;

function within(most: number, value: number): number {
	return Math.max(-most, Math.min(most, value));
}
