import { type Context, isWhole } from "./context.ts";
import { believe, type Belief } from "./belief.ts";
import { momentsOf } from "./moments.ts";
import { pairOf, shiftOf } from "./recent.ts";
import { addStates, type Cell, emptyCell, emptyState, emptyTarget, type LearnState, type Recent, type TargetState } from "./state.ts";
import { atLeast, unit } from "./utility.ts";
import { type Aspect, defaultTuning, type Tuning } from "./tuning.ts";

/** What is thought of a target before it is asked: from its prices, and from published speeds. */
export interface Expectation {
	readonly latencyMs?: number | undefined;
	readonly costMicroUsd?: number | undefined;
}

export type Outcome = ChoiceOutcome | Feedback;

/** How a request went at a target. Of what is nobody's or the caller's fault there is no outcome. */
export interface ChoiceOutcome {
	readonly kind: "choice";
	/** Its label. */
	readonly target: string;
	readonly context: Context;
	readonly ok: boolean;
	/** To the first content (streams) or to the whole answer, of one that came. */
	readonly latencyMs?: number | undefined;
	readonly costMicroUsd?: number | undefined;
	readonly tokensOut?: number | undefined;
	/** What was expected of this target when it was chosen; a session's cached prompt taken into account. */
	readonly expected: Expectation;
	/** Whether `chooseOrder` said so of it; `false` for those that were fallen back to. */
	readonly exploratory: boolean;
}

/** Somebody's word on an answer, whenever it comes. */
export interface Feedback {
	readonly kind: "feedback";
	readonly target: string;
	readonly context: Context;
	/** 0 to 1. */
	readonly score: number;
}

/**
 * The state with one outcome more.
 *
 * @param at milliseconds since 1970: of the outcome; for feedback of the choice, so that late words on old answers count less.
 */
export function learn(state: LearnState, outcome: Outcome, at: number, tuning: Tuning = defaultTuning): LearnState {
	return addStates(state, whatIsLearnt(state, outcome, at, tuning), tuning);
}

/**
 * What one outcome adds, as a state of its own: to be added to what an instance has not written yet.
 *
 * @param state all that is known, others' as well: what is unusual can only be told from what is usual.
 */
export function whatIsLearnt(state: LearnState, outcome: Outcome, at: number, tuning: Tuning = defaultTuning): LearnState {
	const { target: label, context } = outcome;
	if (outcome.kind === "feedback") {
		const cell = { ...emptyCell(at), quality: momentsOf(unit(outcome.score), 1) };
		return { ...emptyState, targets: { [label]: { ...emptyTarget, totals: { ...emptyTarget.totals, words: 1 }, cells: { [context]: cell } } } };
	}
	const { ok, tokensOut, exploratory } = outcome;
	const latencyMs = ok ? outcome.latencyMs : undefined;
	const known = Object.hasOwn(state.targets, label) ? (state.targets[label] ?? emptyTarget) : emptyTarget;
	const shift = shiftOf(known, at, tuning);
	const latency = logRatio(latencyMs, outcome.expected.latencyMs ?? unknownLatencyMs(context));
	const cost = ok ? logRatio(outcome.costMicroUsd, outcome.expected.costMicroUsd ?? unknownCostMicroUsd) : undefined;
	const residual = (aspect: "latency" | "cost", value: number | undefined) => {
		if (value === undefined) return null;
		const { mean, variance } = usual(known, aspect, { context, now: at, expected: outcome.expected }, tuning);
		// What was not known is no change: the part of the difference that scatter explains.
		return (value - mean) / Math.sqrt(1 + variance / tuning.noise[aspect] ** 2);
	};
	const weigh = (value: number | undefined, isShifted: boolean) => (value === undefined ? undefined : momentsOf(value, isShifted ? tuning.unusualWeight : 1));
	const latencyMoments = weigh(latency, shift.isSlow);
	const costMoments = weigh(cost, shift.isDear);
	const cell: Cell = {
		...emptyCell(at),
		...(latencyMoments === undefined ? {} : { latency: latencyMoments }),
		...(costMoments === undefined ? {} : { cost: costMoments }),
	};
	const entry: Recent = [at, ok ? 1 : 0, residual("latency", latency), residual("cost", cost)];
	const before = shift.isAlarm ? undefined : known.recent.at(-1);
	const pairs = { at, latency: pairOf(before?.[2], entry[2], tuning.noise.latency), cost: pairOf(before?.[3], entry[3], tuning.noise.cost) };
	const counts = shift.failures === undefined ? 1 : tuning.unusualWeight;
	const target: TargetState = {
		totals: {
			calls: 1,
			timed: latencyMs === undefined ? 0 : 1,
			latencyMs: latencyMs ?? 0,
			counted: tokensOut === undefined ? 0 : 1,
			tokensOut: tokensOut ?? 0,
			words: 0,
		},
		success: { at, made: counts, ok: ok ? counts : 0 },
		pairs,
		cells: latencyMoments === undefined && costMoments === undefined ? {} : { [context]: cell },
		recent: [entry],
	};
	return { targets: { [label]: target }, choices: { at, made: 1, exploratory: exploratory ? 1 : 0 } };
}

/** The logarithm of what is usual against what is expected. */
export function usual(
	target: TargetState,
	aspect: Exclude<Aspect, "quality">,
	{ context, now, expected }: { readonly context: Context; readonly now: number; readonly expected: Expectation },
	tuning: Tuning,
): Belief {
	const isExpected = (aspect === "latency" ? expected.latencyMs : expected.costMicroUsd) !== undefined;
	// Where nothing was published everything is a surprise.
	const surprise = isExpected ? tuning.surprise[aspect] : 1;
	const assumption = { mean: 0, strength: (tuning.noise[aspect] / surprise) ** 2 };
	return believe(target, aspect, { context, now, assumption, contexts: tuning.contexts[aspect], scatter: tuning.noise[aspect] }, tuning);
}

/** Of what nobody published. */
export function unknownLatencyMs(context: Context): number {
	return isWhole(context) ? 6000 : 1000;
}
export const unknownCostMicroUsd = 1000;

function logRatio(value: number | undefined, expected: number): number | undefined {
	return value === undefined ? undefined : Math.log(atLeast(value) / atLeast(expected));
}
