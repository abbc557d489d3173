import type { JsonObject } from "../../../contract/json.ts";
import type { Prompt, Warning } from "../../../contract/prompt.ts";
import type { EncodedRequest, EncodeRequestOptions, Quirks } from "../dialect.ts";
import { asObject } from "../json-fields.ts";
import { encodeMessage } from "./message-encoder.ts";
import { encodeOutput } from "./output-encoder.ts";
import { encodeSettings, unsupported } from "./settings-encoder.ts";
import { encodeTool, encodeToolChoice } from "./tools.ts";

/** Fields that have a canonical form, or that decide what kind of answer comes: extras must not bring them in by the back door. */
const ownFields = new Set([
	"model", "messages", "stream", "stream_options", "max_completion_tokens", "max_tokens", "temperature", "top_p", "n", "stop", "seed",
	"presence_penalty", "frequency_penalty", "user", "reasoning_effort", "tools", "tool_choice", "parallel_tool_calls", "response_format",
	"functions", "function_call",
]);

export function encodeRequest(prompt: Prompt, { model, stream, quirks }: EncodeRequestOptions): EncodedRequest {
	const warnings: Warning[] = [];
	const output = encodeOutput(prompt.output, quirks, warnings);
	const messages = prompt.messages.flatMap((message, index) => encodeMessage(message, `messages[${index}]`, quirks, warnings));
	const extras = encodeExtras(prompt, warnings);
	const { stream_options, ...otherExtras } = extras;
	return {
		body: {
			...otherExtras,
			model,
			messages,
			...encodeSettings(prompt.settings, quirks, warnings),
			...encodeTools(prompt, quirks, warnings),
			...output,
			...(stream ? { stream: true } : {}),
			// The ledger needs the usage, asked for by the caller or not.
			...(stream && quirks.streamUsage !== false ? { stream_options: { ...asObject(stream_options), include_usage: true } } : {}),
		},
		warnings,
	};
}

function encodeTools(prompt: Prompt, quirks: Quirks, warnings: Warning[]): JsonObject {
	const definitions = prompt.tools ?? [];
	// OpenAI refuses the other fields where there are no tools.
	if (definitions.length === 0) return {};
	const tools = definitions.map((tool) => encodeTool(tool, warnings)).filter((tool) => tool !== undefined);
	const sayable = definitions.filter((tool) => tool.type === "function" || tool.dialect === "openai-chat");
	const { toolChoice, parallelToolCalls } = prompt;
	const kept = (name: "toolChoice" | "parallelToolCalls"): boolean => {
		if (prompt[name] === undefined) return false;
		if (tools.length > 0 && quirks.unsupported?.includes(name) !== true) return true;
		warnings.push(unsupported(name));
		return false;
	};
	const isChoiceKept = kept("toolChoice");
	const choice = isChoiceKept && toolChoice !== undefined ? encodeToolChoice(toolChoice, sayable) : undefined;
	if (isChoiceKept && choice === undefined) warnings.push(unsupported("toolChoice"));
	return {
		...(tools.length === 0 ? {} : { tools }),
		...(choice === undefined ? {} : { tool_choice: choice }),
		...(kept("parallelToolCalls") ? { parallel_tool_calls: parallelToolCalls } : {}),
	};
}

function encodeExtras({ extras, output }: Prompt, warnings: Warning[]): JsonObject {
	if (extras === undefined) return {};
	if (extras.dialect !== "openai-chat") {
		for (const field of Object.keys(extras.fields)) warnings.push(unsupported(field));
		return {};
	}
	// Two fields hold more than their canonical form: a vendor's own format, and stream options beside the usage.
	const isOpen = (field: string) =>
		!ownFields.has(field) || field === "stream_options" || (field === "response_format" && output === undefined);
	return Object.fromEntries(Object.entries(extras.fields).filter(([field]) => isOpen(field)));
}
