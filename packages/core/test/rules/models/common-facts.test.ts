import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonFacts } from "../../../src/rules/models/common-facts.ts";
import { inputModalities, type ModelFacts } from "../../../src/rules/models/facts.ts";

const prices = { input: 1, output: 2 };
const strong: ModelFacts = {
	contextWindow: 1_000_000, maxOutputTokens: 64_000, inputModalities: ["text", "image", "file"], tools: true, structuredOutput: true, reasoning: true, prices,
};
const plain: ModelFacts = { contextWindow: 128_000, maxOutputTokens: 100_000, inputModalities: ["text", "image"], tools: true, reasoning: false };

describe("what all targets of a route can do", () => {
	it.each<[what: string, list: readonly (ModelFacts | undefined)[], facts: ModelFacts | undefined]>([
		["nothing of nobody", [], undefined],
		["one that nobody knows", [undefined], undefined],
		["one", [strong], strong],
		["the smallest limits, the shared abilities", [strong, plain], { contextWindow: 128_000, maxOutputTokens: 64_000, inputModalities: ["text", "image"], tools: true, reasoning: false }],
		["nothing promised with an unknown one among them", [strong, undefined], undefined],
		["but what one of them cannot do is told", [plain, undefined], { reasoning: false }],
		["the same twice", [strong, { ...strong }], strong],
		["prices that differ are none", [{ prices }, { prices: { ...prices, input: 3 } }], undefined],
		["embeddings", [{ kind: "embedding" }, { kind: "embedding" }], { kind: "embedding" }],
	])("%s", (_what, list, facts) => {
		expect(commonFacts(list)).toEqual(facts);
	});

	it("promises nothing that one of them does not", () => {
		const facts: fc.Arbitrary<ModelFacts> = fc.record(
			{
				contextWindow: fc.integer({ min: 1, max: 10 }),
				maxOutputTokens: fc.integer({ min: 1, max: 10 }),
				inputModalities: fc.uniqueArray(fc.constantFrom(...inputModalities)),
				tools: fc.boolean(),
				structuredOutput: fc.boolean(),
				reasoning: fc.boolean(),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(fc.array(facts, { minLength: 1 }), (list) => {
				const common = commonFacts(list) ?? {};
				for (const each of list) {
					if (common.contextWindow !== undefined) expect(each.contextWindow).toBeGreaterThanOrEqual(common.contextWindow);
					if (common.maxOutputTokens !== undefined) expect(each.maxOutputTokens).toBeGreaterThanOrEqual(common.maxOutputTokens);
					for (const flag of ["tools", "structuredOutput", "reasoning"] as const) if (common[flag] === true) expect(each[flag]).toBe(true);
					for (const modality of common.inputModalities ?? []) expect(each.inputModalities).toContain(modality);
				}
			}),
		);
	});
});
