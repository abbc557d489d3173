import type { JsonObject } from "../../../contract/json.ts";
import type { FunctionTool, Prompt } from "../../../contract/prompt.ts";
import type { Warnings } from "../warnings.ts";
import { cachePointOf } from "./own-metadata.ts";

/**
 * `toolConfig`. A conversation in which tools were called needs one even where none is offered any more: the called tools are then
 * named without their schemas.
 */
export function encodeTools(prompt: Prompt, isThinking: boolean, warnings: Warnings): JsonObject | undefined {
	const { toolChoice: choice } = prompt;
	const called = calledTools(prompt);
	const isKept = (name: string) => (choice?.type === "none" ? called.has(name) : choice?.type !== "allowed" || choice.toolNames.includes(name));
	const tools: JsonObject[] = [];
	for (const tool of prompt.tools ?? []) {
		if (tool.type === "function") {
			if (isKept(tool.name)) tools.push(encodeTool(tool, warnings), ...cachePointOf(tool.metadata));
		} else if (tool.dialect === "bedrock-converse") tools.push(tool.definition);
		else warnings.add("unsupported-tool", `tools.${tool.name}`, `Bedrock has no tool "${tool.name}" of its own; it was left out`);
	}
	if (choice?.type === "allowed") warnings.add("changed-setting", "toolChoice", "Bedrock cannot choose among allowed tools; the others were left out");
	if (choice?.type === "none" && tools.length > 0) {
		warnings.add("changed-setting", "toolChoice", "Bedrock cannot forbid tools that were called before; the model chooses itself");
	}
	if (prompt.parallelToolCalls === false && tools.length > 0) {
		warnings.add("unsupported-setting", "parallelToolCalls", "Bedrock cannot be kept from calling several tools at once");
	}
	if (tools.length === 0) {
		if (called.size === 0) return undefined;
		warnings.add("changed-setting", "tools", "Bedrock demands the tools that were called before; they were sent without their schemas");
		return { tools: [...called].map((name) => ({ toolSpec: { name, inputSchema: { json: { type: "object" } } } })) };
	}
	const toolChoice = encodeChoice(prompt, isThinking, warnings);
	return { tools, ...(toolChoice === undefined ? {} : { toolChoice }) };
}

function calledTools({ messages }: Prompt): ReadonlySet<string> {
	const parts = messages.flatMap((message) => (message.role === "assistant" ? message.content : []));
	return new Set(parts.flatMap((part) => (part.type === "tool-call" && !part.providerExecuted ? [part.toolName] : [])));
}

function encodeTool({ name, description, inputSchema, strict }: FunctionTool, warnings: Warnings): JsonObject {
	// Some of Bedrock's models refuse the field (vercel/ai #17919).
	if (strict === true) warnings.add("unsupported-setting", `tools.${name}`, "Not every model of Bedrock knows strict tools; the mark was left out");
	return {
		toolSpec: {
			name,
			...(description === undefined || description.trim() === "" ? {} : { description }),
			inputSchema: { json: inputSchema["type"] === undefined ? { ...inputSchema, type: "object" } : inputSchema },
		},
	};
}

function encodeChoice({ toolChoice: choice }: Prompt, isThinking: boolean, warnings: Warnings): JsonObject | undefined {
	if (choice === undefined || choice.type === "none") return undefined;
	const mode = choice.type === "allowed" ? choice.mode : choice.type;
	if (mode === "auto") return { auto: {} };
	if (isThinking) {
		warnings.add("changed-setting", "toolChoice", "A tool cannot be forced while the model reasons; the model chooses itself");
		return { auto: {} };
	}
	return choice.type === "tool" ? { tool: { name: choice.toolName } } : { any: {} };
}
