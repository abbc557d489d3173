import type { UtilityWeights } from "../../../contract/route.ts";
import type { TargetScore } from "../../../contract/session.ts";
import { type Belief, routeQuality, type RouteQuality, believe, usualSuccess } from "./belief.ts";
import type { Context } from "./context.ts";
import { fading } from "./moments.ts";
import { type Expectation, unknownCostMicroUsd, unknownLatencyMs, usual } from "./learn.ts";
import { type Shift, shiftOf } from "./recent.ts";
import { emptyTarget, type LearnState, type TargetState } from "./state.ts";
import { defaultTuning, type Tuning } from "./tuning.ts";
import { atLeast, defaultWeights, meritPerLog, smallness, unit, utilityOf } from "./utility.ts";

export interface ChoiceInput {
	readonly state: LearnState;
	readonly context: Context;
	/** Those that are well, in the order of the route. At least one. */
	readonly targets: readonly [LearnTarget, ...LearnTarget[]];
	/** Milliseconds since 1970. */
	readonly now: number;
	/** In [0, 1), another one each time. */
	random(): number;
	readonly weights?: UtilityWeights | undefined;
	/** The target of the session's last turn, and what leaving it costs (`switchingCost`). */
	readonly session?: { readonly last: string; readonly switchingCost: number } | undefined;
	readonly tuning?: Tuning | undefined;
}

export interface LearnTarget {
	readonly label: string;
	/** Of this request there: from prices, and from a published speed if there is one. */
	readonly expected: Expectation;
	/** An operator's word on its quality, 0 to 1 (`PUT /v1/weights`). */
	readonly score?: number | undefined;
}

/**
 * Why a target comes first: it is best by what is known (`exploit`), it is tried to know more (`explore`), the session stays
 * (`sticky`), an operator's score made the difference (`override`), or there was no other (`explicit`).
 */
export type Reason = "explore" | "exploit" | "sticky" | "explicit" | "override";

export interface Explanation {
	readonly target: string;
	readonly reason: Reason;
	/** In the order of the targets that were handed in. */
	readonly scores: readonly TargetScore[];
}

export interface Choice {
	/** Labels: the chosen one, then the others by what is expected of them. */
	readonly order: readonly string[];
	readonly explanation: Explanation;
}

/**
 * An upper confidence bound, within bounds: to what is expected of a target is added what knowing it better may be worth, and the
 * largest is chosen. How much of it is added is drawn for each choice, so that choices at the same time are not all alike. A session
 * that stays somewhere is not experimented with, and leaves for what is better by more than its switching cost.
 */
export function chooseOrder(input: ChoiceInput): Choice {
	const { targets, tuning = defaultTuning, state, now, random } = input;
	const [only] = targets;
	const views = viewsOf(input, tuning);
	const best = largest(views, ({ mean }) => mean);
	if (targets.length === 1 || best === undefined) return explained([only.label], "explicit", views, undefined);

	const last = input.session === undefined ? undefined : views.find(({ label }) => label === input.session?.last);
	if (last !== undefined) {
		const isWorthLeaving = best.mean - last.mean > Math.max(0, input.session?.switchingCost ?? 0) + restlessness;
		return isWorthLeaving ? exploited(best, views, input, tuning) : explained(ordered(last, views), "sticky", views, undefined);
	}

	if (!mayExplore(state, now, tuning)) return exploited(best, views, input, tuning);
	const fallen = largest(views.filter(({ usually }) => usually > best.mean), ({ usually }) => usually);
	if (fallen !== undefined) {
		const { share, followUp } = tuning.probes;
		if (random() < (fallen.shift.seemsBack ? followUp : share)) return explained(ordered(fallen, views), "explore", views, undefined);
	}
	const boldness = tuning.boldness * 2 * random();
	const draws = views.map(({ mean, promise }) => mean + boldness * promise);
	// Begins anywhere: those of which the same is known are asked alike.
	let chosen = Math.floor(random() * draws.length);
	for (let index = 0; index < draws.length; index++) {
		if ((draws[index] ?? 0) > (draws[chosen] ?? 0)) chosen = index;
	}
	const first = views[chosen] ?? best;
	return best.mean - first.mean <= indifference ? exploited(first, views, input, tuning, draws) : explained(ordered(first, views), "explore", views, draws);
}

