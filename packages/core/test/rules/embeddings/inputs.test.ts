import { expect, test } from "vitest";
import { estimateInputTokens } from "../../../src/rules/embeddings/inputs.ts";

const text = (value: string) => ({ type: "text", text: value }) as const;

test("tokens are counted where they are told, and a quarter of the characters elsewhere", () => {
	expect(estimateInputTokens([text("12345"), { type: "tokens", tokens: [7, 8, 9] }, { type: "opaque", dialect: "gemini", value: {} }])).toBe(5);
});
