import { z } from "zod";

/**
 * The Messages API of Anthropic as callers speak it (`anthropic-version: 2023-06-01`). Objects are loose and unknown blocks
 * pass: what this gateway has no word for travels on to a provider of the same dialect.
 */

const text = z.string();
const json = z.record(z.string(), z.unknown());
const cacheControl = z
	.looseObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() })
	.meta({ id: "AnthropicCacheControl" });
const citation = z.looseObject({ type: text });

/** What every block of a request may carry. */
const marks = { cache_control: cacheControl.nullish() };

const textBlock = z
	.looseObject({ type: z.literal("text"), text, citations: z.array(citation).nullish(), ...marks })
	.meta({ id: "AnthropicTextBlock" });
const imageBlock = z
	.looseObject({
		type: z.literal("image"),
		source: z.discriminatedUnion("type", [
			z.looseObject({ type: z.literal("base64"), media_type: text, data: text }),
			z.looseObject({ type: z.literal("url"), url: text }),
			z.looseObject({ type: z.literal("file"), file_id: text }),
		]),
		...marks,
	})
	.meta({ id: "AnthropicImageBlock" });
const documentBlock = z
	.looseObject({
		type: z.literal("document"),
		source: z.discriminatedUnion("type", [
			z.looseObject({ type: z.literal("base64"), media_type: text, data: text }),
			z.looseObject({ type: z.literal("text"), media_type: text, data: text }),
			z.looseObject({ type: z.literal("url"), url: text }),
			z.looseObject({ type: z.literal("file"), file_id: text }),
			z.looseObject({ type: z.literal("content"), content: z.union([text, z.array(z.looseObject({ type: text }))]) }),
		]),
		title: text.nullish(),
		context: text.nullish(),
		...marks,
	})
	.meta({ id: "AnthropicDocumentBlock" });
const thinkingBlock = z
	.looseObject({ type: z.literal("thinking"), thinking: text, signature: text })
	.meta({ id: "AnthropicThinkingBlock" });
const redactedThinkingBlock = z
	.looseObject({ type: z.literal("redacted_thinking"), data: text })
	.meta({ id: "AnthropicRedactedThinkingBlock" });

const toolUse = { id: text.min(1), name: text.min(1), input: json };
const toolUseBlock = z.looseObject({ type: z.literal("tool_use"), ...toolUse, ...marks }).meta({ id: "AnthropicToolUseBlock" });
const serverToolUseBlock = z
	.looseObject({ type: z.literal("server_tool_use"), ...toolUse, ...marks })
	.meta({ id: "AnthropicServerToolUseBlock" });
const mcpToolUseBlock = z
	.looseObject({ type: z.literal("mcp_tool_use"), ...toolUse, server_name: text, ...marks })
	.meta({ id: "AnthropicMcpToolUseBlock" });

const knownBlockTypes: ReadonlySet<string> = new Set([
	"text",
	"image",
	"document",
	"tool_result",
	"thinking",
	"redacted_thinking",
	"tool_use",
	"server_tool_use",
	"mcp_tool_use",
]);
const otherBlock = z
	.looseObject({ type: text.refine((type) => !knownBlockTypes.has(type), { abort: true }) })
	.meta({ id: "AnthropicOtherBlock", description: "A block of another type: sent on unchanged to providers that speak this dialect." });

const toolResultBlock = z
	.looseObject({
		type: z.literal("tool_result"),
		tool_use_id: text.min(1),
		content: z
			.union([text, z.array(z.union([z.discriminatedUnion("type", [textBlock, imageBlock, documentBlock]), otherBlock]))])
			.nullish(),
		is_error: z.boolean().nullish(),
		...marks,
	})
	.meta({ id: "AnthropicToolResultBlock" });
const requestBlock = z
	.union([
		z.discriminatedUnion("type", [
			textBlock,
			imageBlock,
			documentBlock,
			toolResultBlock,
			thinkingBlock,
			redactedThinkingBlock,
			toolUseBlock,
			serverToolUseBlock,
			mcpToolUseBlock,
		]),
		otherBlock,
	])
	.meta({ id: "AnthropicRequestBlock" });