/** What is expected to be worse by so little is as good, and no exploration. */
const indifference = 0.01;
/** A session does not move for less. */
const restlessness = 0.02;

interface View {
	readonly label: string;
	readonly mean: number;
	/** How much better it may turn out to be, as far as asking it tells, and as there are choices left that profit. */
	readonly promise: number;
	/** The mean without the alarm; 0 where there is none. */
	readonly usually: number;
	readonly shift: Shift;
	readonly n: number;
}

function viewsOf({ state, context, targets, now, weights = defaultWeights }: ChoiceInput, tuning: Tuning): readonly View[] {
	const states = targets.map(({ label }) => (Object.hasOwn(state.targets, label) ? (state.targets[label] ?? emptyTarget) : emptyTarget));
	const route = routeQuality(states, now, tuning);
	const priced = targets.flatMap(({ expected }) => (expected.costMicroUsd === undefined ? [] : [Math.log(atLeast(expected.costMicroUsd))]));
	const ordinaryPrice = average(priced, (price) => price);
	const beliefs = targets.map((target, index) => beliefsOf(target, states[index] ?? emptyTarget, { context, now, route, ordinaryPrice }, tuning));
	// What nobody knows the price of is taken for as dear as the dearest.
	const dearest = beliefs.reduce((most, { costLog, isPriced }) => (isPriced ? Math.max(most, costLog) : most), Number.NEGATIVE_INFINITY);
	const costOf = ({ costLog, isPriced }: Beliefs) => (isPriced || dearest === Number.NEGATIVE_INFINITY ? costLog : Math.max(dearest, costLog));
	const ordinaryLatency = average(beliefs, ({ latencyLog }) => latencyLog);
	const ordinaryCost = average(beliefs, costOf);
	const whole = weights.quality + weights.latency + weights.cost;
	const wordRate = route.feedback === 0 ? 0 : wordsPerAnswer(states);
	return beliefs.map((belief) => {
		const { label, quality, shift, success, latencyVariance, costVariance, latencyLog, n } = belief;
		const costLog = costOf(belief);
		const worth = (latencyShift: number, costShift: number) =>
			utilityOf(
				{ quality: unit(quality.mean), latency: smallness(latencyLog + latencyShift - ordinaryLatency), cost: smallness(costLog + costShift - ordinaryCost) },
				weights,
			);
		const successNow = shift.failures === undefined ? success : Math.min(success, 1 - shift.failures);
		const promise =
			weights.quality ** 2 * worthKnowing(quality.variance, route.scatter, tuning.horizon.quality * wordRate) +
			(weights.latency * meritPerLog) ** 2 * worthKnowing(latencyVariance, tuning.noise.latency, tuning.horizon.latency) +
			(weights.cost * meritPerLog) ** 2 * worthKnowing(costVariance, tuning.noise.cost, tuning.horizon.cost);
		return {
			label,
			mean: successNow * worth(shift.latency, shift.cost),
			promise: whole <= 0 ? 0 : (successNow * Math.sqrt(promise)) / whole,
			usually: shift.isAlarm ? success * worth(0, 0) : 0,
			shift,
			n,
		};
	});
}

/**
 * How far above its mean a value is to be taken for, squared: the farther, the less is known of it and the more so many observations
 * would tell. Where they would tell no more than is known, not at all.
 */
function worthKnowing(variance: number, noise: number, horizon: number): number {
	const smaller = (horizon * variance) / (noise * noise);
	return smaller > 1 ? variance * Math.log(smaller) : 0;
}

/** How often somebody says what an answer was like. */
function wordsPerAnswer(states: readonly TargetState[]): number {
	let words = 2;
	let calls = 20;
	for (const { totals } of states) {
		words += totals.words;
		calls += totals.calls;
	}
	return Math.min(1, words / calls);
}

