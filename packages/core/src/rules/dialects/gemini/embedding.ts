import type { EmbeddingAnswer, EmbeddingInput, EmbeddingRequest } from "../../../contract/embedding.ts";
import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import { asVector } from "../../embeddings/vectors.ts";
import type { Decoded, EmbeddingCodec, EncodedRequest, EncodeEmbeddingOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asCount, asObject, restOf } from "../json-fields.ts";
import { createWarnings } from "../warnings.ts";
import { actionPath, resourceName } from "./address.ts";
import { failureOfError } from "./failure-decoder.ts";
import { ownFields } from "./own-metadata.ts";

/** Google's `batchEmbedContents`, for one input too. */
export const embedding: EmbeddingCodec = {
	// In no reference, but what the API enforces.
	maxInputs: 100,
	refuse({ inputs }) {
		const isTokens = inputs.some(({ type }) => type === "tokens");
		return isTokens ? { path: "input", message: "must be texts: Gemini takes no token ids" } : undefined;
	},
	path: ({ model }) => actionPath(model, "batchEmbedContents"),
	encodeRequest,
	decodeAnswer,
};

const requestFields = new Set(["model", "content", "outputDimensionality"]);

function encodeRequest({ inputs, dimensions, user, extras }: EmbeddingRequest, { model }: EncodeEmbeddingOptions): EncodedRequest {
	const warnings = createWarnings();
	const foreign = extras === undefined || extras.dialect === "gemini" ? [] : Object.keys(extras.fields);
	for (const name of user === undefined ? foreign : ["user", ...foreign]) {
		warnings.add("unsupported-setting", name, `Gemini has no setting "${name}" for embeddings; it was left out`);
	}
	const common = { model: resourceName(model), ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }) };
	return {
		body: {
			...(extras?.dialect === "gemini" ? restOf(extras.fields, new Set(["requests"])) : {}),
			requests: inputs.flatMap((input) => (input.type === "tokens" ? [] : [{ ...encodeInput(input), ...common }])),
		},
		warnings: warnings.list,
	};
}

function encodeInput(input: Exclude<EmbeddingInput, { type: "tokens" }>): JsonObject {
	const content = input.type === "text" ? { parts: [{ text: input.text }] } : input.value;
	return { ...restOf(ownFields(input.metadata), requestFields), content };
}

function decodeAnswer(body: Json, { inputs }: EmbeddingRequest): Decoded<EmbeddingAnswer, Failure> {
	const answer = asObject(body);
	if (answer?.error !== undefined && answer.error !== null) return { ok: false, problem: failureOfError(answer.error) };
	const items = asArray(answer?.embeddings) ?? [];
	if (items.length !== inputs.length) return broken(`The provider answered with ${items.length} vectors for ${inputs.length} inputs`);
	const vectors = items.map((item) => asVector(asObject(item)?.values)).filter((vector) => vector !== undefined);
	if (vectors.length !== items.length) return broken("The provider answered with something else than vectors");
	const inputTokens = asCount(asObject(answer?.usageMetadata)?.promptTokenCount);
	return { ok: true, value: { vectors, usage: inputTokens === undefined ? {} : { inputTokens } } };
}

function broken(message: string): { readonly ok: false; readonly problem: Failure } {
	return { ok: false, problem: protocolFailure(message) };
}
