import { z } from "zod";
import type { JsonObject } from "../json.ts";

/**
 * OpenAI's responses as callers speak them. Objects are loose: fields and kinds of items unknown here reach providers that know
 * them. What an item of a known kind must hold is checked by the dialect's decoder, which names the place.
 */

/** What stands in a parsed JSON body is JSON; zod itself says `unknown`. */
const jsonObject = z.looseObject({}) as unknown as z.ZodType<JsonObject, JsonObject>;

const reference = "Chosen by `type`; kinds unknown here pass to providers that know them";

export const responsesInputItem = z
	.looseObject({
		type: z.string().nullish().meta({ description: "`message` where it is left out beside a `role`, `function_call`, `function_call_output`, `reasoning`, ..." }),
		role: z.string().nullish().meta({ description: "Of a message: `user`, `assistant`, `system` or `developer`" }),
		content: z.union([z.string(), z.array(jsonObject)], { error: "must be a string or an array of parts" }).nullish(),
	})
	.meta({ id: "ResponsesInputItem", description: reference });
export type ResponsesInputItem = z.output<typeof responsesInputItem>;

const tool = z
	.looseObject({
		type: z.string().meta({ description: "`function`, `custom`, or a tool that the provider runs itself (`web_search`, `mcp`, ...)" }),
		name: z.string().nullish(),
		description: z.string().nullish(),
		parameters: jsonObject.nullish().meta({ description: "A JSON Schema of an object" }),
		strict: z.boolean().nullish(),
	})
	.meta({ id: "ResponsesTool" });
export type ResponsesTool = z.output<typeof tool>;

const toolChoice = z
	.union(
		[
			z.enum(["none", "auto", "required"]),
			z.looseObject({
				type: z.string().meta({ description: "`function`, `custom`, `allowed_tools`, or the type of a tool that the provider runs" }),
				name: z.string().nullish(),
				mode: z.enum(["auto", "required"]).nullish(),
				tools: z.array(jsonObject).nullish(),
			}),
		],
		{ error: "must be none, auto, required, or an object that names tools" },
	)
	.meta({ id: "ResponsesToolChoice" });
export type ResponsesToolChoice = z.output<typeof toolChoice>;

const textFormat = z
	.looseObject({
		type: z.string().meta({ description: "`text`, `json_object` or `json_schema`" }),
		name: z.string().nullish(),
		description: z.string().nullish(),
		schema: jsonObject.nullish(),
		strict: z.boolean().nullish(),
	})
	.meta({ id: "ResponsesTextFormat" });
export type ResponsesTextFormat = z.output<typeof textFormat>;

export const responsesRequest = z
	.looseObject({
		model: z.string().min(1).meta({ description: "`provider/model`, or the alias of a route", example: "sim/echo" }),
		input: z.union([z.string(), z.array(responsesInputItem)], { error: "must be a string or an array of items" }).nullish(),
		instructions: z.string().nullish(),
		stream: z.boolean().nullish(),
		store: z.boolean().nullish().meta({ description: "`false`: the gateway keeps nothing. Otherwise the response can be fetched and continued" }),
		previous_response_id: z.string().nullish().meta({ description: "Continues a response that the gateway keeps" }),
		conversation: z
			.union([z.string(), z.looseObject({ id: z.string() })], { error: "must be a session's id, or an object with it" })
			.nullish()
			.meta({ description: "Continues a session that the gateway keeps (`ses_...`)" }),
		background: z.boolean().nullish().meta({ description: "Only `false`: the gateway answers while the caller waits" }),
		max_output_tokens: z.int().positive().nullish(),
		temperature: z.number().nullish(),
		top_p: z.number().nullish(),
		user: z.string().nullish(),
		reasoning: z
			.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() })
			.nullish()
			.meta({ description: "`effort`: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`" }),
		text: z.looseObject({ format: textFormat.nullish(), verbosity: z.string().nullish() }).nullish(),
		tools: z.array(tool).nullish(),
		tool_choice: toolChoice.nullish(),
		parallel_tool_calls: z.boolean().nullish(),
		include: z.array(z.string()).nullish(),
		metadata: jsonObject.nullish(),
	})
	.meta({ id: "ResponsesRequest" });
export type ResponsesRequest = z.output<typeof responsesRequest>;

