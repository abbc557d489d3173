import { z } from "zod";
import type { JsonObject } from "../json.ts";

/**
 * OpenAI's chat completions as callers speak them. Objects are loose: fields unknown here reach providers that know them. What
 * no schema can say in passing (a tool choice that names no tool) is checked by the dialect's decoder, so that this stays cheap.
 */

/** What stands in a parsed JSON body is JSON; zod itself says `unknown`. */
const jsonObject = z.looseObject({}) as unknown as z.ZodType<JsonObject, JsonObject>;

const contentPart = z
	.looseObject({
		type: z.string().meta({ description: "`text`, `image_url`, `input_audio`, `file`, `refusal`; others pass to providers that know them" }),
		text: z.string().nullish(),
		image_url: z.looseObject({ url: z.string(), detail: z.string().nullish() }).nullish(),
		input_audio: z.looseObject({ data: z.string(), format: z.string() }).nullish(),
		file: z
			.looseObject({ file_data: z.string().nullish(), file_id: z.string().nullish(), filename: z.string().nullish() })
			.nullish(),
		refusal: z.string().nullish(),
	})
	.meta({ id: "ChatContentPart", description: "One part of a message" });
export type ChatContentPart = z.output<typeof contentPart>;

const content = z.union([z.string(), z.array(contentPart)], { error: "must be a string or an array of parts" });
const name = z.string().nullish();

export const chatToolCall = z
	.looseObject({
		id: z.string(),
		type: z.string().nullish(),
		function: z
			.looseObject({ name: z.string(), arguments: z.string().nullish() })
			.nullish()
			.meta({ description: "`arguments` is JSON text as the model wrote it" }),
	})
	.meta({ id: "ChatToolCall" });
export type ChatToolCall = z.output<typeof chatToolCall>;

const systemMessage = z.looseObject({ role: z.literal(["system", "developer"]), content, name });
const userMessage = z.looseObject({ role: z.literal("user"), content, name });
const assistantMessage = z.looseObject({
	role: z.literal("assistant"),
	content: content.nullish(),
	name,
	refusal: z.string().nullish(),
	reasoning_content: z.string().nullish().meta({ description: "The model's reasoning, sent back as it came" }),
	reasoning: z.string().nullish(),
	tool_calls: z.array(chatToolCall).nullish(),
});
const toolMessage = z.looseObject({ role: z.literal("tool"), content: content.nullish(), tool_call_id: z.string() });
const functionMessage = z.looseObject({ role: z.literal("function") });

export const chatMessage = z
	.discriminatedUnion("role", [systemMessage, userMessage, assistantMessage, toolMessage, functionMessage], {
		error: (issue) =>
			issue.code === "invalid_union" ? "role must be developer, system, user, assistant or tool" : undefined,
	})
	.meta({ id: "ChatMessage" });
export type ChatMessage = z.output<typeof chatMessage>;
export type ChatAssistantMessage = z.output<typeof assistantMessage>;

const tool = z
	.looseObject({
		type: z.string().meta({ description: "`function`; others pass to providers that know them" }),
		function: z
			.looseObject({
				name: z.string(),
				description: z.string().nullish(),
				parameters: jsonObject.nullish().meta({ description: "A JSON Schema of an object" }),
				strict: z.boolean().nullish(),
			})
			.nullish(),
	})
	.meta({ id: "ChatTool" });
export type ChatTool = z.output<typeof tool>;

const toolChoice = z
	.union(
		[
			z.enum(["none", "auto", "required"]),
			z.looseObject({
				type: z.string().meta({ description: "`function` or `allowed_tools`" }),
				function: z.looseObject({ name: z.string() }).nullish(),
				allowed_tools: z.looseObject({ mode: z.enum(["auto", "required"]), tools: z.array(jsonObject) }).nullish(),
			}),
		],
		{ error: "must be none, auto, required, or an object that names tools" },
	)
	.meta({ id: "ChatToolChoice" });
export type ChatToolChoice = z.output<typeof toolChoice>;

const responseFormat = z
	.looseObject({
		type: z.string().meta({ description: "`text`, `json_object` or `json_schema`" }),
		json_schema: z
			.looseObject({
				name: z.string().nullish(),
				description: z.string().nullish(),
				schema: jsonObject.nullish(),
				strict: z.boolean().nullish(),
			})
			.nullish(),
	})
	.meta({ id: "ChatResponseFormat" });
export type ChatResponseFormat = z.output<typeof responseFormat>;

export const chatCompletionRequest = z
	.looseObject({
		model: z.string().min(1).meta({ description: "`provider/model`, or the alias of a route", example: "sim/echo" }),
		messages: z.array(chatMessage).min(1),
		stream: z.boolean().nullish(),
		stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
		max_completion_tokens: z.int().positive().nullish(),
		max_tokens: z.int().positive().nullish().meta({ description: "Older name of `max_completion_tokens`" }),
		temperature: z.number().nullish(),
		top_p: z.number().nullish(),
		n: z.int().nullish().meta({ description: "Only 1: ask once for each answer" }),
		stop: z.union([z.string(), z.array(z.string())], { error: "must be a string or an array of strings" }).nullish(),
		seed: z.int().nullish(),
		presence_penalty: z.number().nullish(),
		frequency_penalty: z.number().nullish(),
		user: z.string().nullish(),
		reasoning_effort: z.string().nullish().meta({ description: "`none`, `minimal`, `low`, `medium`, `high`, `xhigh`" }),
		tools: z.array(tool).nullish(),
		tool_choice: toolChoice.nullish(),
		parallel_tool_calls: z.boolean().nullish(),
		response_format: responseFormat.nullish(),
	})
	.meta({ id: "ChatCompletionRequest" });
export type ChatCompletionRequest = z.output<typeof chatCompletionRequest>;

