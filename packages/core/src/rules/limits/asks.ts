import { type GatewayError, gatewayError } from "../../contract/errors.ts";
import type { LimitedParty } from "../../contract/tenancy.ts";
import type { Usage } from "../../contract/stream-event.ts";
import type { ModelFacts, ModelPrices } from "../models/facts.ts";
import { costOf } from "../usage/cost.ts";
import type { Ask, Used } from "./counters.ts";

/** How much a request may use, as far as that is known before. */
export interface RequestSize {
	/** About as many as it has. */
	readonly promptTokens: number;
	/** As many as it can have at most: what budgets hold. */
	readonly mostPromptTokens: number;
	/** The caller's own limit of the answer; 0 where there is no answer in tokens (embeddings). */
	readonly maxOutputTokens: number | undefined;
	/** Answers at most: a second one where the first may have to be repaired. */
	readonly rounds: number;
}

/** What would be held for a request, and the limit that its answer must be given with it. */
export interface SizedAsk extends Ask {
	readonly maxOutputTokens?: number;
}

export interface PricedTarget {
	readonly providerName: string;
	readonly model: string;
	readonly facts: ModelFacts | undefined;
}

/** Whether what a request uses is counted for a budget: one of requests alone asks for nothing. */
export function hasBudget(parties: readonly LimitedParty[]): boolean {
	return parties.some(({ rules }) => (rules.budgets ?? []).some(({ microUsd, tokens }) => microUsd !== undefined || tokens !== undefined));
}

export function hasMoneyBudget(parties: readonly LimitedParty[]): boolean {
	return parties.some(({ rules }) => (rules.budgets ?? []).some(({ microUsd }) => microUsd !== undefined));
}

/** What is told where no target has a price and money is counted: what has no price is not free. @param first the plan's first target. */
export function priceMissing({ providerName, model }: Pick<PricedTarget, "providerName" | "model">): GatewayError {
	const name = model.slice(0, 80);
	const option = `models: { ${JSON.stringify(providerName)}: { ${JSON.stringify(name)}: { prices: { input, output } } } }`;
	return gatewayError("PRICE_UNKNOWN", {
		message: `A budget in money applies, and no price is known of ${providerName}/${name}: the operator sets it by ${option}, in dollars per million tokens, 0 where it is free`,
		param: "model",
	});
}

/**
 * What a request may take, best first. Under a budget that is all that it can use at its dearest target; where the caller set no limit
 * of its own, the longest answer that its models can give comes first, then shorter ones, so that a budget of which little is left still
 * lets short answers through, and nothing is ever used that was not held.
 */
export function asksFor(size: RequestSize, targets: readonly PricedTarget[], parties: readonly LimitedParty[]): readonly [SizedAsk, ...SizedAsk[]] {
	const facts = targets.map((target) => target.facts);
	const known = facts.flatMap((fact) => fact?.maxOutputTokens ?? []);
	const longest = Math.max(...facts.map((fact) => fact?.maxOutputTokens ?? customaryLongest));
	const own = size.maxOutputTokens === undefined || known.length < facts.length ? size.maxOutputTokens : Math.min(size.maxOutputTokens, longest);
	const expectedOutput = Math.min(own ?? longest, customaryAnswer);
	const expectedTokens = size.promptTokens + expectedOutput;
	const ask = (outputTokens: number, rounds: number): Ask => {
		const most = facts.map((fact) => {
			// What is longer than a model's window is refused by its provider.
			const promptTokens = Math.min(size.mostPromptTokens, fact?.contextWindow ?? Number.POSITIVE_INFINITY);
			// A repair is asked with the answer that it is to mend.
			const usage = { inputTokens: promptTokens * rounds + outputTokens * (rounds - 1), outputTokens: outputTokens * rounds };
			return { tokens: usage.inputTokens + usage.outputTokens, microUsd: fact?.prices === undefined ? 0 : dearestCost(usage, fact.prices) };
		});
		return { expectedTokens, tokens: Math.max(...most.map(({ tokens }) => tokens)), microUsd: Math.max(...most.map(({ microUsd }) => microUsd)) };
	};
	if (!hasBudget(parties)) return [ask(expectedOutput, 1)];
	if (own !== undefined) return [ask(own, size.rounds)];
	// No provider takes a limit above its own.
	const shorter = shorterThan(longest).map((tokens): SizedAsk => {
		const maxOutputTokens = Math.min(tokens, ...known);
		return { ...ask(maxOutputTokens, size.rounds), maxOutputTokens };
	});
	return [ask(longest, size.rounds), ...shorter];
}

/** Where all of the prompt is written to a cache, or all of the answer is reasoning, and these are dearer. */
function dearestCost(usage: Required<Pick<Usage, "inputTokens" | "outputTokens">>, prices: ModelPrices): number {
	const cacheWrites = [0, usage.inputTokens];
	const reasonings = [0, usage.outputTokens];
	return Math.max(...cacheWrites.flatMap((cacheWriteTokens) => reasonings.map((reasoningTokens) => costOf({ ...usage, cacheWriteTokens, reasoningTokens }, prices))));
}

/** How an exchange ended, as far as it costs. */
export interface Ending {
	readonly outcome: "ok" | "failed" | "cancelled";
	readonly errorCode?: string;
	readonly attempts: number;
	readonly usage: Usage;
	/** Of the target that was asked last. */
	readonly prices: ModelFacts["prices"];
}

/**
 * What an exchange has used. What the provider did not tell is estimated, and never too low where it is likely to be on the bill: an
 * answer without any count has used what was held for it, one that broke off has used all that its prompt can be at least.
 */
export function usedBy({ outcome, errorCode, attempts, usage, prices }: Ending, { mostPromptTokens }: RequestSize, ask: Ask): Used {
	const isTold = usage.inputTokens !== undefined || usage.outputTokens !== undefined;
	if (outcome === "ok" && !isTold) return { tokens: ask.tokens, microUsd: ask.microUsd };
	const wasAsked = attempts > 0 && (isTold || outcome === "cancelled" || errorCode === "TIMEOUT_ERROR");
	const inputTokens = usage.inputTokens ?? (wasAsked ? Math.min(mostPromptTokens, ask.tokens) : 0);
	const outputTokens = usage.outputTokens ?? 0;
	return { tokens: inputTokens + outputTokens, microUsd: prices === undefined ? 0 : costOf({ ...usage, inputTokens, outputTokens }, prices) };
}

/** Halves, down to an answer that is still worth having. */
function shorterThan(longest: number): readonly number[] {
	const half = Math.floor(longest / 2);
	return half < shortestAnswer ? [] : [half, ...shorterThan(half)];
}

/** What the longest answer of a model is taken for of which nobody knows. */
const customaryLongest = 16_384;
/** The length of an answer that is expected where nobody knows. */
const customaryAnswer = 1000;
const shortestAnswer = 1000;
