import type { JsonObject } from "../../../contract/json.ts";
import type { FunctionTool, Prompt } from "../../../contract/prompt.ts";
import type { Warnings } from "../warnings.ts";
import { encodeMetadata } from "./own-metadata.ts";

/** `tools` and `toolChoice`; nothing where no tool is left. */
export function encodeTools({ tools = [], toolChoice: choice }: Prompt, warnings: Warnings): JsonObject {
	const encoded: JsonObject[] = [];
	for (const tool of tools) {
		if (choice?.type === "allowed" && !choice.toolNames.includes(tool.name)) continue;
		if (tool.type === "function") encoded.push(encodeTool(tool));
		else if (tool.dialect === "ai-sdk") encoded.push({ ...tool.definition, type: "provider", name: tool.name });
		else warnings.add("unsupported-tool", `tools.${tool.name}`, `The AI SDK has no tool "${tool.name}" of another dialect; it was left out`);
	}
	if (choice?.type === "allowed") warnings.add("changed-setting", "toolChoice", "The AI SDK cannot choose among allowed tools; the others were left out");
	if (encoded.length === 0) return {};
	const toolChoice = choice?.type === "allowed" ? { type: choice.mode } : choice;
	return { tools: encoded, ...(toolChoice === undefined ? {} : { toolChoice: { ...toolChoice } }) };
}

function encodeTool({ name, description, inputSchema, strict, metadata }: FunctionTool): JsonObject {
	return {
		type: "function",
		name,
		...(description === undefined ? {} : { description }),
		inputSchema,
		...(strict === undefined ? {} : { strict }),
		...encodeMetadata(metadata),
	};
}
