import { z } from "zod";

export const messagesRequest = z.looseObject({ model: z.string(), max_tokens: z.int().positive(), messages: z.array(z.looseObject({ role: z.string() })).min(1), stream: z.boolean().nullish() });
export type MessagesRequest = z.output<typeof messagesRequest>;
export const countTokensRequest = messagesRequest.omit({ max_tokens: true, stream: true });
export type CountTokensRequest = z.output<typeof countTokensRequest>;
export const message = z.looseObject({ id: z.string() });
export const messageStreamEvents = { message_start: z.looseObject({ type: z.literal("message_start") }) };
export const tokenCount = z.object({ input_tokens: z.int() });
export const anthropicModel = z.looseObject({ id: z.string(), type: z.literal("model"), display_name: z.string(), created_at: z.string() });
export const anthropicModelList = z.object({ data: z.array(anthropicModel), has_more: z.boolean(), first_id: z.string().nullable(), last_id: z.string().nullable() });
export const anthropicError = z.object({ type: z.literal("error"), error: z.object({ type: z.string(), message: z.string() }), request_id: z.string().nullable() });
