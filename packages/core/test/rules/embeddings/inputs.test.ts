import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateInputTokens, groupInputs } from "../../../src/rules/embeddings/inputs.ts";

const text = (value: string) => ({ type: "text", text: value }) as const;

test("groups hold every input once, in order, and none is empty or too large", () => {
	fc.assert(
		fc.property(fc.array(fc.string().map(text), { maxLength: 50 }), fc.integer({ min: 1, max: 20 }), (inputs, size) => {
			const groups = groupInputs(inputs, size);
			expect(groups.flat()).toEqual(inputs);
			for (const group of groups) {
				expect(group.length).toBeGreaterThan(0);
				expect(group.length).toBeLessThanOrEqual(size);
			}
			expect(groups.length).toBe(Math.ceil(inputs.length / size));
		}),
	);
});

test("tokens are counted where they are told, and a quarter of the characters elsewhere", () => {
	expect(estimateInputTokens([text("12345"), { type: "tokens", tokens: [7, 8, 9] }, { type: "opaque", dialect: "gemini", value: {} }])).toBe(5);
});
