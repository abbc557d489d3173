import type { Issue } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { FunctionTool, ToolChoice, ToolDefinition } from "../../../contract/prompt.ts";
import type { ResponsesTool, ResponsesToolChoice } from "../../../contract/wire/openai-responses.ts";
import { asObject, asText } from "../json-fields.ts";
import type { Warnings } from "../warnings.ts";
import { customInputSchema, customType } from "./custom-tools.ts";
import { keepRest, ownFields } from "./own-metadata.ts";

export function decodeTool(tool: ResponsesTool, path: string, issues: Issue[]): ToolDefinition | undefined {
	// Loose fields of a body that came from JSON are JSON.
	const { type, name, description, parameters, strict, ...rest } = tool as ResponsesTool & JsonObject;
	if (type !== "function" && type !== customType) {
		return { type: "provider", name: providerToolName(tool as JsonObject), dialect: "openai-responses", definition: tool as JsonObject };
	}
	if (name === undefined || name === null || name === "") {
		issues.push({ path: `${path}.name`, message: "is missing" });
		return undefined;
	}
	const told = { type: "function", name, ...(typeof description === "string" ? { description } : {}) } as const;
	if (type === customType) return { ...told, inputSchema: customInputSchema(asObject(rest.format)), ...keepRest({ ...rest, type: customType }) };
	return {
		...told,
		inputSchema: parameters ?? { type: "object", properties: {} },
		...(typeof strict === "boolean" ? { strict } : {}),
		// Where nobody says, this dialect's provider is strict; others are not.
		...keepRest({ ...rest, ...(typeof strict === "boolean" ? {} : { isStrictByDefault: true }) }),
	};
}

/** The name under which policies know a tool that the provider runs: its type, and the server of an MCP tool. */
function providerToolName(definition: JsonObject): string {
	const type = asText(definition.type) ?? "";
	const server = asText(definition.server_label);
	if (type === "mcp" && server !== undefined) return `mcp__${server}`;
	return asText(definition.name) ?? type;
}

/** @returns `undefined`, with a warning, for a tool that another dialect's provider runs itself. */
export function encodeTool(tool: ToolDefinition, warnings: Warnings): JsonObject | undefined {
	if (tool.type === "provider") {
		if (tool.dialect === "openai-responses") return tool.definition;
		warnings.add("unsupported-tool", `tools.${tool.name}`, `This provider does not run the tool ${tool.name} itself`);
		return undefined;
	}
	const { type, isStrictByDefault, ...rest } = ownFields(tool.metadata);
	const told = { ...rest, name: tool.name, ...(tool.description === undefined ? {} : { description: tool.description }) };
	if (type === customType) return { ...told, type };
	return {
		...told,
		type: "function",
		parameters: tool.inputSchema,
		...(tool.strict === undefined && isStrictByDefault === true ? {} : { strict: tool.strict ?? false }),
	};
}

/** A choice must name tools that are there: a typing error would end in an answer without any call. */
export function decodeToolChoice(choice: ResponsesToolChoice, tools: readonly ToolDefinition[], issues: Issue[]): ToolChoice | undefined {
	if (typeof choice === "string") return { type: choice };
	if (choice.type === "allowed_tools") {
		const toolNames = (choice.tools ?? []).flatMap((tool, index) => knownTool(tool, tools, `tool_choice.tools[${index}]`, issues) ?? []);
		return { type: "allowed", mode: choice.mode ?? "auto", toolNames };
	}
	const toolName = knownTool(choice as JsonObject, tools, "tool_choice", issues);
	return toolName === undefined ? undefined : { type: "tool", toolName };
}

/** `{type:"function", name}`, `{type:"custom", name}`, `{type:"mcp", server_label}`, or a provider's own tool by its type. */
function knownTool(choice: JsonObject, tools: readonly ToolDefinition[], path: string, issues: Issue[]): string | undefined {
	const toolName = providerToolName(choice);
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
			return named.length === 0 ? undefined : { type: "allowed_tools", mode: choice.mode, tools: named };
		}
		default:
			return choice satisfies never;
	}
}

function encodeNamedTool(name: string, tools: readonly ToolDefinition[]): JsonObject | undefined {
	const tool = tools.find((candidate) => candidate.name === name);
	if (tool === undefined) return undefined;
	if (tool.type === "function") return { type: isCustom(tool) ? customType : "function", name };
	const { type, server_label } = tool.definition;
	return { type: type ?? name, ...(type === "mcp" && server_label !== undefined ? { server_label } : {}) };
}

function isCustom(tool: FunctionTool): boolean {
	return ownFields(tool.metadata).type === customType;
}