const tokenCount = z.int().nonnegative();
export const chatUsage = z
	.looseObject({
		prompt_tokens: tokenCount,
		completion_tokens: tokenCount,
		total_tokens: tokenCount,
		prompt_tokens_details: z.looseObject({ cached_tokens: tokenCount.optional(), cache_write_tokens: tokenCount.optional() }).optional(),
		completion_tokens_details: z.looseObject({ reasoning_tokens: tokenCount.optional() }).optional(),
	})
	.meta({ id: "ChatUsage" });
export type ChatUsage = z.output<typeof chatUsage>;

const finishReason = z.enum(["stop", "length", "tool_calls", "content_filter"]).meta({ id: "ChatFinishReason" });
export type ChatFinishReason = z.output<typeof finishReason>;

const annotation = z
	.looseObject({
		type: z.literal("url_citation"),
		url_citation: z.looseObject({ url: z.string(), title: z.string(), start_index: z.int(), end_index: z.int() }),
	})
	.meta({ id: "ChatAnnotation" });

/** Fields that OpenAI does not know, in which OpenRouter and others tell what their models think and draw. */
const shown = {
	reasoning: z.string().optional(),
	reasoning_details: z.array(jsonObject).optional().meta({ description: "State of the model's reasoning, to be sent back as it came" }),
	images: z
		.array(z.looseObject({ type: z.literal("image_url"), image_url: z.looseObject({ url: z.string() }) }))
		.optional()
		.meta({ description: "Pictures that the model made" }),
};

const answerMessage = z.looseObject({
	role: z.literal("assistant"),
	content: z.string().nullable(),
	refusal: z.string().nullable(),
	reasoning_content: z.string().optional(),
	...shown,
	tool_calls: z.array(chatToolCall).optional(),
	annotations: z.array(annotation).optional(),
});

export const chatCompletion = z
	.looseObject({
		id: z.string(),
		object: z.literal("chat.completion"),
		created: z.int().meta({ description: "Seconds since 1970" }),
		model: z.string(),
		choices: z.array(
			z.looseObject({ index: z.int(), message: answerMessage, logprobs: jsonObject.nullable(), finish_reason: finishReason }),
		),
		usage: chatUsage.optional(),
		system_fingerprint: z.string().optional(),
		service_tier: z.string().optional(),
	})
	.meta({ id: "ChatCompletion" });
export type ChatCompletion = z.output<typeof chatCompletion>;

const toolCallDelta = z.looseObject({
	index: z.int().meta({ description: "Which call of the answer this belongs to, from 0" }),
	id: z.string().optional(),
	type: z.string().optional(),
	function: z.looseObject({ name: z.string().optional(), arguments: z.string().optional() }).optional(),
});

export const chatCompletionChunk = z
	.looseObject({
		id: z.string(),
		object: z.literal("chat.completion.chunk"),
		created: z.int(),
		model: z.string(),
		choices: z
			.array(
				z.looseObject({
					index: z.int(),
					delta: z.looseObject({
						role: z.literal("assistant").optional(),
						content: z.string().nullish(),
						refusal: z.string().nullish(),
						reasoning_content: z.string().optional(),
						...shown,
						tool_calls: z.array(toolCallDelta).optional(),
						annotations: z.array(annotation).optional(),
					}),
					logprobs: jsonObject.nullable(),
					finish_reason: finishReason.nullable(),
				}),
			)
			.meta({ description: "Empty in the chunk that tells the usage" }),
		usage: chatUsage.nullish().meta({ description: "In the last chunk, with `stream_options.include_usage`" }),
		system_fingerprint: z.string().optional(),
		service_tier: z.string().optional(),
	})
	.meta({ id: "ChatCompletionChunk" });
export type ChatCompletionChunk = z.output<typeof chatCompletionChunk>;

const dollarsPerToken = z.string().meta({ description: "US dollars per token, as a decimal" });

/** OpenAI's four fields; the others as OpenRouter and Groq have them, each where it is known. */
export const openaiModel = z
	.looseObject({
		id: z.string(),
		object: z.literal("model"),
		created: z.int(),
		owned_by: z.string(),
		context_length: tokenCount.optional().meta({ description: "Tokens of prompt and answer together; of a route, the smallest of its targets" }),
		context_window: tokenCount.optional().meta({ description: "The same" }),
		max_completion_tokens: tokenCount.optional(),
		top_provider: z.object({ context_length: tokenCount, max_completion_tokens: tokenCount.nullable() }).optional(),
		architecture: z
			.object({
				input_modalities: z.array(z.enum(["text", "image", "audio", "video", "file"])),
				output_modalities: z.array(z.enum(["text", "embeddings"])),
			})
			.optional(),
		pricing: z
			.object({
				prompt: dollarsPerToken,
				completion: dollarsPerToken,
				input_cache_read: dollarsPerToken.optional(),
				input_cache_write: dollarsPerToken.optional(),
				internal_reasoning: dollarsPerToken.optional(),
			})
			.optional()
			.meta({ description: "Absent where it is not known; of a route, where its targets differ" }),
		supported_parameters: z.array(z.string()).optional().meta({ description: "`tools`, `reasoning`, `structured_outputs`, ...; of a route, what all targets take" }),
	})
	.meta({ id: "OpenAIModel" });
export type OpenAIModel = z.output<typeof openaiModel>;

export const openaiModelList = z
	.object({ object: z.literal("list"), data: z.array(openaiModel) })
	.meta({ id: "OpenAIModelList" });
export type OpenAIModelList = z.output<typeof openaiModelList>;

export const openaiError = z
	.object({
		error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string().nullable() }),
	})
	.meta({ id: "OpenAIError" });
export type OpenAIError = z.output<typeof openaiError>;
