import type { JsonObject } from "../../../contract/json.ts";
import type { Prompt, ToolDefinition } from "../../../contract/prompt.ts";
import { ownFields } from "./own-metadata.ts";
import type { Warnings } from "../warnings.ts";

export interface EncodedTools {
	readonly tools?: readonly JsonObject[];
	readonly tool_choice?: JsonObject;
}

/** Tools keep the caller's order: another order would miss the provider's prompt cache. */
export function encodeTools(prompt: Prompt, isThinking: boolean, warnings: Warnings): EncodedTools {
	const choice = prompt.toolChoice;
	const allowed = choice?.type === "allowed" ? new Set(choice.toolNames) : undefined;
	const offered = (prompt.tools ?? []).filter((tool) => allowed === undefined || allowed.has(tool.name));
	if (allowed !== undefined) {
		warnings.add("changed-setting", "toolChoice", "Anthropic cannot choose among allowed tools; the others were left out");
	}
	const tools = offered.map((tool) => encodeTool(tool, warnings)).filter((tool) => tool !== undefined);
	// A choice without tools is refused.
	if (tools.length === 0) return {};
	const toolChoice = encodeToolChoice(prompt, isThinking, warnings);
	return { tools, ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }) };
}

function encodeTool(tool: ToolDefinition, warnings: Warnings): JsonObject | undefined {
	if (tool.type === "provider") {
		if (tool.dialect === "anthropic-messages") return tool.definition;
		warnings.add("unsupported-tool", `tools.${tool.name}`, `Anthropic has no tool "${tool.name}" of its own; it was left out`);
		return undefined;
	}
	return {
		...ownFields(tool.metadata),
		name: tool.name,
		...(tool.description === undefined ? {} : { description: tool.description }),
		input_schema: tool.inputSchema["type"] === undefined ? { ...tool.inputSchema, type: "object" } : tool.inputSchema,
		...(tool.strict === undefined ? {} : { strict: tool.strict }),
	};
}

function encodeToolChoice(prompt: Prompt, isThinking: boolean, warnings: Warnings): JsonObject | undefined {
	const choice = prompt.toolChoice;
	const { parallelToolCalls } = prompt;
	const parallel = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls };
	if (choice === undefined) return parallelToolCalls === false ? { type: "auto", ...parallel } : undefined;
	if (choice.type === "none") return { type: "none" };
	const mode = choice.type === "allowed" ? choice.mode : choice.type;
	if (mode === "auto") return { type: "auto", ...parallel };
	if (isThinking) {
		warnings.add("changed-setting", "toolChoice", "Anthropic cannot force a tool while the model reasons; the model chooses itself");
		return { type: "auto", ...parallel };
	}
	return choice.type === "tool" ? { type: "tool", name: choice.toolName, ...parallel } : { type: "any", ...parallel };
}
