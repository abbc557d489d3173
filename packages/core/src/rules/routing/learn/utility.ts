import type { UtilityWeights } from "../../../contract/route.ts";
import type { TokenPrices } from "../../models/facts.ts";

export const defaultWeights: UtilityWeights = { quality: 0.5, latency: 0.25, cost: 0.25 };

/** What is ordinary among a route's targets for such a request: worth a half. */
export interface UtilityScale {
	readonly latencyMs: number;
	readonly costMicroUsd: number;
}

/** What came of one choice. */
export interface Result {
	readonly ok: boolean;
	/** To the first content (streams) or to the whole answer. */
	readonly latencyMs?: number | undefined;
	/** Absent where the price is not known. */
	readonly costMicroUsd?: number | undefined;
	/** Somebody's word on the answer, 0 to 1. */
	readonly score?: number | undefined;
}

/** Each 0 to 1, larger is better. */
export interface Merits {
	readonly quality: number;
	readonly latency: number;
	readonly cost: number;
}

/** Of an answer that came; one that failed is worth 0. */
export function utilityOf(merits: Merits, weights: UtilityWeights): number {
	const whole = weights.quality + weights.latency + weights.cost;
	return whole <= 0 ? 0 : (weights.quality * merits.quality + weights.latency * merits.latency + weights.cost * merits.cost) / whole;
}

/** The reward of one result, 0 to 1. What was not told counts as ordinary. */
export function rewardOf({ ok, latencyMs, costMicroUsd, score }: Result, scale: UtilityScale, weights: UtilityWeights = defaultWeights): number {
	if (!ok) return 0;
	const latency = latencyMs === undefined ? 0.5 : smallness(Math.log(atLeast(latencyMs) / atLeast(scale.latencyMs)));
	const cost = costMicroUsd === undefined ? 0.5 : smallness(Math.log(atLeast(costMicroUsd) / atLeast(scale.costMicroUsd)));
	return utilityOf({ quality: unit(score ?? 0.5), latency, cost }, weights);
}

/**
 * How good it is to be so much smaller than what is ordinary, from the logarithm of the ratio. Halving is worth a sixth wherever one
 * starts, up to a factor of eight; so that how two targets compare does not depend on a third, which moves what is ordinary.
 */
export function smallness(logRatio: number): number {
	return unit(0.5 - logRatio / span);
}
/** Of the logarithm: from an eighth of what is ordinary to eight times as much. */
const span = Math.log(64);

/** How far a small step in the logarithm moves the merit. */
export const meritPerLog = 1 / span;

/** Free and instant are as good as a millionth of a dollar and a millisecond. */
export function atLeast(amount: number): number {
	return amount > 1 ? amount : 1;
}

export function unit(value: number): number {
	return value > 0 ? (value < 1 ? value : 1) : 0;
}

/**
 * What leaving a session's target costs, in utility: the prompt that its cache holds must be read anew at the full price.
 *
 * @param cachedTokens of the prompt that the target's cache is expected to hold.
 * @param costMicroUsd of the request where nothing is cached.
 */
export function switchingCost(
	{ cachedTokens, costMicroUsd, prices }: { readonly cachedTokens: number; readonly costMicroUsd: number; readonly prices: TokenPrices },
	weights: UtilityWeights = defaultWeights,
): number {
	const saved = cachedTokens * Math.max(0, prices.input - (prices.cachedInput ?? prices.input));
	const whole = weights.quality + weights.latency + weights.cost;
	if (!(saved > 0) || whole <= 0) return 0;
	const full = atLeast(costMicroUsd);
	return ((weights.cost / whole) * Math.min(span, Math.log(full / Math.max(full - saved, full / 64)))) / span;
}
