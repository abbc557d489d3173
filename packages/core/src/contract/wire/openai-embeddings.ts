import { z } from "zod";

/** OpenAI's embeddings as callers speak them. Objects are loose: fields of compatible vendors travel on to them. */

const token = z.int().nonnegative();

export const embeddingRequest = z
	.looseObject({
		model: z.string().min(1),
		input: z
			.union([z.string(), z.array(z.string()), z.array(token), z.array(z.array(token))])
			.meta({ description: "A text, up to 2048 texts, or the same as token ids of the model. None may be empty" }),
		dimensions: z.int().positive().nullish().meta({ description: "How long the vectors shall be, where the model can choose" }),
		encoding_format: z
			.enum(["float", "base64"])
			.nullish()
			.meta({ description: "Numbers (the default), or base64 of 32-bit floats, little-endian: a quarter of the bytes" }),
		user: z.string().nullish(),
	})
	.meta({ id: "EmbeddingRequest" });
export type OpenAIEmbeddingRequest = z.output<typeof embeddingRequest>;

export const embeddingList = z
	.looseObject({
		object: z.literal("list"),
		data: z.array(
			z.looseObject({
				object: z.literal("embedding"),
				index: z.int().meta({ description: "Which input it belongs to, from 0" }),
				embedding: z.union([z.array(z.number()), z.string()]).meta({ description: "In the form of `encoding_format`" }),
			}),
		),
		model: z.string(),
		usage: z.looseObject({ prompt_tokens: z.int(), total_tokens: z.int() }),
	})
	.meta({ id: "EmbeddingList" });
export type OpenAIEmbeddingList = z.output<typeof embeddingList>;
