import { z } from "zod";
import { exchangeErrors, type Operation, requestErrors } from "../operation.ts";
import {
	geminiCountRequest, geminiCount, geminiError, geminiModel, geminiModelList, generateContentRequest, generateContentResponse,
} from "../wire/gemini.ts";
import { batchEmbedContentsRequest, batchEmbedContentsResponse, embedContentRequest, embedContentResponse } from "../wire/gemini-embeddings.ts";

const path = "/v1beta/models/**:model";
const parameters = { model: "`provider/model` or the alias of a route" };
const contents = [{ role: "user", parts: [{ text: "Explain recursion" }] }];

export const geminiOperations = {
	generateContent: {
		surface: "gemini",
		method: "POST",
		path,
		whenSuffix: ":generateContent",
		summary: "Gemini-compatible answer, whole",
		access: "principal",
		parameters,
		body: generateContentRequest,
		idempotency: "kept",
		output: { kind: "json", schema: generateContentResponse },
		errors: [...requestErrors, ...exchangeErrors],
		example: { contents },
	},
	streamGenerateContent: {
		surface: "gemini",
		method: "POST",
		path,
		whenSuffix: ":streamGenerateContent",
		summary: "Gemini-compatible answer, streamed",
		access: "principal",
		parameters,
		body: generateContentRequest,
		idempotency: "kept",
		output: [
			{
				kind: "events",
				events: { message: generateContentResponse, error: geminiError },
				description: "With `?alt=sse`. The last event has a `finishReason`; a failure after the first chunk ends with a `data:` line that holds `{error}` instead.",
			},
			{ kind: "json", schema: z.array(generateContentResponse).meta({ description: "Without `?alt=sse`: the same chunks as one JSON array" }) },
		],
		errors: [...requestErrors, ...exchangeErrors],
		example: { contents },
	},
	countGeminiTokens: {
		surface: "gemini",
		method: "POST",
		path,
		whenSuffix: ":countTokens",
		summary: "Count the tokens of a prompt, in Gemini's form",
		description: "Exact where the model's provider can count; elsewhere estimated, told by the header `x-postern-estimated: true`.",
		access: "principal",
		parameters,
		body: geminiCountRequest,
		output: { kind: "json", schema: geminiCount },
		errors: [...requestErrors, ...exchangeErrors],
		example: { contents },
	},
	embedContent: {
		surface: "gemini",
		method: "POST",
		path,
		whenSuffix: ":embedContent",
		summary: "Gemini-compatible embedding of one text",
		access: "principal",
		parameters,
		body: embedContentRequest,
		idempotency: "kept",
		output: { kind: "json", schema: embedContentResponse },
		errors: [...requestErrors, ...exchangeErrors],
		example: { content: { parts: [{ text: "Explain recursion" }] }, outputDimensionality: 8 },
	},
	batchEmbedContents: {
		surface: "gemini",
		method: "POST",
		path,
		whenSuffix: ":batchEmbedContents",
		summary: "Gemini-compatible embeddings of several texts",
		access: "principal",
		parameters,
		body: batchEmbedContentsRequest,
		idempotency: "kept",
		output: { kind: "json", schema: batchEmbedContentsResponse },
		errors: [...requestErrors, ...exchangeErrors],
		example: { requests: [{ content: { parts: [{ text: "Explain recursion" }] } }, { content: { parts: [{ text: "What is a postern?" }] } }] },
	},
	listGeminiModels: {
		surface: "gemini",
		method: "GET",
		path: "/v1beta/models",
		summary: "The models and routes of this gateway, in Gemini's form",
		access: "principal",
		output: { kind: "json", schema: geminiModelList },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN"],
	},
	getGeminiModel: {
		surface: "gemini",
		method: "GET",
		path,
		summary: "One model or route, in Gemini's form",
		access: "principal",
		parameters,
		output: { kind: "json", schema: geminiModel },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN", "MODEL_NOT_FOUND"],
	},
} as const satisfies Record<string, Operation>;
