import type { Context } from "./context.ts";
import { addMoments, fading, type Moments, noMoments } from "./moments.ts";
import type { Aspect, Tuning } from "./tuning.ts";

/**
 * What was learnt of one route in one project: plain JSON, sums that fade. What one instance learnt is a state as well, so that
 * states of several instances add up, in any order.
 */
export interface LearnState {
	readonly targets: Readonly<Record<string, TargetState>>;
	/** Fading counts, for the bound on exploration. */
	readonly choices: Choices;
}

export interface Choices {
	readonly at: number;
	readonly made: number;
	readonly exploratory: number;
}

/** Of one target, by its label. */
export interface TargetState {
	readonly totals: Totals;
	readonly success: Success;
	readonly pairs: Pairs;
	readonly cells: Readonly<Record<Context, Cell>>;
	/** The newest outcomes, oldest first. */
	readonly recent: readonly Recent[];
}

/** Never fading: for those who look at them. */
export interface Totals {
	readonly calls: number;
	/** Over those with a known latency. */
	readonly timed: number;
	readonly latencyMs: number;
	/** Over those with known tokens. */
	readonly counted: number;
	readonly tokensOut: number;
	/** Words of feedback. */
	readonly words: number;
}

export interface Success {
	readonly at: number;
	readonly made: number;
	readonly ok: number;
}

/** Of outcomes that follow one another: how many pairs, and half of the squares of their differences, which is how far they scatter. */
export interface Pairs {
	readonly at: number;
	readonly latency: PairSums;
	readonly cost: PairSums;
}
export type PairSums = readonly [count: number, halfSquares: number];
export const noPairs: PairSums = [0, 0];

/** Sums as they stand at `at`. */
export interface Cell extends Readonly<Record<Aspect, Moments>> {
	readonly at: number;
}

/** One outcome. The residuals are logarithms: how far it was from what was usual; `null` where it was not measured. */
export type Recent = readonly [at: number, ok: 0 | 1, latencyResidual: number | null, costResidual: number | null];

export const emptyState: LearnState = { targets: {}, choices: { at: 0, made: 0, exploratory: 0 } };

export const emptyTarget: TargetState = {
	totals: { calls: 0, timed: 0, latencyMs: 0, counted: 0, tokensOut: 0, words: 0 },
	success: { at: 0, made: 0, ok: 0 },
	pairs: { at: 0, latency: noPairs, cost: noPairs },
	cells: {},
	recent: [],
};

export function emptyCell(at: number): Cell {
	return { at, quality: noMoments, latency: noMoments, cost: noMoments };
}

/** Commutative and associative (up to rounding), with `emptyState` as its neutral element. Each part must be added exactly once. */
export function addStates(one: LearnState, other: LearnState, tuning: Tuning): LearnState {
	return {
		targets: joined(one.targets, other.targets, (mine, theirs) => addTargets(mine, theirs, tuning)),
		choices: addChoices(one.choices, other.choices, tuning),
	};
}

function addTargets(one: TargetState, other: TargetState, tuning: Tuning): TargetState {
	return {
		totals: addTotals(one.totals, other.totals),
		success: addSuccess(one.success, other.success, tuning),
		pairs: addPairs(one.pairs, other.pairs, tuning),
		cells: joined(one.cells, other.cells, (mine, theirs) => addCells(mine, theirs, tuning)),
		recent: newest(one.recent, other.recent, tuning.recent),
	};
}

function addTotals(one: Totals, other: Totals): Totals {
	return {
		calls: one.calls + other.calls,
		timed: one.timed + other.timed,
		latencyMs: one.latencyMs + other.latencyMs,
		counted: one.counted + other.counted,
		tokensOut: one.tokensOut + other.tokensOut,
		words: one.words + other.words,
	};
}

function addSuccess(one: Success, other: Success, { halfLifeMs }: Tuning): Success {
	const at = Math.max(one.at, other.at);
	const mine = fading(at - one.at, halfLifeMs.ok);
	const theirs = fading(at - other.at, halfLifeMs.ok);
	return { at, made: one.made * mine + other.made * theirs, ok: one.ok * mine + other.ok * theirs };
}

function addPairs(one: Pairs, other: Pairs, { halfLifeMs }: Tuning): Pairs {
	const at = Math.max(one.at, other.at);
	const mine = fading(at - one.at, halfLifeMs.pairs);
	const theirs = fading(at - other.at, halfLifeMs.pairs);
	const add = (aspect: "latency" | "cost"): PairSums => [
		one[aspect][0] * mine + other[aspect][0] * theirs,
		one[aspect][1] * mine + other[aspect][1] * theirs,
	];
	return { at, latency: add("latency"), cost: add("cost") };
}

function addChoices(one: Choices, other: Choices, { halfLifeMs }: Tuning): Choices {
	const at = Math.max(one.at, other.at);
	const mine = fading(at - one.at, halfLifeMs.choices);
	const theirs = fading(at - other.at, halfLifeMs.choices);
	return { at, made: one.made * mine + other.made * theirs, exploratory: one.exploratory * mine + other.exploratory * theirs };
}

function addCells(one: Cell, other: Cell, { halfLifeMs }: Tuning): Cell {
	const at = Math.max(one.at, other.at);
	const add = (aspect: Aspect) =>
		addMoments(one[aspect], fading(at - one.at, halfLifeMs[aspect]), other[aspect], fading(at - other.at, halfLifeMs[aspect]));
	return { at, quality: add("quality"), latency: add("latency"), cost: add("cost") };
}

/** The newest of both, in one order whoever merges. */
function newest(one: readonly Recent[], other: readonly Recent[], most: number): readonly Recent[] {
	if (other.length === 0) return one;
	const last = one.at(-1);
	const [only] = other;
	// Nearly always one outcome is added that is the newest.
	if (other.length === 1 && only !== undefined && (last === undefined || last[0] < only[0])) return [...one.slice(Math.max(0, one.length + 1 - most)), only];
	return [...one, ...other].toSorted(compareRecent).slice(-most);
}

function compareRecent(one: Recent, other: Recent): number {
	return one[0] - other[0] || one[1] - other[1] || (one[2] ?? 0) - (other[2] ?? 0) || (one[3] ?? 0) - (other[3] ?? 0);
}

function joined<Value>(
	one: Readonly<Record<string, Value>>,
	other: Readonly<Record<string, Value>>,
	add: (mine: Value, theirs: Value) => Value,
): Readonly<Record<string, Value>> {
	const all: Record<string, Value> = { ...one };
	for (const [key, theirs] of Object.entries(other)) {
		const mine = Object.hasOwn(all, key) ? all[key] : undefined;
		all[key] = mine === undefined ? theirs : add(mine, theirs);
	}
	return all;
}
