import type { Issue } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Prompt, ReasoningSettings, Settings, ToolDefinition } from "../../../contract/prompt.ts";
import type { ResponsesRequest, ResponsesTextFormat } from "../../../contract/wire/openai-responses.ts";
import type { CallerRequest, Decoded } from "../dialect.ts";
import { asText, withoutNulls } from "../json-fields.ts";
import { decodeInput } from "./input-decoder.ts";
import { instructionsMessage } from "./instructions.ts";
import { keepRest } from "./own-metadata.ts";
import { decodeTool, decodeToolChoice } from "./tools.ts";

/** The reasoning's encrypted state, which the gateway asks for and tells by itself. */
export const encryptedReasoning = "reasoning.encrypted_content";

/**
 * `null` stands for absent everywhere: clients send it for every field that they know. What the gateway does itself (`store`,
 * `previous_response_id`, `conversation`, `metadata`) goes to no provider.
 */
export function decodeRequest(body: ResponsesRequest): Decoded<CallerRequest, readonly Issue[]> {
	// Loose fields of a body that came from JSON are JSON.
	const {
		model, input, instructions, stream, stream_options: _options, store: _store, previous_response_id, conversation, background,
		metadata: _metadata, max_output_tokens, temperature, top_p, user, reasoning, text, tools: wireTools, tool_choice,
		parallel_tool_calls, include, truncation, ...rest
	} = body as ResponsesRequest & JsonObject;

	const issues: Issue[] = [];
	if (background === true) issues.push({ path: "background", message: "is not supported: the gateway answers while the caller waits" });
	if (present(previous_response_id) && present(conversation)) {
		issues.push({ path: "previous_response_id", message: "cannot stand beside conversation: each of them names the history" });
	}
	if (!present(input) && !present(rest.prompt)) issues.push({ path: "input", message: "is missing" });
	const spoken = decodeInput(input ?? [], issues);
	const tools = (wireTools ?? []).flatMap((tool, index): ToolDefinition[] => {
		const decoded = decodeTool(tool, `tools[${index}]`, issues);
		return decoded === undefined ? [] : [decoded];
	});
	const isMcpChoice = typeof tool_choice === "object" && tool_choice?.type === "mcp" && present(tool_choice.name);
	const toolChoice = present(tool_choice) && !isMcpChoice ? decodeToolChoice(tool_choice, tools, issues) : undefined;
	if (issues.length > 0) return { ok: false, problem: issues };

	const { format, ...textFields } = (text ?? {}) as NonNullable<typeof text> & JsonObject;
	const output = present(format) ? decodeFormat(format) : undefined;
	const included = (include ?? []).filter((name) => name !== encryptedReasoning);
	const reasoningSettings = present(reasoning) ? decodeReasoning(reasoning as typeof reasoning & JsonObject) : {};
	const settings: Settings = {
		...(present(max_output_tokens) ? { maxOutputTokens: max_output_tokens } : {}),
		...(present(temperature) ? { temperature } : {}),
		...(present(top_p) ? { topP: top_p } : {}),
		...(Object.keys(reasoningSettings).length === 0 ? {} : { reasoning: reasoningSettings }),
		...(present(user) ? { user } : {}),
	};
	const otherText = withoutNulls({
		...textFields,
		// A format that has no canonical form is a vendor's own: it goes to that vendor as it came.
		...(present(format) && output === undefined ? { format: format as JsonObject } : {}),
	});
	const fields = withoutNulls({
		...rest,
		...(included.length === 0 ? {} : { include: included }),
		...(otherText === undefined ? {} : { text: otherText }),
		// The canonical form names a server, not one tool of it.
		...(isMcpChoice ? { tool_choice: tool_choice as JsonObject } : {}),
		// The other value is what every provider does.
		...(truncation === "auto" ? { truncation } : {}),
	});
	const prompt: Prompt = {
		messages: [...(present(instructions) && instructions !== "" ? [instructionsMessage(instructions)] : []), ...spoken],
		...(tools.length > 0 ? { tools } : {}),
		...(toolChoice === undefined ? {} : { toolChoice }),
		...(present(parallel_tool_calls) ? { parallelToolCalls: parallel_tool_calls } : {}),
		...(output === undefined ? {} : { output }),
		settings,
		...(fields === undefined ? {} : { extras: { dialect: "openai-responses", fields } }),
	};
	return { ok: true, value: { model, stream: stream === true, includeUsage: true, prompt } };
}

function decodeReasoning({ effort, ...rest }: JsonObject): ReasoningSettings {
	const word = asText(effort);
	return { ...(word === undefined ? {} : { effort: word }), ...keepRest(rest) };
}

function decodeFormat({ type, name, description, schema, strict }: ResponsesTextFormat): OutputFormat | undefined {
	switch (type) {
		case "text":
			return { type: "text" };
		case "json_object":
			return { type: "json" };
		case "json_schema":
			return {
				type: "json-schema",
				schema: schema ?? {},
				...(present(name) ? { name } : {}),
				...(present(description) ? { description } : {}),
				...(present(strict) ? { strict } : {}),
			};
		default:
			return undefined;
	}
}

function present<Value>(value: Value): value is NonNullable<Value> {
	return value !== undefined && value !== null;
}
