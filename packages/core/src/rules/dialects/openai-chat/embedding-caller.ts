import { type EmbeddingAnswer, type EmbeddingInput, type EmbeddingRequest, maxEmbeddingInputs } from "../../../contract/embedding.ts";
import type { Issue } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { OpenAIEmbeddingRequest } from "../../../contract/wire/openai-embeddings.ts";
import { vectorAs } from "../../embeddings/vectors.ts";
import type { Decoded } from "../dialect.ts";
import { restOf } from "../json-fields.ts";

const known = new Set(["model", "input", "dimensions", "encoding_format", "user"]);

/** `null` stands for absent. */
export function decodeEmbeddingRequest(body: OpenAIEmbeddingRequest): Decoded<EmbeddingRequest, readonly Issue[]> {
	const { input, dimensions, encoding_format, user } = body;
	const isOne = typeof input === "string" || (input.length > 0 && input.every((token) => typeof token === "number"));
	const values = isOne ? [input] : input;
	const issues = values.flatMap((value, index) => (typeof value !== "number" && value.length === 0 ? [{ path: isOne ? "input" : `input[${index}]`, message: "must not be empty" }] : []));
	if (values.length === 0) issues.push({ path: "input", message: "must not be empty" });
	if (values.length > maxEmbeddingInputs) issues.push({ path: "input", message: `must have at most ${maxEmbeddingInputs} inputs, not ${values.length}` });
	if (issues.length > 0) return { ok: false, problem: issues };
	// Loose fields of a body that came from JSON are JSON.
	const fields = restOf(body as JsonObject, known);
	return {
		ok: true,
		value: {
			inputs: values.flatMap(decodeInput),
			format: encoding_format ?? "float",
			...(typeof dimensions === "number" ? { dimensions } : {}),
			...(typeof user === "string" ? { user } : {}),
			...(fields === undefined ? {} : { extras: { dialect: "openai-chat", fields } }),
		},
	};
}

function decodeInput(value: string | number | readonly (string | number)[]): EmbeddingInput[] {
	if (typeof value === "string") return [{ type: "text", text: value }];
	return typeof value === "number" ? [] : [{ type: "tokens", tokens: value.filter((token) => typeof token === "number") }];
}

/** @param model the name under which the caller asked, where the provider told none. */
export function encodeEmbeddingAnswer({ vectors, usage, model: told }: EmbeddingAnswer, { format }: EmbeddingRequest, model: string): JsonObject {
	const tokens = usage.inputTokens ?? 0;
	return {
		object: "list",
		data: vectors.map((vector, index) => ({ object: "embedding", index, embedding: vectorAs(format, vector) })),
		model: told ?? model,
		usage: { prompt_tokens: tokens, total_tokens: tokens },
	};
}
