import fc from "fast-check";
import { expect, test } from "vitest";
import type { EmbeddingRequest } from "../../../src/contract/embedding.ts";
import { createEmbeddingFold } from "../../../src/rules/embeddings/fold.ts";

const requestOf = (texts: readonly string[], dimensions?: number): EmbeddingRequest => ({
	inputs: texts.map((text) => ({ type: "text", text })),
	format: "float",
	...(dimensions === undefined ? {} : { dimensions }),
});

test("whatever the order of groups and failures among them, every input is asked for once and has its own vector", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 60 }), fc.infiniteStream(fc.record({ size: fc.integer({ min: 1, max: 20 }), outcomes: fc.infiniteStream(fc.boolean()) })), (count, rounds) => {
			const fold = createEmbeddingFold(requestOf(Array.from({ length: count }, (_, index) => `text ${index}`)));
			const answered: number[] = [];
			for (const { size, outcomes } of rounds) {
				const groups = fold.missing(size);
				if (groups.length === 0) break;
				for (const group of groups.toReversed()) {
					expect(group.inputs).toHaveLength(group.places.length);
					expect(group.places.length).toBeLessThanOrEqual(size);
					// Those that fail are asked for again in the next round.
					if (!outcomes.next().value) continue;
					answered.push(...group.places);
					fold.push(group, { vectors: group.places.map((place) => [place]), usage: { inputTokens: group.places.length } }, []);
				}
			}
			expect(answered.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
			expect(fold.answer().vectors).toEqual(Array.from({ length: count }, (_, index) => [index]));
			expect(fold.metered()).toEqual({ usage: { inputTokens: count } });
		}),
	);
});

test("usage that is not told is estimated, and said to be", () => {
	const fold = createEmbeddingFold(requestOf(["12345678", "1234"]));
	expect(fold.metered()).toEqual({ usage: {} });
	const [first, second] = fold.missing(1);
	if (first === undefined || second === undefined) throw new Error("There are two inputs");
	fold.push(first, { vectors: [[1]], usage: { inputTokens: 3 }, model: "m-1" }, []);
	expect(fold.metered()).toEqual({ usage: { inputTokens: 3 } });
	fold.push(second, { vectors: [[2]], usage: {}, model: "m-2" }, []);
	expect(fold.metered()).toEqual({ usage: { inputTokens: 4 }, isEstimated: true });
	expect(fold.answer()).toEqual({ vectors: [[1], [2]], usage: { inputTokens: 4 }, model: "m-1" });
});

test("a warning is told once, also of vectors that are not as long as was asked", () => {
	const warning = { code: "unsupported-setting", field: "user", message: "left out" };
	const fold = createEmbeddingFold(requestOf(["a", "b"], 2));
	for (const group of fold.missing(1)) fold.push(group, { vectors: [[1, 2, 3]], usage: {} }, [warning]);
	expect(fold.warnings()).toEqual([warning, { code: "changed-setting", field: "dimensions", message: expect.stringContaining("3 dimensions") }]);
	const fitting = createEmbeddingFold(requestOf(["a"], 1));
	for (const group of fitting.missing(1)) fitting.push(group, { vectors: ["AACAPw=="], usage: {} }, []);
	expect(fitting.warnings()).toEqual([]);
});
