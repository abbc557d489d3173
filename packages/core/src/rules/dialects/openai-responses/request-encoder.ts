import type { JsonObject } from "../../../contract/json.ts";
import type { Prompt } from "../../../contract/prompt.ts";
import type { EncodedRequest, EncodeRequestOptions, Quirks } from "../dialect.ts";
import { asArray, asObject } from "../json-fields.ts";
import { createWarnings, type Warnings } from "../warnings.ts";
import { encodeInput } from "./input-encoder.ts";
import { splitInstructions } from "./instructions.ts";
import { encryptedReasoning } from "./request-decoder.ts";
import { encodeFormat, encodeSettings, unsupported } from "./settings-encoder.ts";
import { encodeTool, encodeToolChoice } from "./tools.ts";

/** Fields that have a canonical form, or that the gateway answers for: extras must not bring them in by the back door. */
const ownedFields = new Set([
	"model", "input", "instructions", "stream", "stream_options", "store", "previous_response_id", "conversation", "background",
	"max_output_tokens", "temperature", "top_p", "user", "reasoning", "tools", "tool_choice", "parallel_tool_calls", "include", "text",
]);

/** Models that think behind the scenes. Others refuse to be asked for the encrypted state of their reasoning. */
const reasoningModel = /^(?:.*\/)?(?:o\d|gpt-(?:[5-9]|\d\d)(?!.*chat)|codex|computer-use)/;

/**
 * The provider is told to store nothing: the gateway keeps what is to be kept, and sends the whole history. The state of the
 * reasoning is asked for instead, so that it survives from turn to turn.
 */
export function encodeRequest(prompt: Prompt, { model, stream, quirks }: EncodeRequestOptions): EncodedRequest {
	const warnings = createWarnings();
	const { instructions, messages } = splitInstructions(prompt.messages);
	const { include, text, tool_choice, ...extras } = encodeExtras(prompt, warnings);
	const included = [...(asArray(include) ?? []), ...(reasoningModel.test(model) ? [encryptedReasoning] : [])];
	const format = prompt.output === undefined ? {} : { format: encodeFormat(prompt.output) };
	const textFields = { ...asObject(text), ...format };
	return {
		body: {
			...extras,
			model,
			...(instructions === undefined ? {} : { instructions: instructions.content.map(({ text: said }) => said).join("\n\n") }),
			input: encodeInput(messages, quirks, warnings),
			...encodeSettings(prompt.settings, quirks, warnings),
			...(tool_choice === undefined ? {} : { tool_choice }),
			...encodeTools(prompt, quirks, warnings),
			...(Object.keys(textFields).length === 0 ? {} : { text: textFields }),
			...(included.length === 0 ? {} : { include: included }),
			store: false,
			...(stream ? { stream: true } : {}),
		},
		warnings: warnings.list,
	};
}

function encodeTools(prompt: Prompt, quirks: Quirks, warnings: Warnings): JsonObject {
	const definitions = prompt.tools ?? [];
	if (definitions.length === 0) return {};
	const tools = definitions.map((tool) => encodeTool(tool, warnings)).filter((tool) => tool !== undefined);
	const sayable = definitions.filter((tool) => tool.type === "function" || tool.dialect === "openai-responses");
	const { toolChoice, parallelToolCalls } = prompt;
	const kept = (name: "toolChoice" | "parallelToolCalls"): boolean => {
		if (prompt[name] === undefined) return false;
		if (tools.length > 0 && quirks.unsupported?.includes(name) !== true) return true;
		unsupported(name, warnings);
		return false;
	};
	const isChoiceKept = kept("toolChoice");
	const choice = isChoiceKept && toolChoice !== undefined ? encodeToolChoice(toolChoice, sayable) : undefined;
	if (isChoiceKept && choice === undefined) unsupported("toolChoice", warnings);
	return {
		...(tools.length === 0 ? {} : { tools }),
		...(choice === undefined ? {} : { tool_choice: choice }),
		...(kept("parallelToolCalls") ? { parallel_tool_calls: parallelToolCalls } : {}),
	};
}

function encodeExtras({ extras, toolChoice }: Prompt, warnings: Warnings): JsonObject {
	if (extras === undefined) return {};
	if (extras.dialect !== "openai-responses") {
		for (const field of Object.keys(extras.fields)) unsupported(field, warnings);
		return {};
	}
	// These hold more than their canonical form: the verbosity beside the format, one tool of an MCP server.
	const isOpen = (field: string) =>
		!ownedFields.has(field) || field === "text" || field === "include" || (field === "tool_choice" && toolChoice === undefined);
	return Object.fromEntries(Object.entries(extras.fields).filter(([field]) => isOpen(field)));
}
