import type { z } from "zod";
import type { EmbeddingInput, EmbeddingRequest } from "../../contract/embedding.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import type { DialectId, Prompt } from "../../contract/prompt.ts";
import { batchEmbedContentsRequest } from "../../contract/wire/gemini-embeddings.ts";
import { embeddingRequest } from "../../contract/wire/openai-embeddings.ts";
import type { Decoded } from "../dialects/dialect.ts";
import { readPath } from "../dialects/gemini/address.ts";
import { decodeBatchRequest, encodeBatchAnswer } from "../dialects/gemini/embedding-caller.ts";
import { decodeEmbeddingRequest, encodeEmbeddingAnswer } from "../dialects/openai-chat/embedding-caller.ts";
import { estimateInputTokens } from "../embeddings/inputs.ts";
import { embed } from "./embeddings.ts";

export interface SimulatedEmbedding {
	readonly model: string;
	/** The inputs as a model that talks would read them. */
	readonly prompt: Prompt;
	answer(): JsonObject;
}

const mostDimensions = 4096;
/** Google's limit of one batch. */
const mostRequests = 100;

/**
 * A request for embeddings as the vendor reads it.
 * @returns what is wrong with it, in a sentence, where it is none; `undefined` where the vendor has no embeddings.
 */
export function readEmbeddingRequest(dialect: DialectId, body: Json, path: string): Decoded<SimulatedEmbedding, string> | undefined {
	if (dialect === "anthropic-messages") return undefined;
	if (dialect === "gemini") {
		const parsed = parse(batchEmbedContentsRequest, body);
		if (!parsed.ok) return parsed;
		if (parsed.value.requests.length > mostRequests) return refuse(`BatchEmbedContentsRequest.requests: at most ${mostRequests} requests can be in one batch`);
		// Google tells no usage for its older models.
		return simulate(decodeBatchRequest(parsed.value), readPath(path).model, (request) => encodeBatchAnswer({ vectors: embed(request), usage: {} }));
	}
	const parsed = parse(embeddingRequest, body);
	if (!parsed.ok) return parsed;
	const { model } = parsed.value;
	return simulate(decodeEmbeddingRequest(parsed.value), model, (request) =>
		encodeEmbeddingAnswer({ vectors: embed(request), usage: { inputTokens: estimateInputTokens(request.inputs) } }, request, model),
	);
}

function simulate(
	decoded: ReturnType<typeof decodeEmbeddingRequest>,
	model: string,
	encode: (request: EmbeddingRequest) => JsonObject,
): Decoded<SimulatedEmbedding, string> {
	if (!decoded.ok) return refuse(decoded.problem.map(({ path, message }) => `${path}: ${message}`).join("; "));
	const request = decoded.value;
	if ((request.dimensions ?? 0) > mostDimensions) return refuse(`The simulator makes vectors of at most ${mostDimensions} dimensions`);
	return { ok: true, value: { model, prompt: promptOf(request.inputs), answer: () => encode(request) } };
}

function promptOf(inputs: readonly EmbeddingInput[]): Prompt {
	const content = inputs.flatMap((input) => (input.type === "text" ? [{ type: "text" as const, text: input.text }] : []));
	return { messages: [{ role: "user", content }], settings: {} };
}

function parse<Schema extends z.ZodType>(schema: Schema, body: Json): Decoded<z.output<Schema>, string> {
	const parsed = schema.safeParse(body);
	return parsed.success ? { ok: true, value: parsed.data } : refuse(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
	return { ok: false, problem };
}
