import type { Feedback } from "./learn.ts";
import { addMoments, momentsOf } from "./moments.ts";
import { emptyCell, emptyState, emptyTarget, type LearnState } from "./state.ts";
import { unit } from "./utility.ts";

/**
 * What a word on an answer adds where somebody had said another one: afterwards only the new one counts, and once.
 *
 * @param before the score that it takes the place of.
 * @param at of the choice, as both scores count from there.
 */
export function whatIsCorrected({ target, context, score }: Omit<Feedback, "kind">, before: number, at: number): LearnState {
	const quality = addMoments(momentsOf(unit(score), 1), 1, momentsOf(unit(before), 1), -1);
	return { ...emptyState, targets: { [target]: { ...emptyTarget, cells: { [context]: { ...emptyCell(at), quality } } } } };
}
