/**
 * The router that learns: for each request it chooses among a route's targets by what is believed of their quality, speed and price.
 * Pure: time and chance are handed in, and the state is plain JSON that several instances can add to. `docs/learned-routing.md`
 * tells why it is made this way and how well it does.
 */
import { addStates, type LearnState } from "./state.ts";
import { defaultTuning, type Tuning } from "./tuning.ts";

export { chooseOrder } from "./choose.ts";
export type { Choice, ChoiceInput, Explanation, LearnTarget, Reason } from "./choose.ts";
export { contextOf } from "./context.ts";
export type { Context } from "./context.ts";
export { whatIsCorrected } from "./correction.ts";
export { learn, whatIsLearnt } from "./learn.ts";
export type { ChoiceOutcome, Expectation, Feedback, Outcome } from "./learn.ts";
export { emptyState } from "./state.ts";
export type { LearnState } from "./state.ts";
export { readState } from "./stored.ts";
export type { Tuning } from "./tuning.ts";
export { defaultWeights, rewardOf, switchingCost } from "./utility.ts";
export type { Result, UtilityScale } from "./utility.ts";
export { weightsView } from "./weights.ts";
export type { RouterWeight, WeighedModel } from "./weights.ts";

/**
 * What is known from both. The order does not matter (up to rounding), but each part must be added exactly once: an instance adds to
 * the stored state what it has learnt since its last write (`whatIsLearnt`), and takes over the sum.
 */
export function mergeStates(one: LearnState, other: LearnState, tuning: Tuning = defaultTuning): LearnState {
	return addStates(one, other, tuning);
}
