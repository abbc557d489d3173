import { type EmbeddingAnswer, type EmbeddingInput, type EmbeddingRequest, maxEmbeddingInputs } from "../../../contract/embedding.ts";
import type { Issue } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { BatchEmbedContentsRequest, EmbedContentRequest } from "../../../contract/wire/gemini-embeddings.ts";
import type { Decoded } from "../dialect.ts";
import { asArray, asObject, asText, isShallow, restOf, textOf } from "../json-fields.ts";
import { keepRest } from "./own-metadata.ts";

/** The model's name stands in the path; what the body says of it is not looked at. */
const requestFields = new Set(["model", "content", "outputDimensionality"]);
const partFields = new Set(["text"]);
const maxDepth = 200;

export function decodeEmbedRequest(body: EmbedContentRequest): Decoded<EmbeddingRequest, readonly Issue[]> {
	return decodeRequests([body], () => "", undefined);
}

/** Vectors of one length: requests that ask for different ones are refused. */
export function decodeBatchRequest(body: BatchEmbedContentsRequest): Decoded<EmbeddingRequest, readonly Issue[]> {
	const { requests } = body;
	if (requests.length > maxEmbeddingInputs) {
		return { ok: false, problem: [{ path: "requests", message: `must have at most ${maxEmbeddingInputs} requests, not ${requests.length}` }] };
	}
	// Loose fields of a body that came from JSON are JSON.
	return decodeRequests(requests, (index) => `requests[${index}].`, restOf(body as JsonObject, new Set(["requests"])));
}

function decodeRequests(
	requests: readonly EmbedContentRequest[],
	place: (index: number) => string,
	fields: JsonObject | undefined,
): Decoded<EmbeddingRequest, readonly Issue[]> {
	const issues: Issue[] = [];
	const dimensions = requests[0]?.outputDimensionality ?? undefined;
	const inputs = requests.flatMap((request, index) => {
		if ((request.outputDimensionality ?? undefined) !== dimensions) {
			issues.push({ path: `${place(index)}outputDimensionality`, message: "must be the same in every request" });
		}
		const input = decodeInput(request as JsonObject);
		if (typeof input !== "string") return [input];
		issues.push({ path: `${place(index)}content`, message: input });
		return [];
	});
	if (issues.length > 0) return { ok: false, problem: issues };
	return {
		ok: true,
		value: {
			inputs,
			format: "float",
			...(dimensions === undefined ? {} : { dimensions }),
			...(fields === undefined ? {} : { extras: { dialect: "gemini", fields } }),
		},
	};
}

/** @returns what is wrong with it, where it cannot be an input. */
function decodeInput(request: JsonObject): EmbeddingInput | string {
	if (!isShallow(request, maxDepth)) return `must not nest deeper than ${maxDepth} levels`;
	const content = asObject(request.content) ?? {};
	const parts = (asArray(content.parts) ?? []).map(asObject);
	const rest = keepRest(request, requestFields);
	if (parts.some((part) => part !== undefined && restOf(part, partFields) !== undefined)) {
		return { type: "opaque", dialect: "gemini", value: content, ...rest };
	}
	const text = asText(textOf(content.parts));
	return text === undefined ? "must have a part with text" : { type: "text", text, ...rest };
}

export function encodeEmbedAnswer(answer: EmbeddingAnswer): JsonObject {
	return { embedding: { values: valuesOf(answer)[0] ?? [] }, ...encodeUsage(answer) };
}

export function encodeBatchAnswer(answer: EmbeddingAnswer): JsonObject {
	return { embeddings: valuesOf(answer).map((values) => ({ values })), ...encodeUsage(answer) };
}

/** Google knows no base64 here, and none was asked for. */
function valuesOf({ vectors }: EmbeddingAnswer): (readonly number[])[] {
	return vectors.filter((vector) => typeof vector !== "string");
}

function encodeUsage({ usage: { inputTokens } }: EmbeddingAnswer): JsonObject {
	return inputTokens === undefined ? {} : { usageMetadata: { promptTokenCount: inputTokens } };
}
