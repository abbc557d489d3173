import type { Issue } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Prompt, Settings, ToolDefinition } from "../../../contract/prompt.ts";
import type { ChatCompletionRequest, ChatResponseFormat } from "../../../contract/wire/openai-chat.ts";
import type { CallerRequest, Decoded } from "../dialect.ts";
import { withoutNulls } from "../json-fields.ts";
import { decodeMessages } from "./message-decoder.ts";
import { decodeTool, decodeToolChoice } from "./tools.ts";

/** `null` stands for absent everywhere: clients send it for every field that they know. */
export function decodeRequest(body: ChatCompletionRequest): Decoded<CallerRequest, readonly Issue[]> {
	// Loose fields of a body that came from JSON are JSON.
	const {
		model, messages, stream, stream_options, max_completion_tokens, max_tokens, temperature, top_p, n, stop, seed, presence_penalty,
		frequency_penalty, user, reasoning_effort, tools: wireTools, tool_choice, parallel_tool_calls, response_format, functions,
		function_call, ...rest
	} = body as ChatCompletionRequest & JsonObject;

	const issues: Issue[] = [];
	if (typeof n === "number" && n !== 1) issues.push({ path: "n", message: "must be 1: ask once for each answer" });
	if (present(functions)) issues.push({ path: "functions", message: "is not supported: use tools" });
	if (present(function_call)) issues.push({ path: "function_call", message: "is not supported: use tool_choice" });
	const decodedMessages = decodeMessages(messages, issues);
	const tools = (wireTools ?? []).flatMap((tool, index): ToolDefinition[] => {
		const decoded = decodeTool(tool, `tools[${index}]`, issues);
		return decoded === undefined ? [] : [decoded];
	});
	const toolChoice = present(tool_choice) ? decodeToolChoice(tool_choice, tools, issues) : undefined;
	const output = present(response_format) ? decodeOutput(response_format) : undefined;
	if (issues.length > 0) return { ok: false, problem: issues };

	const maxOutputTokens = max_completion_tokens ?? max_tokens;
	const settings: Settings = {
		...(present(maxOutputTokens) ? { maxOutputTokens } : {}),
		...(present(temperature) ? { temperature } : {}),
		...(present(top_p) ? { topP: top_p } : {}),
		...(present(stop) && stop.length > 0 ? { stopSequences: typeof stop === "string" ? [stop] : stop } : {}),
		...(present(seed) ? { seed } : {}),
		...(present(presence_penalty) ? { presencePenalty: presence_penalty } : {}),
		...(present(frequency_penalty) ? { frequencyPenalty: frequency_penalty } : {}),
		...(present(reasoning_effort) ? { reasoning: { effort: reasoning_effort } } : {}),
		...(present(user) ? { user } : {}),
	};
	const { include_usage, ...streamOptions } = (stream_options ?? {}) as NonNullable<typeof stream_options> & JsonObject;
	const fields = withoutNulls({
		...rest,
		// A format that has no canonical form is a vendor's own: it goes to that vendor as it came.
		...(present(response_format) && output === undefined ? { response_format: response_format as JsonObject } : {}),
		...(Object.keys(streamOptions).length > 0 ? { stream_options: streamOptions as JsonObject } : {}),
	});
	const prompt: Prompt = {
		messages: decodedMessages,
		...(tools.length > 0 ? { tools } : {}),
		...(toolChoice === undefined ? {} : { toolChoice }),
		...(present(parallel_tool_calls) ? { parallelToolCalls: parallel_tool_calls } : {}),
		...(output === undefined ? {} : { output }),
		settings,
		...(fields === undefined ? {} : { extras: { dialect: "openai-chat", fields } }),
	};
	return { ok: true, value: { model, stream: stream === true, includeUsage: include_usage === true, prompt } };
}

function present<Value>(value: Value): value is NonNullable<Value> {
	return value !== undefined && value !== null;
}

function decodeOutput(format: ChatResponseFormat): OutputFormat | undefined {
	switch (format.type) {
		case "text":
			return { type: "text" };
		case "json_object":
			return { type: "json" };
		case "json_schema": {
			const { name, description, schema, strict } = format.json_schema ?? {};
			return {
				type: "json-schema",
				schema: schema ?? {},
				...(present(name) ? { name } : {}),
				...(present(description) ? { description } : {}),
				...(present(strict) ? { strict } : {}),
			};
		}
		default:
			return undefined;
	}
}
