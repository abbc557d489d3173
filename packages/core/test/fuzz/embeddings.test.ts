import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EmbeddingRequest } from "../../src/contract/embedding.ts";
import type { Issue } from "../../src/contract/errors.ts";
import type { Json } from "../../src/contract/json.ts";
import { batchEmbedContentsRequest } from "../../src/contract/wire/gemini-embeddings.ts";
import { embeddingRequest } from "../../src/contract/wire/openai-embeddings.ts";
import type { Decoded } from "../../src/rules/dialects/dialect.ts";
import { embedding as geminiEmbedding } from "../../src/rules/dialects/gemini/embedding.ts";
import { decodeBatchRequest, encodeBatchAnswer } from "../../src/rules/dialects/gemini/embedding-caller.ts";
import { embedding as openaiEmbedding } from "../../src/rules/dialects/openai-chat/embedding.ts";
import { decodeEmbeddingRequest, encodeEmbeddingAnswer } from "../../src/rules/dialects/openai-chat/embedding-caller.ts";
import { guardPrototypes, inTime } from "./expectations.ts";
import { hostileText, hostileValue, mutatedJson } from "./hostile.ts";

guardPrototypes();

const asked: EmbeddingRequest = { inputs: [{ type: "text", text: "a" }, { type: "text", text: "b" }], format: "float" };
const answer = { vectors: [[1, 0.5], [-0.25, 0]], usage: { inputTokens: 2 } };
const options = { model: "m", quirks: {} };

const dialects = [
	{
		id: "openai",
		codec: openaiEmbedding,
		request: { model: "m", input: ["a", "b"], dimensions: 2, user: "u" } satisfies Json,
		answers: [encodeEmbeddingAnswer(answer, asked, "m"), encodeEmbeddingAnswer(answer, { ...asked, format: "base64" }, "m")],
		accept(body: unknown): Decoded<EmbeddingRequest, readonly Issue[]> | undefined {
			const parsed = embeddingRequest.safeParse(body);
			return parsed.success ? decodeEmbeddingRequest(parsed.data) : undefined;
		},
	},
	{
		id: "gemini",
		codec: geminiEmbedding,
		request: { requests: [{ model: "models/m", content: { parts: [{ text: "a" }] }, taskType: "CLUSTERING", outputDimensionality: 2 }] } satisfies Json,
		answers: [encodeBatchAnswer(answer)],
		accept(body: unknown): Decoded<EmbeddingRequest, readonly Issue[]> | undefined {
			const parsed = batchEmbedContentsRequest.safeParse(body);
			return parsed.success ? decodeBatchRequest(parsed.data) : undefined;
		},
	},
];

describe.each(dialects)("embeddings of $id", ({ codec, request, answers, accept }) => {
	it("a hostile request is refused by name, or can be asked of whoever takes it", () => {
		let taken = 0;
		const body = fc.oneof({ weight: 9, arbitrary: mutatedJson(request, "door") }, { weight: 1, arbitrary: hostileValue("door") }).map(hostileText);
		fc.assert(
			fc.property(body, (text) => {
				const decoded = inTime(() => accept(JSON.parse(text)));
				if (decoded === undefined) return;
				if (!decoded.ok) {
					expect(decoded.problem.length).toBeGreaterThan(0);
					return;
				}
				taken++;
				for (const { codec } of dialects) {
					if (codec.refuse?.(decoded.value) !== undefined) continue;
					const { body, warnings } = inTime(() => codec.encodeRequest(decoded.value, options));
					expect(JSON.parse(JSON.stringify(body))).toBeTypeOf("object");
					for (const warning of warnings) expect(warning.message).not.toBe("");
				}
			}),
			{ numRuns: 400 },
		);
		// A fuzzer whose every case dies at the schema shows nothing.
		expect(taken).toBeGreaterThan(20);
	});

	it("a broken answer is vectors for all inputs, or one failure", () => {
		const own = fc.constantFrom(...answers).chain((whole) => mutatedJson(JSON.parse(JSON.stringify(whole))));
		fc.assert(
			fc.property(fc.oneof({ weight: 5, arbitrary: own }, { weight: 1, arbitrary: hostileValue() }).map(hostileText), fc.constantFrom("float", "base64"), (text, format) => {
				const request = { ...asked, format } as const;
				const decoded = inTime(() => codec.decodeAnswer(JSON.parse(text), request));
				if (!decoded.ok) {
					expect(decoded.problem.message).not.toBe("");
					return;
				}
				expect(decoded.value.vectors).toHaveLength(2);
				if (format === "float") for (const vector of decoded.value.vectors) expect(vector).toSatisfy((values) => Array.isArray(values) && values.every(Number.isFinite));
				expect(JSON.stringify(encodeEmbeddingAnswer(decoded.value, request, "m"))).not.toContain("null");
			}),
			{ numRuns: 400 },
		);
	});
});
