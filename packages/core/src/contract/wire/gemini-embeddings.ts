import { z } from "zod";
import { geminiContent } from "./gemini.ts";

/** Google's `embedContent` and `batchEmbedContents` (API version `v1beta`) as callers speak them. */

const setting = z.string().nullish();

export const embedContentRequest = z
	.looseObject({
		model: setting.meta({ description: "The path names the model" }),
		content: geminiContent.meta({ description: "The text of its parts; what else is in them passes to providers of this dialect" }),
		taskType: setting.meta({ description: "`RETRIEVAL_QUERY`, `RETRIEVAL_DOCUMENT`, `SEMANTIC_SIMILARITY`, ...: for providers of this dialect" }),
		title: setting.meta({ description: "Of a `RETRIEVAL_DOCUMENT`" }),
		outputDimensionality: z.int().positive().nullish().meta({ description: "How long the vector shall be, where the model can choose" }),
	})
	.meta({ id: "GeminiEmbedContentRequest" });
export type EmbedContentRequest = z.output<typeof embedContentRequest>;

export const batchEmbedContentsRequest = z
	.looseObject({ requests: z.array(embedContentRequest).min(1) })
	.meta({ id: "GeminiBatchEmbedContentsRequest", description: "Up to 2048 requests for vectors of one length" });
export type BatchEmbedContentsRequest = z.output<typeof batchEmbedContentsRequest>;

const embedding = z.looseObject({ values: z.array(z.number()) }).meta({ id: "GeminiContentEmbedding" });
const usageMetadata = z.looseObject({ promptTokenCount: z.int().nonnegative().optional() }).optional();

export const embedContentResponse = z.looseObject({ embedding, usageMetadata }).meta({ id: "GeminiEmbedContentResponse" });
export const batchEmbedContentsResponse = z
	.looseObject({ embeddings: z.array(embedding).meta({ description: "In the order of the requests" }), usageMetadata })
	.meta({ id: "GeminiBatchEmbedContentsResponse" });