const tokenCount = z.int().nonnegative();
const usage = z
	.looseObject({
		input_tokens: tokenCount,
		input_tokens_details: z.looseObject({ cached_tokens: tokenCount }),
		output_tokens: tokenCount,
		output_tokens_details: z.looseObject({ reasoning_tokens: tokenCount }),
		total_tokens: tokenCount,
	})
	.meta({ id: "ResponsesUsage" });

const outputItem = z.looseObject({ type: z.string() }).meta({ id: "ResponsesOutputItem", description: reference });
const outputPart = z.looseObject({ type: z.string() }).meta({ id: "ResponsesOutputPart" });

export const response = z
	.looseObject({
		id: z.string(),
		object: z.literal("response"),
		created_at: z.int().meta({ description: "Seconds since 1970" }),
		status: z.enum(["in_progress", "completed", "incomplete", "failed"]),
		error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
		incomplete_details: z.looseObject({ reason: z.string() }).nullable(),
		model: z.string(),
		output: z.array(outputItem),
		usage: usage.nullable(),
		previous_response_id: z.string().nullable(),
		conversation: z.looseObject({ id: z.string() }).nullable(),
	})
	.meta({ id: "OpenAIResponse" });
export type OpenAIResponse = z.output<typeof response>;

export const deletedResponse = z
	.object({ id: z.string(), object: z.literal("response"), deleted: z.literal(true) })
	.meta({ id: "DeletedResponse" });
export type DeletedResponse = z.output<typeof deletedResponse>;

const sequence_number = z.int().meta({ description: "0, 1, 2, ... in one stream" });
const output_index = z.int().meta({ description: "The item's place in `output`" });
const content_index = z.int().meta({ description: "The part's place in its item" });
const item_id = z.string();
function event<Name extends string, Fields extends z.ZodRawShape>(type: Name, fields: Fields) {
	return z.looseObject({ type: z.literal(type), sequence_number, ...fields });
}
const inItem = { item_id, output_index };
const inPart = { ...inItem, content_index };
const inSummary = { ...inItem, summary_index: z.int() };

/** The events of a streamed response, by name. */
export const responseStreamEvents = {
	"response.created": event("response.created", { response }),
	"response.in_progress": event("response.in_progress", { response }),
	"response.output_item.added": event("response.output_item.added", { output_index, item: outputItem }),
	"response.output_item.done": event("response.output_item.done", { output_index, item: outputItem }),
	"response.content_part.added": event("response.content_part.added", { ...inPart, part: outputPart }),
	"response.content_part.done": event("response.content_part.done", { ...inPart, part: outputPart }),
	"response.output_text.delta": event("response.output_text.delta", { ...inPart, delta: z.string() }),
	"response.output_text.done": event("response.output_text.done", { ...inPart, text: z.string() }),
	"response.output_text.annotation.added": event("response.output_text.annotation.added", { ...inPart, annotation_index: z.int(), annotation: jsonObject }),
	"response.refusal.delta": event("response.refusal.delta", { ...inPart, delta: z.string() }),
	"response.refusal.done": event("response.refusal.done", { ...inPart, refusal: z.string() }),
	"response.reasoning_text.delta": event("response.reasoning_text.delta", { ...inPart, delta: z.string() }),
	"response.reasoning_text.done": event("response.reasoning_text.done", { ...inPart, text: z.string() }),
	"response.reasoning_summary_part.added": event("response.reasoning_summary_part.added", { ...inSummary, part: outputPart }),
	"response.reasoning_summary_part.done": event("response.reasoning_summary_part.done", { ...inSummary, part: outputPart }),
	"response.reasoning_summary_text.delta": event("response.reasoning_summary_text.delta", { ...inSummary, delta: z.string() }),
	"response.reasoning_summary_text.done": event("response.reasoning_summary_text.done", { ...inSummary, text: z.string() }),
	"response.function_call_arguments.delta": event("response.function_call_arguments.delta", { ...inItem, delta: z.string() }),
	"response.function_call_arguments.done": event("response.function_call_arguments.done", { ...inItem, arguments: z.string() }),
	"response.custom_tool_call_input.delta": event("response.custom_tool_call_input.delta", { ...inItem, delta: z.string() }),
	"response.custom_tool_call_input.done": event("response.custom_tool_call_input.done", { ...inItem, input: z.string() }),
	"response.completed": event("response.completed", { response }),
	"response.incomplete": event("response.incomplete", { response }),
	"response.failed": event("response.failed", { response }),
};
/** Any event of a streamed response, told apart by `type`. */
export type ResponseStreamEvent = z.output<(typeof responseStreamEvents)[keyof typeof responseStreamEvents]>;