interface Beliefs {
	readonly label: string;
	readonly quality: Belief;
	readonly latencyLog: number;
	readonly latencyVariance: number;
	readonly costLog: number;
	readonly costVariance: number;
	readonly isPriced: boolean;
	readonly success: number;
	readonly shift: Shift;
	readonly n: number;
}

function beliefsOf(
	{ label, expected, score }: LearnTarget,
	target: TargetState,
	{ context, now, route, ordinaryPrice }: { readonly context: Context; readonly now: number; readonly route: RouteQuality; readonly ordinaryPrice: number },
	tuning: Tuning,
): Beliefs {
	const strength = (route.scatter / tuning.surprise.quality) ** 2;
	const premium = expected.costMicroUsd === undefined ? 0 : Math.log(atLeast(expected.costMicroUsd)) - ordinaryPrice;
	const assumption = score === undefined ? { mean: unit(route.mean + tuning.qualityPerLogPrice * premium), strength } : { mean: unit(score), strength: tuning.overrideStrength };
	const quality = believe(target, "quality", { context, now, assumption, contexts: route.contexts, scatter: route.scatter }, tuning);
	const latency = usual(target, "latency", { context, now, expected }, tuning);
	const cost = usual(target, "cost", { context, now, expected }, tuning);
	return {
		label,
		quality,
		latencyLog: Math.log(atLeast(expected.latencyMs ?? unknownLatencyMs(context))) + latency.mean,
		latencyVariance: latency.variance,
		costLog: Math.log(atLeast(expected.costMicroUsd ?? unknownCostMicroUsd)) + cost.mean,
		costVariance: cost.variance,
		isPriced: expected.costMicroUsd !== undefined || cost.count > 0,
		success: usualSuccess(target, now, tuning),
		shift: shiftOf(target, now, tuning),
		n: latency.count,
	};
}

/** Whether one more exploratory choice stays within the bound. */
function mayExplore({ choices }: LearnState, now: number, { exploration, halfLifeMs }: Tuning): boolean {
	const kept = fading(now - choices.at, halfLifeMs.choices);
	return choices.exploratory * kept < exploration.burst + exploration.share * choices.made * kept;
}

function exploited(best: View, views: readonly View[], input: ChoiceInput, tuning: Tuning, draws?: readonly number[]): Choice {
	return explained(ordered(best, views), isOverridden(best, input, tuning) ? "override" : "exploit", views, draws);
}

/** Whether another target would be best if no operator had said anything. */
function isOverridden(best: View, input: ChoiceInput, tuning: Tuning): boolean {
	const [first, ...rest] = input.targets;
	if (![first, ...rest].some(({ score }) => score !== undefined)) return false;
	const free = viewsOf({ ...input, targets: [withoutScore(first), ...rest.map(withoutScore)] }, tuning);
	return largest(free, ({ mean }) => mean)?.label !== best.label;
}

function withoutScore({ label, expected }: LearnTarget): LearnTarget {
	return { label, expected };
}

function ordered(first: View, views: readonly View[]): readonly string[] {
	const others = views.filter((view) => view !== first).toSorted((one, other) => other.mean - one.mean);
	return [first.label, ...others.map(({ label }) => label)];
}

function explained(order: readonly string[], reason: Reason, views: readonly View[], draws: readonly number[] | undefined): Choice {
	const scores = views.map(({ label, mean, n }, index) => ({ target: label, mean, sampled: draws?.[index] ?? mean, n }));
	return { order, explanation: { target: order[0] ?? "", reason, scores } };
}

/** The first of the largest. */
function largest<Item>(items: readonly Item[], sizeOf: (item: Item) => number): Item | undefined {
	let found: Item | undefined;
	let size = Number.NEGATIVE_INFINITY;
	for (const item of items) {
		const own = sizeOf(item);
		if (own > size) [found, size] = [item, own];
	}
	return found;
}

function average<Item>(items: readonly Item[], valueOf: (item: Item) => number): number {
	return items.reduce((sum, item) => sum + valueOf(item), 0) / Math.max(1, items.length);
}
