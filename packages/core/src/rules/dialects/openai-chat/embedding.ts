import {
	type EmbeddingAnswer, type EmbeddingInput, type EmbeddingRequest, maxEmbeddingInputs, type Vector, type VectorFormat,
} from "../../../contract/embedding.ts";
import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import { asVector, decodeVector, isVectorText } from "../../embeddings/vectors.ts";
import type { Decoded, EmbeddingCodec, EncodedRequest, EncodeEmbeddingOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asCount, asObject, asText } from "../json-fields.ts";
import { createWarnings, type Warnings } from "../warnings.ts";
import { decodeErrorObject } from "./provider-error.ts";

/** OpenAI's embeddings and what compatible vendors make of them; the same beside every one of OpenAI's APIs. */
export const embedding: EmbeddingCodec = {
	maxInputs: maxEmbeddingInputs,
	refuse({ inputs }) {
		const isOpaque = inputs.some(({ type }) => type === "opaque");
		return isOpaque ? { path: "content", message: "must be text alone: only Gemini can be asked for the embedding of anything else" } : undefined;
	},
	path: ({ model, quirks }) => `${quirks.modelInPath === true ? `/deployments/${encodeURIComponent(model)}` : ""}/embeddings`,
	encodeRequest,
	decodeAnswer,
};

/** Extras must not bring them in by the back door. */
const ownFields = new Set(["model", "input", "dimensions", "encoding_format", "user"]);

function encodeRequest(request: EmbeddingRequest, { model, quirks }: EncodeEmbeddingOptions): EncodedRequest {
	const warnings = createWarnings();
	const refused = new Set(quirks.unsupported ?? []);
	const kept = (name: "dimensions" | "user"): boolean => {
		if (request[name] !== undefined && refused.has(name)) warnUnsupported(name, warnings);
		return request[name] !== undefined && !refused.has(name);
	};
	for (const { metadata } of request.inputs.filter((input) => input.type === "text")) {
		for (const field of Object.keys(metadata?.google ?? {})) warnUnsupported(field, warnings);
	}
	return {
		body: {
			...encodeExtras(request, warnings),
			model,
			input: request.inputs.flatMap(encodeInput),
			// Always told: vendors disagree about the default, and some demand the field.
			encoding_format: request.format === "base64" && quirks.base64Embeddings === true ? "base64" : "float",
			...(kept("dimensions") ? { dimensions: request.dimensions } : {}),
			...(kept("user") ? { user: request.user } : {}),
		},
		warnings: warnings.list,
	};
}

function encodeInput(input: EmbeddingInput): Json[] {
	if (input.type === "opaque") return [];
	return [input.type === "text" ? input.text : input.tokens];
}

function encodeExtras({ extras }: EmbeddingRequest, warnings: Warnings): JsonObject {
	const fields = Object.entries(extras?.fields ?? {}).filter(([name]) => !ownFields.has(name));
	if (extras?.dialect === "openai-chat") return Object.fromEntries(fields);
	for (const [name] of fields) warnUnsupported(name, warnings);
	return {};
}

function warnUnsupported(field: string, warnings: Warnings): void {
	warnings.add("unsupported-setting", field, `The provider has no setting "${field}" for embeddings; it was left out`);
}

function decodeAnswer(body: Json, { inputs, format }: EmbeddingRequest): Decoded<EmbeddingAnswer, Failure> {
	const answer = asObject(body);
	if (answer?.error !== undefined && answer.error !== null) return { ok: false, problem: decodeErrorObject(answer.error) };
	const items = inOrder((asArray(answer?.data) ?? []).map((item) => asObject(item) ?? {}));
	if (items.length !== inputs.length) return broken(`The provider answered with ${items.length} vectors for ${inputs.length} inputs`);
	const vectors: Vector[] = [];
	for (const item of items) {
		const vector = decodeItem(item.embedding, format);
		if (vector === undefined) return broken("The provider answered with something else than vectors");
		vectors.push(vector);
	}
	const told = asObject(answer?.usage);
	const inputTokens = asCount(told?.prompt_tokens) ?? asCount(told?.total_tokens);
	const model = asText(answer?.model);
	return { ok: true, value: { vectors, usage: inputTokens === undefined ? {} : { inputTokens }, ...(model === undefined ? {} : { model }) } };
}

/** By `index`; as they came where the indexes name no place, or one twice. */
function inOrder(items: readonly JsonObject[]): readonly JsonObject[] {
	const places: JsonObject[] = [];
	for (const item of items) {
		const index = asCount(item.index);
		if (index === undefined || index >= items.length || places[index] !== undefined) return items;
		places[index] = item;
	}
	return places;
}

/** Either form, whichever was asked for: servers answer in the one they have. */
function decodeItem(value: Json | undefined, format: VectorFormat): Vector | undefined {
	if (typeof value === "string") return format === "float" ? decodeVector(value) : isVectorText(value) ? value : undefined;
	return asVector(value);
}

function broken(message: string): { readonly ok: false; readonly problem: Failure } {
	return { ok: false, problem: protocolFailure(message) };
}