const messageParam = z
	.looseObject({ role: z.enum(["user", "assistant", "system"]), content: z.union([text, z.array(requestBlock)]) })
	.meta({ id: "AnthropicMessageParam" });

const tool = z
	.looseObject({
		type: text.nullish(),
		name: text.min(1).optional(),
		description: text.nullish(),
		input_schema: json.nullish(),
		strict: z.boolean().nullish(),
		...marks,
	})
	.meta({
		id: "AnthropicTool",
		description: "A tool of the caller (`name` and `input_schema`) or, by its `type`, one that Anthropic runs (`web_search_20250305`).",
	});
const parallel = { disable_parallel_tool_use: z.boolean().nullish() };
const toolChoice = z
	.discriminatedUnion("type", [
		z.looseObject({ type: z.literal("auto"), ...parallel }),
		z.looseObject({ type: z.literal("any"), ...parallel }),
		z.looseObject({ type: z.literal("tool"), name: text.min(1), ...parallel }),
		z.looseObject({ type: z.literal("none") }),
	])
	.meta({ id: "AnthropicToolChoice" });
const jsonOutput = z.looseObject({ type: z.literal("json_schema"), schema: json }).meta({ id: "AnthropicJsonOutputFormat" });

const request = {
	model: text.min(1).meta({ description: "`provider/model`, the alias of a route, or a model's own name" }),
	messages: z.array(messageParam).min(1),
	system: z.union([text, z.array(textBlock)]).nullish(),
	tools: z.array(tool).nullish(),
	tool_choice: toolChoice.nullish(),
	thinking: z
		.looseObject({ type: text, budget_tokens: z.int().positive().nullish() })
		.nullish()
		.meta({ description: "`enabled` with `budget_tokens`, `adaptive` or `disabled`" }),
	output_config: z.looseObject({ effort: text.nullish(), format: jsonOutput.nullish() }).nullish(),
	output_format: jsonOutput.nullish().meta({ deprecated: true, description: "The older name of `output_config.format`" }),
	cache_control: cacheControl.nullish(),
};

export const messagesRequest = z
	.looseObject({
		...request,
		max_tokens: z.int().nonnegative(),
		stream: z.boolean().nullish(),
		stop_sequences: z.array(text).nullish(),
		temperature: z.number().nonnegative().nullish(),
		top_p: z.number().nonnegative().nullish(),
		top_k: z.int().nonnegative().nullish(),
		metadata: z.looseObject({ user_id: text.nullish() }).nullish(),
	})
	.meta({ id: "AnthropicMessagesRequest" });
export type MessagesRequest = z.output<typeof messagesRequest>;

/** A messages request that asks for no answer: without `max_tokens`, and what concerns the answer is ignored. */
export const countTokensRequest = z.looseObject(request).meta({ id: "AnthropicCountTokensRequest" });
export type CountTokensRequest = z.output<typeof countTokensRequest>;

const count = z.int().nonnegative();
const usage = z
	.looseObject({
		input_tokens: count.meta({ description: "Without the tokens read from and written to the prompt cache" }),
		output_tokens: count,
		cache_creation_input_tokens: count.nullish(),
		cache_read_input_tokens: count.nullish(),
		output_tokens_details: z.looseObject({ thinking_tokens: count.nullish() }).nullish(),
	})
	.meta({ id: "AnthropicUsage" });
const answerBlock = z
	.union([
		z.discriminatedUnion("type", [
			textBlock,
			thinkingBlock,
			redactedThinkingBlock,
			toolUseBlock,
			serverToolUseBlock,
			mcpToolUseBlock,
		]),
		otherBlock,
	])
	.meta({ id: "AnthropicAnswerBlock" });
const stop = {
	stop_reason: text.nullable().meta({
		description:
			"`end_turn`, `max_tokens`, `stop_sequence`, `tool_use`, `pause_turn`, `refusal`, `model_context_window_exceeded`; null until it is known",
	}),
	stop_sequence: text.nullable(),
};

export const message = z
	.looseObject({
		id: text,
		type: z.literal("message"),
		role: z.literal("assistant"),
		model: text,
		content: z.array(answerBlock),
		...stop,
		usage,
	})
	.meta({ id: "AnthropicMessage" });
