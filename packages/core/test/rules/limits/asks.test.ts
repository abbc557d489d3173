import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LimitedParty, LimitRules } from "../../../src/contract/tenancy.ts";
import type { ModelFacts } from "../../../src/rules/models/facts.ts";
import { asksFor, type Ending, priceMissing, usedBy } from "../../../src/rules/limits/asks.ts";

const prices = { input: 1, output: 4 };
const parties = (rules: LimitRules): readonly LimitedParty[] => [{ kind: "key", id: "key_1", rules }];
const money = parties({ budgets: [{ period: "day", microUsd: 1 }] });
const target = (facts: ModelFacts | undefined) => ({ providerName: "house", model: "large", facts });

describe("what a request may take", () => {
	it("is the answer that is expected where only a minute's tokens count", () => {
		const size = { promptTokens: 100, mostPromptTokens: 100, maxOutputTokens: undefined, rounds: 1 };
		expect(asksFor(size, [target({ prices, maxOutputTokens: 32_000 })], parties({ tokensPerMinute: 1 }))).toEqual([{ expectedTokens: 1100, tokens: 1100, microUsd: 4100 }]);
	});

	it("is the caller's own limit under a budget, at the dearest target, and no more than its models can say", () => {
		const size = { promptTokens: 30, mostPromptTokens: 100, maxOutputTokens: 500, rounds: 1 };
		const dear = target({ prices: { input: 10, output: 40 }, maxOutputTokens: 400 });
		expect(asksFor(size, [target({ prices }), dear], money)).toEqual([{ expectedTokens: 530, tokens: 600, microUsd: 21_000 }]);
		expect(asksFor(size, [dear], money)).toEqual([{ expectedTokens: 430, tokens: 500, microUsd: 17_000 }]);
	});

	it("is the longest answer of its models where the caller set no limit, then half of it, and so on", () => {
		const size = { promptTokens: 0, mostPromptTokens: 0, maxOutputTokens: undefined, rounds: 1 };
		const asked = (facts: ModelFacts | undefined) => asksFor(size, [target(facts)], money).map(({ tokens, maxOutputTokens }) => [tokens, maxOutputTokens]);
		expect(asked({ maxOutputTokens: 4096 })).toEqual([[4096, undefined], [2048, 2048], [1024, 1024]]);
		expect(asked(undefined)[0]).toEqual([16_384, undefined]);
		expect(asksFor(size, [target({ maxOutputTokens: 4096 }), target({ maxOutputTokens: 1500 })], money).map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([undefined, 1500, 1024]);
	});

	it("is no more of a prompt than a model's window takes", () => {
		const size = { promptTokens: 2000, mostPromptTokens: 8000, maxOutputTokens: 10, rounds: 1 };
		expect(asksFor(size, [target({ prices, contextWindow: 4000 })], money)).toEqual([{ expectedTokens: 2010, tokens: 4010, microUsd: 4040 }]);
		expect(asksFor(size, [target({ prices, contextWindow: 4000 }), target({ prices })], money)).toMatchObject([{ tokens: 8010, microUsd: 8040 }]);
	});

	it("has room for a repair, which is asked with the first answer", () => {
		const [ask] = asksFor({ promptTokens: 100, mostPromptTokens: 100, maxOutputTokens: 50, rounds: 2 }, [target({ prices })], money);
		expect(ask).toEqual({ expectedTokens: 150, tokens: 350, microUsd: 250 + 400 });
	});

	it("is priced as if all of the prompt were written to a cache and all of the answer reasoning, where that is dearer", () => {
		const dear = { input: 1, output: 4, cacheWrite: 2, cachedInput: 0.1, reasoning: 5 };
		const [ask] = asksFor({ promptTokens: 100, mostPromptTokens: 100, maxOutputTokens: 10, rounds: 1 }, [target({ prices: dear })], money);
		expect(ask.microUsd).toBe(250);
	});

	it("covers all that can be used within it", () => {
		const price = fc.double({ min: 0, max: 100, noNaN: true });
		const facts = fc.record({ prices: fc.record({ input: price, output: price, cacheWrite: price, cachedInput: price, reasoning: price }) });
		fc.assert(
			fc.property(fc.nat(100_000), fc.nat(50_000), fc.double({ min: 0, max: 1, noNaN: true }), facts, fc.constantFrom<Ending["outcome"]>("ok", "failed", "cancelled"), (promptTokens, maxOutputTokens, share, known, outcome) => {
				const size = { promptTokens, mostPromptTokens: promptTokens, maxOutputTokens, rounds: 1 };
				const [ask] = asksFor(size, [target(known)], money);
				const used = usedBy({ outcome, attempts: 1, usage: { inputTokens: promptTokens, outputTokens: maxOutputTokens, cacheWriteTokens: Math.floor(promptTokens * share), reasoningTokens: Math.floor(maxOutputTokens * share) }, prices: known.prices }, size, ask);
				expect(used.tokens).toBeLessThanOrEqual(ask.tokens);
				expect(used.microUsd).toBeLessThanOrEqual(ask.microUsd);
			}),
		);
	});
});

describe("what an exchange has used", () => {
	const size = { promptTokens: 40, mostPromptTokens: 100, maxOutputTokens: 1000, rounds: 1 };
	const ask = { expectedTokens: 1100, tokens: 1100, microUsd: 4100 };
	const ending = (fields: Partial<Ending>): Ending => ({ outcome: "ok", attempts: 1, usage: {}, prices, ...fields });
	it.each<[string, Partial<Ending>, { tokens: number; microUsd: number }]>([
		["what the provider told", { usage: { inputTokens: 90, outputTokens: 10 } }, { tokens: 100, microUsd: 130 }],
		["all that was held where an answer came without a count", {}, { tokens: 1100, microUsd: 4100 }],
		["its prompt where only the answer was counted", { usage: { outputTokens: 10 } }, { tokens: 110, microUsd: 140 }],
		["its prompt where the caller hung up before anything came", { outcome: "cancelled" }, { tokens: 100, microUsd: 100 }],
		["its prompt where the provider took too long", { outcome: "failed", errorCode: "TIMEOUT_ERROR" }, { tokens: 100, microUsd: 100 }],
		["nothing where the provider refused", { outcome: "failed", errorCode: "PROVIDER_ERROR" }, { tokens: 0, microUsd: 0 }],
		["nothing where nobody was asked", { outcome: "cancelled", attempts: 0 }, { tokens: 0, microUsd: 0 }],
		["what had come where it broke off", { outcome: "failed", errorCode: "PROVIDER_ERROR", usage: { outputTokens: 5 } }, { tokens: 105, microUsd: 120 }],
	])("is %s", (_, fields, used) => {
		expect(usedBy(ending(fields), size, ask)).toEqual(used);
	});
});

it("a missing price is told with the option that sets it", () => {
	expect(priceMissing({ providerName: "house", model: 'a/"b"' }).message).toContain('models: { "house": { "a/\\"b\\"": { prices: { input, output } } } }');
});
