import type { ChoiceInput, ChoiceOutcome, LearnState, LearnTarget } from "../../../../src/rules/routing/learn/index.ts";
import { learn } from "../../../../src/rules/routing/learn/index.ts";
import { seeded } from "../../../../../../bench/routing/random.ts";

export const start = 1_790_000_000_000;
export const one: LearnTarget = { label: "one/m", expected: { latencyMs: 1000, costMicroUsd: 1000 } };
export const two: LearnTarget = { label: "two/m", expected: { latencyMs: 1000, costMicroUsd: 1000 } };

export function outcomeOf(target: string, rest: Partial<ChoiceOutcome> = {}): ChoiceOutcome {
	const usual = { ok: true, latencyMs: 1000, costMicroUsd: 1000, tokensOut: 100, expected: one.expected, exploratory: false };
	return { kind: "choice", target, context: "s----", ...usual, ...rest };
}

export function inputOf(state: LearnState, rest: Partial<ChoiceInput> = {}): ChoiceInput {
	return { state, context: "s----", targets: [one, two], now: start, random: seeded(1, 2, 3), ...rest };
}

/** So many outcomes, a second apart, each with a word on it. */
export function taught(state: LearnState, target: string, times: number, { score, ...rest }: Partial<ChoiceOutcome> & { score?: number } = {}, from = start): LearnState {
	let known = state;
	for (let index = 0; index < times; index++) {
		known = learn(known, outcomeOf(target, rest), from + index * 1000);
		if (score !== undefined) known = learn(known, { kind: "feedback", target, context: rest.context ?? "s----", score }, from + index * 1000);
	}
	return known;
}