export type AnthropicMessage = z.output<typeof message>;

export const anthropicError = z
	.object({
		type: z.literal("error"),
		error: z.looseObject({ type: text.meta({ description: "`invalid_request_error`, `rate_limit_error`, ..." }), message: text }),
		request_id: text.nullable(),
	})
	.meta({ id: "AnthropicError" });

const delta = z
	.union([
		z.discriminatedUnion("type", [
			z.looseObject({ type: z.literal("text_delta"), text }),
			z.looseObject({ type: z.literal("input_json_delta"), partial_json: text }),
			z.looseObject({ type: z.literal("thinking_delta"), thinking: text }),
			z.looseObject({ type: z.literal("signature_delta"), signature: text }),
			z.looseObject({ type: z.literal("citations_delta"), citation }),
		]),
		z.looseObject({ type: text }),
	])
	.meta({ id: "AnthropicDelta" });

/** The events of a streamed message, by name. */
export const messageStreamEvents = {
	message_start: z.looseObject({ type: z.literal("message_start"), message }).meta({ id: "AnthropicMessageStart" }),
	content_block_start: z
		.looseObject({ type: z.literal("content_block_start"), index: count, content_block: answerBlock })
		.meta({ id: "AnthropicContentBlockStart" }),
	content_block_delta: z
		.looseObject({ type: z.literal("content_block_delta"), index: count, delta })
		.meta({ id: "AnthropicContentBlockDelta" }),
	content_block_stop: z
		.looseObject({ type: z.literal("content_block_stop"), index: count })
		.meta({ id: "AnthropicContentBlockStop" }),
	message_delta: z
		.looseObject({
			type: z.literal("message_delta"),
			delta: z.looseObject(stop),
			usage: usage.partial({ input_tokens: true }).meta({ id: "AnthropicDeltaUsage", description: "Totals so far, not increments" }),
		})
		.meta({ id: "AnthropicMessageDelta" }),
	message_stop: z.looseObject({ type: z.literal("message_stop") }).meta({ id: "AnthropicMessageStop" }),
	ping: z.looseObject({ type: z.literal("ping") }).meta({ id: "AnthropicPing" }),
	error: z.looseObject({ type: z.literal("error"), error: z.looseObject({ type: text, message: text }) }).meta({ id: "AnthropicErrorEvent" }),
};

export const tokenCount = z.looseObject({ input_tokens: count }).meta({ id: "AnthropicTokenCount" });

const support = z.object({ supported: z.boolean() });
const modelCapabilities = z.object({
	batch: support,
	citations: support,
	code_execution: support,
	context_management: support.extend({
		clear_thinking_20251015: support.nullable(),
		clear_tool_uses_20250919: support.nullable(),
		compact_20260112: support.nullable(),
	}),
	effort: support.extend({ low: support, medium: support, high: support, xhigh: support.nullable(), max: support }),
	image_input: support,
	pdf_input: support,
	server_tools: support.extend({ code_execution: support, web_search: support }),
	structured_outputs: support,
	thinking: support.extend({ types: z.object({ adaptive: support, between_tools: support, disabled: support, enabled: support }) }),
});

export const anthropicModel = z
	.looseObject({
		id: text,
		type: z.literal("model"),
		display_name: text,
		created_at: z.iso.datetime(),
		max_input_tokens: count.nullable().meta({ description: "The context window; `null` where it is not known" }),
		max_tokens: count.nullable().meta({ description: "The longest answer; `null` where it is not known" }),
		capabilities: modelCapabilities.nullable().meta({ description: "`null` where nothing is known; else what is not known to work is not supported" }),
		lifecycle: z.literal("active"),
		line: z.null(),
		deprecated_at: z.null(),
		retires_at: z.null(),
	})
	.meta({ id: "AnthropicModel" });
export type AnthropicModel = z.output<typeof anthropicModel>;
export const anthropicModelList = z
	.object({ data: z.array(anthropicModel), has_more: z.boolean(), first_id: text.nullable(), last_id: text.nullable() })
	.meta({ id: "AnthropicModelList" });
