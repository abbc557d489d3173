import { type Context, isWhole, likeness } from "./context.ts";
import { fading } from "./moments.ts";
import type { TargetState } from "./state.ts";
import type { Aspect, Tuning } from "./tuning.ts";

/** What is believed of one aspect of a target in a context. */
export interface Belief {
	readonly mean: number;
	readonly variance: number;
	/** Observations it rests on: those of other contexts count by their likeness. */
	readonly count: number;
}

/** What is believed before anything was observed, worth `strength` (more than 0) observations. */
export interface Assumption {
	readonly mean: number;
	readonly strength: number;
}

/**
 * A hierarchy of two levels of normal distributions: what is assumed of the target, corrected by what was observed of it in other
 * contexts, is the assumption for the context, corrected by what was observed in it.
 *
 * @param contexts standard deviation of a context's true value around its target's.
 */
export function believe(
	target: TargetState,
	aspect: Aspect,
	{ context, now, assumption, contexts }: { readonly context: Context; readonly now: number; readonly assumption: Assumption; readonly contexts: number },
	{ halfLifeMs, noise }: Tuning,
): Belief {
	const halfLife = halfLifeMs[aspect];
	const scatter = noise[aspect] ** 2;
	let ownCount = 0;
	let ownSum = 0;
	let count = 0;
	let sum = 0;
	for (const key in target.cells) {
		const cell = target.cells[key];
		if (cell === undefined) continue;
		const kept = fading(now - cell.at, halfLife);
		const observed = cell[aspect][0] * kept;
		if (observed === 0) continue;
		if (key === context) {
			ownCount = observed;
			ownSum = cell[aspect][1] * kept;
			continue;
		}
		// The first content of a stream comes long before a whole answer; how long, differs by target.
		const apart = aspect === "latency" && isWhole(context) !== isWhole(key) ? streamsApart ** 2 : 0;
		// A context that was seen often says no more of another than its own deviation lets it.
		const counts = observed / (1 + (observed * (2 * (1 - likeness(context, key)) * contexts * contexts + apart)) / scatter);
		count += counts;
		sum += counts * (cell[aspect][1] / cell[aspect][0]);
	}
	const outer = assumption.strength + count;
	const outerMean = (assumption.strength * assumption.mean + sum) / outer;
	const outerVariance = scatter / outer + (contexts * contexts) / 2;
	const precision = 1 / outerVariance + ownCount / scatter;
	return { mean: (outerMean / outerVariance + ownSum / scatter) / precision, variance: 1 / precision, count: ownCount + count };
}

/** Standard deviation between the latencies of streams and of whole answers (logarithms, each against what was expected). */
const streamsApart = 0.5;

/** Share of requests that a target answers, as is usual of it. */
export function usualSuccess({ success }: TargetState, now: number, { halfLifeMs }: Tuning): number {
	const kept = fading(now - success.at, halfLifeMs.ok);
	return (assumedSuccess.ok + success.ok * kept) / (assumedSuccess.made + success.made * kept);
}
const assumedSuccess = { made: 20, ok: 19.8 };

/** What the feedback on a route's targets says of a target of which nothing was heard, and of how much contexts matter. */
export interface RouteQuality {
	readonly mean: number;
	/** Standard deviation of a context's quality around its target's. */
	readonly contexts: number;
	/** Fading count of feedback: where there is none, no quality is to be found out. */
	readonly feedback: number;
}

/** By moments: what contexts differ beyond what their scatter explains, over all targets. */
export function routeQuality(targets: readonly TargetState[], now: number, { halfLifeMs, noise, contexts, surprise }: Tuning): RouteQuality {
	const scatter = noise.quality ** 2;
	let meanWeight = assumedQuality.strength;
	let meanSum = assumedQuality.strength * assumedQuality.mean;
	let feedback = 0;
	let excess = 0;
	let room = 0;
	for (const { cells } of targets) {
		let count = 0;
		let sum = 0;
		let between = 0;
		let squaredCounts = 0;
		let seen = 0;
		for (const key in cells) {
			const cell = cells[key];
			if (cell === undefined || cell.quality[0] === 0) continue;
			const kept = fading(now - cell.at, halfLifeMs.quality);
			const observed = cell.quality[0] * kept;
			const total = cell.quality[1] * kept;
			count += observed;
			sum += total;
			between += (total * total) / observed;
			squaredCounts += observed * observed;
			seen += Math.min(1, observed);
		}
		if (count === 0) continue;
		feedback += count;
		// What one target is like says little of another, however often it was asked.
		const weight = count / (count + scatter / surprise.quality ** 2);
		meanWeight += weight;
		meanSum += weight * (sum / count);
		if (seen > 1) {
			excess += between - (sum * sum) / count - (seen - 1) * scatter;
			room += count - squaredCounts / count;
		}
	}
	const variance = (assumedRoom * contexts.quality ** 2 + excess) / (assumedRoom + room);
	return { mean: meanSum / meanWeight, contexts: Math.sqrt(Math.min(0.09, Math.max(1e-4, variance))), feedback };
}
const assumedQuality = { mean: 0.6, strength: 3 };
/** Observations that the assumed spread of contexts is worth. */
const assumedRoom = 100;
