import { describe, expect, it } from "vitest";
import { rows } from "../../../src/rules/models/data.ts";
import type { TokenPrices } from "../../../src/rules/models/facts.ts";
import { readRow } from "../../../src/rules/models/row.ts";
import type { ModelOverrides } from "../../../src/rules/models/overrides.ts";
import { createModelTable, findModelFacts, priceTableVersion } from "../../../src/rules/models/table.ts";

const table = createModelTable();
const find = (providerName: string, model: string) => findModelFacts(table, { providerName }, model);

describe("a model is found by the names that it goes by", () => {
	it.each<[vendor: string, model: string, input: number, output: number]>([
		["openai", "gpt-4o", 2.5, 10],
		["openai", "gpt-4o-2024-08-06", 2.5, 10],
		// The first snapshot had a price of its own.
		["openai", "gpt-4o-2024-05-13", 5, 15],
		["openai", "GPT-4o-Mini", 0.15, 0.6],
		["openai", "text-embedding-3-small", 0.02, 0],
		["anthropic", "claude-haiku-4-5", 1, 5],
		["anthropic", "claude-haiku-4-5-20251001", 1, 5],
		["anthropic", "claude-3-5-haiku-latest", 0.8, 4],
		["gemini", "gemini-2.5-pro", 1.25, 10],
		["gemini", "models/gemini-2.5-pro", 1.25, 10],
		["gemini", "gemini-2.0-flash-001", 0.1, 0.4],
		["groq", "llama-3.3-70b-versatile", 0.59, 0.79],
		["mistral", "mistral-large-latest", 0.5, 1.5],
		["mistral", "mistral-large", 0.5, 1.5],
		["gemini", "gemini-pro-latest", 2, 12],
		["anthropic", "claude-haiku-5-5", 0.1, 0.5],
		["together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", 1.04, 1.04],
		["fireworks", "accounts/fireworks/models/gpt-oss-120b", 0.15, 0.6],
		["openrouter", "anthropic/claude-haiku-4.5", 1, 5],
		["azure", "gpt-4o", 2.5, 10],
		["azure", "gpt-35-turbo", 0.5, 1.5],
		["azure", "gpt-4o-2024-05-13", 5, 15],
		["bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0", 3, 15],
		// The same model costs more in one region than wherever there is room.
		["bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", 1.1, 5.5],
		["bedrock", "global.anthropic.claude-haiku-4-5-20251001-v1:0", 1, 5],
		["bedrock", "arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0", 0.06, 0.24],
		["bedrock", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0", 1.1, 5.5],
		["bedrock", "amazon.nova-lite-v1:0:300k", 0.06, 0.24],
	])("%s: %s", (vendor, model, input, output) => {
		expect(find(vendor, model)?.prices).toMatchObject({ input, output });
	});
});

describe("what is not known is not made up", () => {
	it.each([
		["openai", "gpt-99"],
		// A newer model whose name begins like an older one's.
		["anthropic", "claude-sonnet-5-99"],
		["openai", ""],
		// The latest of all is not the first of all.
		["mistral", "open-mistral-latest"],
		["openai", "constructor"],
		["nobody", "gpt-4o"],
		["ollama", "llama-3.3-70b"],
		["__proto__", "gpt-4o"],
	])("%s: %s", (vendor, model) => {
		expect(find(vendor, model)).toBeUndefined();
	});

	it.each([
		["openai", "ft:gpt-4o-2024-08-06:acme::abc123", { contextWindow: 128_000, tools: true }],
		["openrouter", "openai/gpt-4o:nitro", { contextWindow: 128_000 }],
		["bedrock", "sa.anthropic.claude-haiku-4-5-20251001-v1:0", { contextWindow: 200_000 }],
	])("kin of a known model has its facts, not its prices: %s %s", (vendor, model, facts) => {
		expect(find(vendor, model)).toMatchObject(facts);
		expect(find(vendor, model)).not.toHaveProperty("prices");
	});
});

describe("facts", () => {
	it("tells limits and abilities", () => {
		expect(find("openai", "gpt-4o")).toEqual({
			contextWindow: 128_000,
			maxOutputTokens: 16_384,
			inputModalities: ["text", "image", "file"],
			tools: true,
			structuredOutput: true,
			reasoning: false,
			prices: { input: 2.5, output: 10, cachedInput: 1.25 },
		});
		expect(find("openai", "text-embedding-3-small")).toMatchObject({ kind: "embedding" });
		expect(find("gemini", "gemini-2.5-pro")?.inputModalities).toEqual(["text", "image", "audio", "video", "file"]);
	});

	it("tells prices of long prompts", () => {
		expect(find("anthropic", "claude-sonnet-4-5")?.prices).toEqual({
			input: 3,
			output: 15,
			cachedInput: 0.3,
			cacheWrite: 3.75,
			tiers: [{ aboveInputTokens: 200_000, input: 6, output: 22.5, cachedInput: 0.6, cacheWrite: 7.5 }],
		});
	});
});

describe("the operator's own facts", () => {
	it("lie over the table's, field by field", () => {
		const own = createModelTable({ openai: { "gpt-4o": { prices: { input: 1, output: 2 } }, "my-model": { contextWindow: 1000 } } });
		const facts = (model: string) => findModelFacts(own, { providerName: "openai" }, model);
		expect(facts("gpt-4o")).toMatchObject({ contextWindow: 128_000, prices: { input: 1, output: 2 } });
		expect(facts("gpt-4o")?.prices).not.toHaveProperty("cachedInput");
		expect(facts("my-model")).toEqual({ contextWindow: 1000 });
		expect(find("openai", "my-model")).toBeUndefined();
	});

	it("go by the name that the provider has in the configuration, whoever's service it is", () => {
		const own = createModelTable({ fast: { "gpt-4o": { tools: false } } });
		expect(findModelFacts(own, { providerName: "fast", vendor: "openai" }, "gpt-4o")).toMatchObject({ tools: false, contextWindow: 128_000 });
		expect(findModelFacts(own, { providerName: "openai", vendor: "openai" }, "gpt-4o")).toMatchObject({ tools: true });
	});

	it("can say which model hides behind a name", () => {
		const own = createModelTable({ azure: { production: { sameAs: "openai/gpt-4o-2024-08-06", maxOutputTokens: 4096 } } });
		expect(findModelFacts(own, { providerName: "azure" }, "production")).toMatchObject({ prices: { input: 2.5 }, maxOutputTokens: 4096 });
	});

	it("can make a model free, which nothing else can", () => {
		const own = createModelTable({ ollama: { "llama3.2": { prices: { input: 0, output: 0 } } } });
		expect(findModelFacts(own, { providerName: "ollama" }, "llama3.2")?.prices).toEqual({ input: 0, output: 0 });
	});

	it.each<[ModelOverrides, RegExp]>([
		[{ openai: { m: { contextWindow: 0 } } }, /models\.openai\["m"\]\.contextWindow must be a positive whole number/],
		[{ openai: { m: { prices: { input: -1, output: 0 } } } }, /\.prices\.input must be US dollars per million tokens/],
		[{ openai: { m: { prices: { input: 1 } as TokenPrices } } }, /\.prices\.output must be/],
		[{ openai: { m: { prices: { input: 1, output: 1, cached: 1 } as TokenPrices } } }, /\.prices\.cached is unknown/],
		[{ openai: { m: { prices: { input: 1, output: 1, tiers: [{ aboveInputTokens: 0, input: 1, output: 1 }] } } } }, /tiers\[0\]\.aboveInputTokens/],
		[{ openai: { m: { window: 5 } as object } }, /\.window is unknown/],
		[{ openai: { m: { tools: "yes" } as object } }, /\.tools must be true or false/],
		[{ openai: { m: { inputModalities: ["smell"] } as object } }, /\.inputModalities must be a list of text, image/],
		[{ openai: { m: { sameAs: "gpt-4o" } } }, /\.sameAs must be vendor\/model/],
		[{ openai: { m: { sameAs: "openai/gpt-99" } } }, /no model openai\/gpt-99 is known/],
	])("%j is refused", (overrides, message) => {
		expect(() => createModelTable(overrides)).toThrow(message);
	});
});

describe("the generated table", () => {
	it("is dated", () => {
		expect(priceTableVersion).toMatch(/^20\d{2}-\d{2}-\d{2}$/);
	});

	it.each(Object.entries(rows))("of %s is sane", (_vendor, list) => {
		expect(list.length).toBeGreaterThan(3);
		const names = list.flatMap(([text]) => text.split(" "));
		expect(new Set(names).size).toBe(names.length);
		for (const row of list) {
			const { contextWindow = 1, maxOutputTokens = 1, prices } = readRow(row);
			expect(Number.isSafeInteger(contextWindow) && Number.isSafeInteger(maxOutputTokens), row[0]).toBe(true);
			// Dollars per million: a slip by a factor of a thousand shows.
			for (const price of [prices?.input ?? 0, prices?.output ?? 0]) expect(price, row[0]).toBeLessThanOrEqual(600);
			let last: TokenPrices & { readonly aboveInputTokens: number } = { aboveInputTokens: 0, input: prices?.input ?? 0, output: prices?.output ?? 0 };
			for (const tier of prices?.tiers ?? []) {
				expect(tier.aboveInputTokens, row[0]).toBeGreaterThan(last.aboveInputTokens);
				// Costs would fall as tokens are added.
				expect(tier.input >= last.input && tier.output >= last.output, row[0]).toBe(true);
				last = tier;
			}
		}
	});
});
