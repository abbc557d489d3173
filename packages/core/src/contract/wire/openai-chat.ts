import { z } from "zod";

export const chatCompletionRequest = z.looseObject({ model: z.string(), messages: z.array(z.looseObject({ role: z.string() })).min(1), stream: z.boolean().nullish() });
export type ChatCompletionRequest = z.output<typeof chatCompletionRequest>;
export const chatCompletion = z.looseObject({ id: z.string() });
export const chatCompletionChunk = z.looseObject({ id: z.string() });
export const openaiModelList = z.object({ object: z.literal("list"), data: z.array(z.looseObject({ id: z.string(), object: z.literal("model"), created: z.int(), owned_by: z.string() })) });
export const openaiModel = z.looseObject({ id: z.string(), object: z.literal("model"), created: z.int(), owned_by: z.string() });
export const openaiError = z.object({ error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string().nullable() }) });
