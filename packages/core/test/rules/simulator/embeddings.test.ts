import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EmbeddingInput } from "../../../src/contract/embedding.ts";
import { embed } from "../../../src/rules/simulator/embeddings.ts";

const text = (value: string): EmbeddingInput => ({ type: "text", text: value });
const vectors = (inputs: readonly EmbeddingInput[], dimensions?: number) => embed({ inputs, format: "float", ...(dimensions === undefined ? {} : { dimensions }) });
const dot = (a: readonly number[] = [], b: readonly number[] = []) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

test("every input has a vector of length 1, the same each time, and of the wanted dimensions", () => {
	const input = fc.oneof(
		fc.string({ unit: "binary", minLength: 1 }).map(text),
		fc.array(fc.nat(), { minLength: 1 }).map((tokens): EmbeddingInput => ({ type: "tokens", tokens })),
		fc.constant<EmbeddingInput>({ type: "opaque", dialect: "gemini", value: { parts: [] } }),
	);
	fc.assert(
		fc.property(fc.array(input, { minLength: 1, maxLength: 5 }), fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }), (inputs, dimensions) => {
			const made = vectors(inputs, dimensions);
			expect(made).toEqual(vectors(inputs, dimensions));
			for (const vector of made) {
				expect(vector).toHaveLength(dimensions ?? 256);
				expect(Math.abs(dot(vector, vector) - 1)).toBeLessThan(1e-5);
				expect(vector.every((value) => value === Math.fround(value))).toBe(true);
			}
		}),
	);
});

describe("a search by nearness", () => {
	const documents = [
		"A postern is a small gate in the wall of a castle",
		"Recursion is a function that calls itself",
		"Bread is baked from flour, water and salt",
		"The weather tomorrow: rain in the north, sun in the south",
	];
	test.each([
		["Where is the small gate of the castle?", 0],
		["a recursive function", 1],
		["How do I bake a bread?", 2],
		["Will there be rain tomorrow?", 3],
	])("%s", (question, expected) => {
		const [asked, ...made] = vectors([question, ...documents].map(text));
		const nearness = made.map((vector) => dot(asked, vector));
		expect(nearness.indexOf(Math.max(...nearness))).toBe(expected);
	});

	test("does not mind case and marks, and tells other texts apart", () => {
		const [first, same, other] = vectors(["Hello, World!", "hello world", "Quite another matter"].map(text));
		expect(dot(first, same)).toBeCloseTo(1, 5);
		expect(Math.abs(dot(first, other))).toBeLessThan(0.5);
	});
});
