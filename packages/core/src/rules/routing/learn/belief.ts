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

export interface Circumstances {
	readonly context: Context;
	readonly now: number;
	readonly assumption: Assumption;
	/** Standard deviation of a context's true value around its target's. */
	readonly contexts: number;
	/** Standard deviation of one observation. */
	readonly scatter: number;
}

/**
 * A hierarchy of two levels of normal distributions: what is assumed of the target, corrected by what was observed of it in other
 * contexts, is the assumption for the context, corrected by what was observed in it.
 */
export function believe(
	target: TargetState,
	aspect: Aspect,
	{ context, now, assumption, contexts, scatter: deviation }: Circumstances,
	{ halfLifeMs }: Tuning,
): Belief {
	const halfLife = halfLifeMs[aspect];
	const scatter = deviation ** 2;
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
	/** Standard deviation of one word around what is usual of the target in the context. */
	readonly scatter: number;
}

/** By moments: how words on the same scatter, and what contexts differ beyond what that explains, over all targets. */
export function routeQuality(targets: readonly TargetState[], now: number, { halfLifeMs, noise, contexts, surprise }: Tuning): RouteQuality {
	const assumedScatter = noise.quality ** 2;
	let meanWeight = assumedQuality.strength;
	let meanSum = assumedQuality.strength * assumedQuality.mean;
	let feedback = 0;
	let within = 0;
	let repeated = 0;
	let between = 0;
	let others = 0;
	let room = 0;
	for (const { cells } of targets) {
		let count = 0;
		let sum = 0;
		let squaredMeans = 0;
		let squaredCounts = 0;
		let seen = 0;
		for (const key in cells) {
			const cell = cells[key];
			if (cell === undefined) continue;
			const kept = fading(now - cell.at, halfLifeMs.quality);
			const observed = cell.quality[0] * kept;
			if (observed === 0) continue;
			const total = cell.quality[1] * kept;
			count += observed;
			sum += total;
			squaredMeans += (total * total) / observed;
			squaredCounts += observed * observed;
			seen += Math.min(1, observed);
			within += Math.max(0, cell.quality[2] * kept - (total * total) / observed);
		}
		if (count === 0) continue;
		feedback += count;
		repeated += count - seen;
		// What one target is like says little of another, however often it was asked.
		const weight = count / (count + assumedScatter / surprise.quality ** 2);
		meanWeight += weight;
		meanSum += weight * (sum / count);
		if (seen > 1) {
			between += squaredMeans - (sum * sum) / count;
			others += seen - 1;
			room += count - squaredCounts / count;
		}
	}
	const scatter = (assumedWords * assumedScatter + within) / (assumedWords + repeated);
	const variance = (assumedRoom * contexts.quality ** 2 + between - others * scatter) / (assumedRoom + room);
	return { mean: meanSum / meanWeight, contexts: Math.sqrt(Math.min(0.09, Math.max(1e-4, variance))), feedback, scatter: Math.sqrt(scatter) };
}
const assumedQuality = { mean: 0.6, strength: 3 };
/** Words that the assumed scatter is worth. */
const assumedWords = 30;
/** Observations that the assumed spread of contexts is worth. */
const assumedRoom = 100;
