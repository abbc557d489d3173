import { calcPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Usage } from "../../../src/contract/stream-event.ts";
import type { ModelPrices } from "../../../src/rules/models/facts.ts";
import { createModelTable, findModelFacts, priceTableVersion } from "../../../src/rules/models/table.ts";
import { costOf, expectedCost } from "../../../src/rules/usage/cost.ts";

const plain: ModelPrices = { input: 2.5, output: 10 };
const full: ModelPrices = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75, reasoning: 20 };
const tiered: ModelPrices = { ...plain, tiers: [{ aboveInputTokens: 1000, input: 5, output: 15 }, { aboveInputTokens: 2000, input: 7, output: 20, cachedInput: 1 }] };

describe("the cost of an exchange", () => {
	it.each<[what: string, usage: Usage, prices: ModelPrices, cost: number]>([
		["nothing told", {}, plain, 0],
		["input and output", { inputTokens: 1000, outputTokens: 200 }, plain, 4500],
		["a million of each", { inputTokens: 1_000_000, outputTokens: 1_000_000 }, plain, 12_500_000],
		["input alone", { inputTokens: 8 }, { input: 0.02, output: 0 }, 0],
		["half a micro-dollar, up", { inputTokens: 1 }, { input: 0.5, output: 0 }, 1],
		["less than half of one, down", { inputTokens: 1 }, { input: 0.499999, output: 0 }, 0],
		["halves of two kinds, rounded once", { inputTokens: 1, outputTokens: 1 }, { input: 0.25, output: 0.25 }, 1],
		["cache reads and writes within the input", { inputTokens: 1000, cachedInputTokens: 600, cacheWriteTokens: 300, outputTokens: 10 }, full, 300 + 180 + 1125 + 150],
		["cache reads without a price of their own", { inputTokens: 1000, cachedInputTokens: 600 }, plain, 2500],
		["reasoning as part of the output", { outputTokens: 100, reasoningTokens: 80 }, plain, 1000],
		["reasoning at its own price", { outputTokens: 100, reasoningTokens: 80 }, full, 20 * 15 + 80 * 20],
		["sound as part of input and output", { inputTokens: 100, audioInputTokens: 80, outputTokens: 50, audioOutputTokens: 40 }, plain, 250 + 500],
		["sound at its own prices", { inputTokens: 100, audioInputTokens: 80, outputTokens: 50, audioOutputTokens: 40 }, { ...plain, audioInput: 40, audioOutput: 80 }, 20 * 2.5 + 80 * 40 + 10 * 10 + 40 * 80],
		["sound beside what was cached and thought", { inputTokens: 100, cachedInputTokens: 60, audioInputTokens: 80, outputTokens: 50, reasoningTokens: 30, audioOutputTokens: 40 }, { ...full, audioInput: 40, audioOutput: 80 }, 60 * 0.3 + 40 * 40 + 30 * 20 + 20 * 80],
		["more cached than input: the cached count", { inputTokens: 100, cachedInputTokens: 600 }, full, 180],
		["at the tier's edge", { inputTokens: 1000, outputTokens: 10 }, tiered, 2600],
		["above it: all tokens of the exchange", { inputTokens: 1001, outputTokens: 10 }, tiered, 5155],
		["in the highest tier, with its own prices", { inputTokens: 3000, cachedInputTokens: 1000, outputTokens: 10 }, tiered, 14_000 + 1000 + 200],
		["counts that are none", { inputTokens: -5, outputTokens: Number.NaN }, plain, 0],
		["more than a number holds", { inputTokens: Number.MAX_SAFE_INTEGER }, { input: 1e6, output: 0 }, Number.MAX_SAFE_INTEGER],
	])("%s", (_what, usage, prices, cost) => {
		expect(costOf(usage, prices)).toBe(cost);
	});

	it("has no error of floating point: a tenth of a micro-dollar ten times is one", () => {
		expect(costOf({ inputTokens: 10 }, { input: 0.1, output: 0 })).toBe(1);
		expect(costOf({ inputTokens: 3_000_000_001 }, { input: 0.000001, output: 0 })).toBe(3000);
	});
});

