import { type GatewayError, gatewayError } from "../../contract/errors.ts";
import type { LimitedParty } from "../../contract/tenancy.ts";
import type { Usage } from "../../contract/stream-event.ts";
import type { Decoded } from "../dialects/dialect.ts";
import type { ModelFacts } from "../models/facts.ts";
import { costOf, expectedCost } from "../usage/cost.ts";
import type { Ask, Used } from "./counters.ts";

/** How much a request may use, as far as that is known before. */
export interface RequestSize {
	readonly promptTokens: number;
	/** The caller's own limit of the answer; 0 where there is no answer in tokens (embeddings). */
	readonly maxOutputTokens: number | undefined;
	/** Answers at most: a second one where the first may have to be repaired. */
	readonly rounds: number;
}

/** What would be held for a request, and the limit of its answer that goes with it. */
export interface SizedAsk extends Ask {
	/** Absent: the answer cannot be longer anyway. */
	readonly maxOutputTokens?: number;
}

/** A target's facts, under the name that an operator knows it by. */
export interface PricedTarget {
	readonly label: string;
	readonly facts: ModelFacts | undefined;
}

export function hasBudget(parties: readonly LimitedParty[]): boolean {
	return parties.some(({ rules }) => (rules.budgets ?? []).length > 0);
}

export function hasMoneyBudget(parties: readonly LimitedParty[]): boolean {
	return parties.some(({ rules }) => (rules.budgets ?? []).some(({ microUsd }) => microUsd !== undefined));
}

/** What is told where no target of a request has a price, but its money is counted: what has no price is not free. */
export function priceMissing(targets: readonly PricedTarget[]): GatewayError {
	const [first] = targets;
	const [provider = "", ...model] = (first?.label ?? "").split("/");
	return gatewayError("PRICE_UNKNOWN", {
		message: `A budget in money applies, and ${JSON.stringify(first?.label ?? "")} has no known price. Set it with models: { ${JSON.stringify(provider)}: { ${JSON.stringify(model.join("/"))}: { prices: { input, output } } } }, 0 where it is free`,
	});
}

/**
 * What a request may take, best first. Under a budget that is all that it can use at its dearest target; where the caller set no limit
 * of its own, the longest answer that its models can give comes first, then shorter ones, so that a budget of which little is left still
 * lets short answers through, and nothing is ever used that was not held.
 */
export function asksFor(size: RequestSize, targets: readonly PricedTarget[], parties: readonly LimitedParty[]): readonly [SizedAsk, ...SizedAsk[]] {
	const facts = targets.map((target) => target.facts);
	const longest = Math.max(...facts.map((known) => known?.maxOutputTokens ?? customaryLongest));
	const expectedOutput = Math.min(size.maxOutputTokens ?? longest, customaryAnswer);
	const expectedTokens = size.promptTokens + expectedOutput;
	const ask = (outputTokens: number, rounds: number): Ask => {
		const usage = {
			// A repair is asked with the answer that it is to mend.
			inputTokens: size.promptTokens * rounds + outputTokens * (rounds - 1),
			outputTokens: outputTokens * rounds,
		};
		const costs = facts.map((known) => (known?.prices === undefined ? 0 : Math.ceil(expectedCost(usage, known.prices))));
		return { expectedTokens, tokens: usage.inputTokens + usage.outputTokens, microUsd: Math.max(...costs) };
	};
	if (!hasBudget(parties)) return [ask(expectedOutput, 1)];
	const isBound = facts.every((known) => known?.maxOutputTokens !== undefined);
	if (size.maxOutputTokens !== undefined) return [ask(isBound ? Math.min(size.maxOutputTokens, longest) : size.maxOutputTokens, size.rounds)];
	// A model whose own limit nobody knows has to be told one.
	const first: SizedAsk = { ...ask(longest, size.rounds), ...(isBound ? {} : { maxOutputTokens: longest }) };
	const shorter = shorterThan(longest).map((outputTokens): SizedAsk => ({ ...ask(outputTokens, size.rounds), maxOutputTokens: outputTokens }));
	return [first, ...shorter];
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
 * answer without any count has used what was held for it, one that broke off has used its prompt at least.
 */
export function usedBy({ outcome, errorCode, attempts, usage, prices }: Ending, { promptTokens }: RequestSize, ask: Ask): Used {
	const isTold = usage.inputTokens !== undefined || usage.outputTokens !== undefined;
	if (outcome === "ok" && !isTold) return { tokens: ask.tokens, microUsd: ask.microUsd };
	const wasAsked = attempts > 0 && (isTold || outcome === "cancelled" || errorCode === "TIMEOUT_ERROR");
	const inputTokens = usage.inputTokens ?? (wasAsked ? promptTokens : 0);
	const outputTokens = usage.outputTokens ?? 0;
	return { tokens: inputTokens + outputTokens, microUsd: prices === undefined ? 0 : costOf({ ...usage, inputTokens, outputTokens }, prices) };
}

/** Halves, down to an answer that is still worth having. */
function shorterThan(longest: number): readonly number[] {
	const half = Math.floor(longest / 2);
	return half < shortestAnswer ? [] : [half, ...shorterThan(half)];
}

/** The longest answer of a model of which nothing is known. */
const customaryLongest = 16_384;
/** The length of an answer that is expected where nobody knows. */
const customaryAnswer = 1000;
const shortestAnswer = 1000;
