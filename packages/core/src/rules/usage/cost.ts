import type { Usage } from "../../contract/stream-event.ts";
import type { ModelPrices, TokenPrices } from "../models/facts.ts";

/** Millionths of a US dollar: a whole, safe number. */
export type MicroCost = number;

/**
 * What an exchange cost. Exact: prices count to six decimals of a dollar per million tokens, and the sum over all kinds of tokens is
 * rounded once, a half up. Reasoning and sound are part of the output unless they have prices of their own; input that was read from or
 * written to a cache, or is sound, costs what other input costs unless these have prices of their own. Sound that was read from a cache
 * costs what text from there does. The length of the whole input decides on the tier.
 */
export function costOf(usage: Usage, prices: ModelPrices): MicroCost {
	const cost = (partsPerMillionOf(usage, prices) + half) / million;
	return Number(cost > mostSafe ? mostSafe : cost);
}
const million = 1_000_000n;
const half = million / 2n;
const mostSafe = BigInt(Number.MAX_SAFE_INTEGER);

/** What an exchange of such a size would cost, in millionths of a dollar and not rounded: for choosing among models. */
export function expectedCost(usage: Required<Pick<Usage, "inputTokens" | "outputTokens">> & Pick<Usage, "cachedInputTokens">, prices: ModelPrices): number {
	return Number(partsPerMillionOf(usage, prices)) / 1e6;
}

/** In millionths of a millionth of a dollar, in which every price per token is a whole number. */
function partsPerMillionOf(usage: Usage, prices: ModelPrices): bigint {
	const cached = whole(usage.cachedInputTokens);
	const written = whole(usage.cacheWriteTokens);
	const reasoning = whole(usage.reasoningTokens);
	const freshInput = Math.max(whole(usage.inputTokens) - cached - written, 0);
	const saidOutput = Math.max(whole(usage.outputTokens) - reasoning, 0);
	const heard = Math.min(whole(usage.audioInputTokens), freshInput);
	const spoken = Math.min(whole(usage.audioOutputTokens), saidOutput);
	const price = priceAt(prices, freshInput + cached + written);
	return (
		charge(freshInput - heard, price.input) +
		charge(heard, price.audioInput ?? price.input) +
		charge(cached, price.cachedInput ?? price.input) +
		charge(written, price.cacheWrite ?? price.input) +
		charge(saidOutput - spoken, price.output) +
		charge(spoken, price.audioOutput ?? price.output) +
		charge(reasoning, price.reasoning ?? price.output)
	);
}

function priceAt(prices: ModelPrices, inputTokens: number): TokenPrices {
	return prices.tiers?.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens) ?? prices;
}

function charge(tokens: number, pricePerMillion: number): bigint {
	return tokens === 0 ? 0n : BigInt(tokens) * BigInt(Math.round(pricePerMillion * 1e6));
}

/** Providers have been seen to count oddly. */
function whole(tokens: number | undefined): number {
	return tokens !== undefined && Number.isFinite(tokens) && tokens > 0 ? Math.trunc(tokens) : 0;
}
