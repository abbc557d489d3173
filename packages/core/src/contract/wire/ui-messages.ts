import { z } from "zod";
import type { JsonObject } from "../json.ts";
import { costUsd, warnings } from "../operations/fields.ts";

/**
 * The AI SDK's UI messages, as `useChat` posts them. Parts are loose: which fields a part must have depends on its type and state,
 * and the decoder names the place where one is missing.
 */

/** What stands in a parsed JSON body is JSON; zod itself says `unknown`. */
const jsonObject = z.looseObject({}) as unknown as z.ZodType<JsonObject, JsonObject>;
const providerMetadata = z
	.record(z.string(), jsonObject)
	.optional()
	.meta({ description: "State of one vendor that must come back as it was given, by vendor" });

const plainPart = z.looseObject({
	type: z.string().meta({
		description: "`text`, `reasoning`, `file`, `tool-<name>`, `dynamic-tool`, `step-start`, `steering-message`, `source-url`, `source-document` or `data-<name>`",
	}),
	text: z.string().optional(),
	mediaType: z.string().optional().meta({ description: "Of a file" }),
	url: z.string().optional().meta({ description: "Of a file: an http, https or data URL" }),
	filename: z.string().optional(),
	toolCallId: z.string().optional(),
	toolName: z.string().optional().meta({ description: "Of a `dynamic-tool`" }),
	state: z.string().optional(),
	errorText: z.string().optional(),
	providerExecuted: z.boolean().optional(),
	approval: z.looseObject({ approved: z.boolean().optional(), reason: z.string().optional() }).optional(),
	providerMetadata,
	callProviderMetadata: providerMetadata,
	resultProviderMetadata: providerMetadata,
});
export const uiMessagePart = plainPart
	.extend({ parts: z.array(plainPart).optional().meta({ description: "Of a `steering-message`" }) })
	.meta({ id: "UIMessagePart" });
export type UiMessagePart = z.output<typeof uiMessagePart>;

export const uiMessage = z
	.object({
		id: z.string().optional().meta({ description: "An answer that continues the last message, one of the assistant, keeps its id" }),
		role: z.enum(["system", "user", "assistant"]),
		metadata: z.unknown().optional(),
		parts: z.array(uiMessagePart),
	})
	.meta({ id: "UIMessage" });
export type UiMessage = z.output<typeof uiMessage>;

export const uiTool = z
	.strictObject({ description: z.string().optional(), inputSchema: jsonObject.optional().meta({ description: "A JSON Schema of an object" }) })
	.meta({ id: "UITool" });

const id = z.string();
const tool = { toolCallId: z.string(), providerExecuted: z.literal(true).optional(), providerMetadata };
const named = { ...tool, toolName: z.string() };
const count = z.int().nonnegative().optional();
/** `start` tells the request, the model and the warnings, `finish` the usage and the cost: clients merge them. */
const messageMetadata = z
	.object({
		requestId: z.string().optional(),
		model: z.string().optional().meta({ description: "`provider/model`" }),
		warnings,
		usage: z.object({ inputTokens: count, outputTokens: count, totalTokens: count, cachedInputTokens: count, reasoningTokens: count }).optional(),
		costUsd,
	})
	.meta({ id: "UIMessageMetadata" });

/** What the gateway says of the AI SDK's UI message stream. Older clients refuse fields that they do not know, so there are none. */
export const uiMessageChunk = z
	.discriminatedUnion("type", [
		z.strictObject({ type: z.literal("start"), messageId: z.string(), messageMetadata }),
		z.strictObject({ type: z.literal("start-step") }),
		z.strictObject({ type: z.literal("text-start"), id, providerMetadata }),
		z.strictObject({ type: z.literal("text-delta"), id, delta: z.string() }),
		z.strictObject({ type: z.literal("text-end"), id, providerMetadata }),
		z.strictObject({ type: z.literal("reasoning-start"), id, providerMetadata }),
		z.strictObject({ type: z.literal("reasoning-delta"), id, delta: z.string() }),
		z.strictObject({ type: z.literal("reasoning-end"), id, providerMetadata }),
		z.strictObject({ type: z.literal("source-url"), sourceId: z.string(), url: z.string(), title: z.string().optional(), providerMetadata }),
		z.strictObject({ type: z.literal("source-document"), sourceId: z.string(), mediaType: z.string(), title: z.string(), providerMetadata }),
		z.strictObject({ type: z.literal("tool-input-start"), toolCallId: z.string(), toolName: z.string(), providerExecuted: z.literal(true).optional() }),
		z.strictObject({ type: z.literal("tool-input-delta"), toolCallId: z.string(), inputTextDelta: z.string() }),
		z.strictObject({ type: z.literal("tool-input-available"), ...named, input: z.unknown() }),
		z.strictObject({ type: z.literal("tool-input-error"), ...named, input: z.unknown(), errorText: z.string() }),
		z.strictObject({ type: z.literal("tool-output-available"), ...tool, output: z.unknown() }),
		z.strictObject({ type: z.literal("tool-output-error"), ...tool, errorText: z.string() }),
		z.strictObject({ type: z.literal("file"), url: z.string(), mediaType: z.string(), providerMetadata }),
		z.strictObject({ type: z.literal("data-opaque"), data: z.object({ dialect: z.string(), value: jsonObject }) }),
		z.strictObject({ type: z.literal("finish-step") }),
		z.strictObject({
			type: z.literal("finish"),
			finishReason: z.enum(["stop", "length", "content-filter", "tool-calls", "error", "other"]),
			messageMetadata,
		}),
		z.strictObject({ type: z.literal("error"), errorText: z.string() }),
	])
	.meta({ id: "UIMessageChunk" });
export type UiMessageChunk = z.output<typeof uiMessageChunk>;
