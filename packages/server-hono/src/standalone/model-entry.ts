import { inputModalities } from "@postern/core";
import { z } from "zod";
import { text } from "./provider-entry.ts";

const tokens = z.int().positive().describe("a whole number of tokens above 0");
const flag = z.boolean().describe("true or false");
const price = z.number().nonnegative().describe("US dollars per million tokens");

const tokenPrices = z.strictObject({
	input: price,
	output: price,
	cachedInput: price.exactOptional(),
	cacheWrite: price.exactOptional(),
	reasoning: price.exactOptional(),
	audioInput: price.exactOptional(),
	audioOutput: price.exactOptional(),
});

/** What the operator knows of a model better than the table does. */
export const modelEntry = z
	.strictObject({
		sameAs: text.describe("the vendor/model whose facts these are, such as openai/gpt-4o"),
		kind: z.literal("embedding").describe('"embedding", or leave it out'),
		contextWindow: tokens,
		maxOutputTokens: tokens,
		inputModalities: z.array(z.enum(inputModalities).describe(`one of ${inputModalities.join(", ")}`)).describe("a list"),
		tools: flag,
		structuredOutput: flag,
		reasoning: flag,
		firstTokenMs: z.number().positive().describe("milliseconds, above 0"),
		tokensPerSecond: z.number().positive().describe("tokens per second, above 0"),
		prices: tokenPrices
			.extend({ tiers: z.array(tokenPrices.extend({ aboveInputTokens: tokens })).describe("a list of prices").exactOptional() })
			.describe('an object such as {"input": 2.5, "output": 10}'),
	})
	.exactPartial()
	.describe("an object of facts");