describe("the laws of costs", () => {
	const tokens = fc.nat(5_000_000);
	const price = fc.nat(200_000_000).map((parts) => parts / 1e6);
	const usages: fc.Arbitrary<Usage> = fc
		.record({ plain: tokens, cachedInputTokens: tokens, cacheWriteTokens: tokens, audioInputTokens: tokens, answer: tokens, reasoningTokens: tokens, audioOutputTokens: tokens })
		.map(({ plain: input, answer, ...kinds }) => ({
			...kinds,
			inputTokens: input + kinds.cachedInputTokens + kinds.cacheWriteTokens + kinds.audioInputTokens,
			outputTokens: answer + kinds.reasoningTokens + kinds.audioOutputTokens,
		}));
	const flat = fc.record({ input: price, output: price, cachedInput: price, cacheWrite: price, reasoning: price, audioInput: price, audioOutput: price }, { requiredKeys: ["input", "output"] });
	/** The one that is dearer in every kind. */
	const dearer = (prices: ModelPrices, factor: number): ModelPrices =>
		Object.fromEntries(Object.entries(prices).map(([kind, value]) => [kind, Number(value) * factor])) as unknown as ModelPrices;
	const anyPrices: fc.Arbitrary<ModelPrices> = fc
		.tuple(flat, fc.option(fc.record({ aboveInputTokens: fc.integer({ min: 1, max: 10_000_000 }), factor: fc.integer({ min: 1, max: 4 }) })))
		.map(([base, tier]) => (tier === null ? base : { ...base, tiers: [{ ...dearer(base, tier.factor), aboveInputTokens: tier.aboveInputTokens }] }));

	it("is a whole number, never negative", () => {
		fc.assert(
			fc.property(usages, anyPrices, (usage, prices) => {
				const cost = costOf(usage, prices);
				expect(Number.isSafeInteger(cost) && cost >= 0).toBe(true);
			}),
		);
	});

	it("never falls when tokens of any kind are added", () => {
		const added: readonly (readonly (keyof Usage)[])[] = [
			["inputTokens"],
			["inputTokens", "cachedInputTokens"],
			["inputTokens", "cacheWriteTokens"],
			["outputTokens"],
			["outputTokens", "reasoningTokens"],
			["inputTokens", "audioInputTokens"],
			["outputTokens", "audioOutputTokens"],
		];
		fc.assert(
			fc.property(usages, anyPrices, fc.constantFrom(...added), tokens, (usage, prices, fields, count) => {
				const more = { ...usage, ...Object.fromEntries(fields.map((field) => [field, (usage[field] ?? 0) + count])) };
				expect(costOf(more, prices)).toBeGreaterThanOrEqual(costOf(usage, prices));
			}),
		);
	});

	it("is the sum over the kinds, within one rounding", () => {
		fc.assert(
			fc.property(usages, flat, (usage, prices) => {
				const { outputTokens = 0, reasoningTokens = 0, audioOutputTokens = 0, ...input } = usage;
				const output = { outputTokens, reasoningTokens, audioOutputTokens };
				expect(Math.abs(costOf(usage, prices) - costOf(input, prices) - costOf(output, prices))).toBeLessThanOrEqual(1);
			}),
		);
	});

	it("is what was expected, before it is rounded", () => {
		fc.assert(
			fc.property(tokens, tokens, anyPrices, (inputTokens, outputTokens, prices) => {
				const expected = expectedCost({ inputTokens, outputTokens }, prices);
				expect(Math.abs(costOf({ inputTokens, outputTokens }, prices) - expected)).toBeLessThanOrEqual(0.500001);
			}),
		);
	});
});

// An independent opinion: the library that the prices are from computes them on its own.
describe("costs agree with the price table's own arithmetic", () => {
	const table = createModelTable();
	it.each([
		["openai", "openai", "gpt-4o"],
		["openai", "openai", "gpt-5.4-2026-03-05"],
		["openai", "openai", "text-embedding-3-small"],
		["anthropic", "anthropic", "claude-sonnet-4-5-20250929"],
		["anthropic", "anthropic", "claude-opus-5-5"],
		["gemini", "google", "gemini-3.1-pro-preview"],
		["xai", "x-ai", "grok-4.3"],
		["groq", "groq", "llama-3.3-70b-versatile"],
		["bedrock", "aws", "us.anthropic.claude-haiku-4-5-20251001-v1:0"],
		["bedrock", "aws", "global.anthropic.claude-haiku-4-5-20251001-v1:0"],
	])("%s: %s/%s", (vendor, providerId, model) => {
		const prices = findModelFacts(table, { providerName: vendor }, model)?.prices;
		if (prices === undefined) throw new Error("no prices");
		const tokens = fc.nat(400_000);
		fc.assert(
			fc.property(tokens, tokens, tokens, tokens, (input, cached, written, output) => {
				const isEmbedding = model.includes("embedding");
				const [cachedInputTokens, cacheWriteTokens, outputTokens] = isEmbedding ? [0, 0, 0] : [cached, written, output];
				const inputTokens = input + cachedInputTokens + cacheWriteTokens;
				const theirs = calcPrice(
					{ input_tokens: inputTokens, cache_read_tokens: cachedInputTokens, cache_write_tokens: cacheWriteTokens, output_tokens: outputTokens },
					model,
					{ providerId, timestamp: new Date(`${priceTableVersion}T12:00:00Z`) },
				);
				const ours = costOf({ inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens }, prices);
				expect(Math.abs(ours - (theirs?.total_price ?? Number.NaN) * 1e6)).toBeLessThanOrEqual(0.51);
			}),
		);
	});

	it("of sound, too", () => {
		const prices = findModelFacts(table, { providerName: "gemini" }, "gemini-2.5-flash")?.prices;
		if (prices?.audioInput === undefined) throw new Error("no price of sound");
		fc.assert(
			fc.property(fc.nat(400_000), fc.nat(400_000), fc.nat(400_000), (text, audioInputTokens, outputTokens) => {
				const inputTokens = text + audioInputTokens;
				const theirs = calcPrice({ input_tokens: inputTokens, input_audio_tokens: audioInputTokens, output_tokens: outputTokens }, "gemini-2.5-flash", { providerId: "google", timestamp: new Date(`${priceTableVersion}T12:00:00Z`) });
				expect(Math.abs(costOf({ inputTokens, audioInputTokens, outputTokens }, prices) - (theirs?.total_price ?? Number.NaN) * 1e6)).toBeLessThanOrEqual(0.51);
			}),
		);
	});
});
