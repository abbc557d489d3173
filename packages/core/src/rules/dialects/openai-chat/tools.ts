import type { Issue } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { ToolChoice, ToolDefinition, Warning } from "../../../contract/prompt.ts";
import type { ChatTool, ChatToolChoice } from "../../../contract/wire/openai-chat.ts";
import { asObject, asText } from "../json-fields.ts";
import { openaiMetadata } from "./message-fields.ts";

export function decodeTool(tool: ChatTool, path: string, issues: Issue[]): ToolDefinition | undefined {
	// Loose fields of a body that came from JSON are JSON.
	const { type, function: made, ...rest } = tool as ChatTool & JsonObject;
	if (type !== "function") {
		return { type: "provider", name: providerToolName(tool as JsonObject), dialect: "openai-chat", definition: tool as JsonObject };
	}
	if (made === undefined || made === null || made.name === "") {
		issues.push({ path: `${path}.function.name`, message: "is missing" });
		return undefined;
	}
	const { name, description, parameters, strict, ...more } = made as typeof made & JsonObject;
	return {
		type: "function",
		name,
		...(typeof description === "string" ? { description } : {}),
		inputSchema: parameters ?? { type: "object", properties: {} },
		...(typeof strict === "boolean" ? { strict } : {}),
		...openaiMetadata({ ...rest, ...(Object.keys(more).length === 0 ? {} : { function: more }) }),
	};
}

function providerToolName(definition: JsonObject): string {
	return asText(asObject(definition.custom)?.name) ?? asText(definition.name) ?? asText(definition.type) ?? "";
}

/** @returns `undefined`, with a warning, for a tool that another dialect's provider runs itself. */
export function encodeTool(tool: ToolDefinition, warnings: Warning[]): JsonObject | undefined {
	if (tool.type === "provider") {
		if (tool.dialect === "openai-chat") return tool.definition;
		warnings.push({ code: "unsupported-tool", field: `tools.${tool.name}`, message: "This provider does not run the tool itself" });
		return undefined;
	}
	const { function: more, ...rest } = tool.metadata?.openai ?? {};
	return {
		...rest,
		type: "function",
		function: {
			...asObject(more),
			name: tool.name,
			...(tool.description === undefined ? {} : { description: tool.description }),
			parameters: tool.inputSchema,
			...(tool.strict === undefined ? {} : { strict: tool.strict }),
		},
	};
}

/** A choice must name tools that are there: a typing error would end in an answer without any call. */
export function decodeToolChoice(choice: ChatToolChoice, tools: readonly ToolDefinition[], issues: Issue[]): ToolChoice | undefined {
	if (typeof choice === "string") return { type: choice };
	if (choice.type === "allowed_tools" && choice.allowed_tools) {
		const { mode, tools: allowed } = choice.allowed_tools;
		const toolNames = allowed.flatMap((tool, index) => knownTool(tool, tools, `tool_choice.allowed_tools.tools[${index}]`, issues) ?? []);
		return { type: "allowed", mode, toolNames };
	}
	const toolName = knownTool(choice as JsonObject, tools, "tool_choice", issues);
	return toolName === undefined ? undefined : { type: "tool", toolName };
}

/** `{type:"function", function:{name}}`, `{type:"custom", custom:{name}}`, or a provider's own tool by its type. */
function knownTool(choice: JsonObject, tools: readonly ToolDefinition[], path: string, issues: Issue[]): string | undefined {
	const toolName = asText(asObject(choice.function)?.name) ?? providerToolName(choice);
	if (tools.some((tool) => tool.name === toolName)) return toolName;
	issues.push({ path, message: toolName === "" ? "names no tool" : `names "${toolName.slice(0, 64)}", which is not among the tools` });
	return undefined;
}

/** @returns `undefined` where the choice names only tools that are not sent. */
export function encodeToolChoice(choice: ToolChoice, tools: readonly ToolDefinition[]): JsonObject | string | undefined {
	switch (choice.type) {
		case "auto":
		case "none":
		case "required":
			return choice.type;
		case "tool":
			return encodeNamedTool(choice.toolName, tools);
		case "allowed": {
			const named = choice.toolNames.map((name) => encodeNamedTool(name, tools)).filter((tool) => tool !== undefined);
			if (named.length === 0) return undefined;
			return { type: "allowed_tools", allowed_tools: { mode: choice.mode, tools: named } };
		}
		default:
			return choice satisfies never;
	}
}

function encodeNamedTool(name: string, tools: readonly ToolDefinition[]): JsonObject | undefined {
	const tool = tools.find((candidate) => candidate.name === name);
	if (tool === undefined) return undefined;
	if (tool.type === "function") return { type: "function", function: { name } };
	return tool.definition.custom === undefined ? { type: asText(tool.definition.type) ?? name } : { type: "custom", custom: { name } };
}
