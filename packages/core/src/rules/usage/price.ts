import type { UsageRecord } from "../../contract/session.ts";
import type { Usage } from "../../contract/stream-event.ts";
import type { ModelPrices } from "../models/facts.ts";
import type { ModelTable } from "../models/table.ts";
import { findTargetFacts } from "../models/target-facts.ts";
import type { Target } from "../routing/target.ts";
import { costOf } from "./cost.ts";

type Ended = Pick<UsageRecord, "outcome" | "errorCode" | "usage" | "attempts">;

/**
 * What an exchange cost, as the ledger tells it. Without a price, and where the provider may have used tokens that nobody told of,
 * nothing is said: that would not be free, only unknown.
 */
export function priceExchange(ended: Ended, target: Target, models: ModelTable): Pick<UsageRecord, "costMicroUsd" | "priceVersion"> {
	const { usage } = ended;
	if (usage.inputTokens === undefined && usage.outputTokens === undefined) return isSurelyFree(ended) ? { costMicroUsd: 0 } : {};
	const prices = findTargetFacts(models, target)?.prices;
	if (prices === undefined || isInputUntold(usage, prices)) return {};
	const { providerName, model } = target;
	const isConfigured = models.overrides[providerName]?.[model]?.prices !== undefined;
	return { costMicroUsd: costOf(usage, prices), priceVersion: isConfigured ? "configured" : models.version };
}

/** Providers have been seen to say that a prompt has -100 tokens. Output without input there is none, input without output there is (vectors). */
function isInputUntold({ inputTokens }: Usage, prices: ModelPrices): boolean {
	return inputTokens === undefined && [prices, ...(prices.tiers ?? [])].some(({ input }) => input > 0);
}

/** Nobody was asked, or whoever was said no. */
function isSurelyFree({ outcome, errorCode, attempts }: Ended): boolean {
	return attempts === 0 || (outcome === "failed" && errorCode !== "TIMEOUT_ERROR");
}

/** Millionths of a US dollar as decimal text in dollars: `0.000420`. */
export function usdText(microUsd: number): string {
	const digits = String(microUsd).padStart(7, "0");
	return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
