import type { JsonObject } from "../../../contract/json.ts";
import type { FunctionTool, Prompt, ToolChoice } from "../../../contract/prompt.ts";
import { asObject } from "../json-fields.ts";
import type { Warnings } from "../warnings.ts";
import { ownFields } from "./own-metadata.ts";
import { encodeSchema } from "./schema-encoder.ts";

export interface EncodedTools {
	readonly tools?: readonly JsonObject[];
	readonly functionCallingConfig?: JsonObject;
}

/** All functions stand in one tool, in the caller's order; tools that Google runs keep their own entries. */
export function encodeTools(prompt: Prompt, warnings: Warnings): EncodedTools {
	const definitions = prompt.tools ?? [];
	const functionDeclarations = definitions.filter((tool) => tool.type === "function").map((tool) => encodeFunction(tool, warnings));
	const own: JsonObject[] = [];
	for (const tool of definitions) {
		if (tool.type === "function") continue;
		if (tool.dialect === "gemini") own.push(tool.definition);
		else warnings.add("unsupported-tool", `tools.${tool.name}`, `Gemini has no tool "${tool.name}" of its own; it was left out`);
	}
	const tools = [...(functionDeclarations.length === 0 ? [] : [{ functionDeclarations }]), ...own];
	if (prompt.parallelToolCalls === false && functionDeclarations.length > 0) {
		warnings.add("unsupported-setting", "parallelToolCalls", "Gemini cannot be kept from calling several tools at once");
	}
	const config = functionDeclarations.length === 0 ? undefined : encodeChoice(prompt.toolChoice);
	return { ...(tools.length === 0 ? {} : { tools }), ...(config === undefined ? {} : { functionCallingConfig: config }) };
}

function encodeFunction(tool: FunctionTool, warnings: Warnings): JsonObject {
	const { name, description, inputSchema, metadata } = tool;
	const { schema, dropped } = encodeSchema(inputSchema);
	warnDropped(dropped, `tools.${name}`, warnings);
	// A function without parameters says nothing of them: an object without properties was refused for long.
	const hasParameters = Object.keys(asObject(schema.properties) ?? {}).length > 0 || Object.keys(schema).some((keyword) => keyword !== "type" && keyword !== "properties");
	return {
		...ownFields(metadata),
		name,
		...(description === undefined ? {} : { description }),
		...(hasParameters ? { parametersJsonSchema: { type: "object", ...schema } } : {}),
	};
}

export function warnDropped(keywords: readonly string[], field: string, warnings: Warnings): void {
	if (keywords.length === 0) return;
	warnings.add("changed-setting", field, `Gemini does not know all of this schema; left out or loosened: ${keywords.join(", ").slice(0, 300)}`);
}

function encodeChoice(choice: ToolChoice | undefined): JsonObject | undefined {
	switch (choice?.type) {
		case undefined:
			return undefined;
		case "auto":
			return { mode: "AUTO" };
		case "none":
			return { mode: "NONE" };
		case "required":
			return { mode: "ANY" };
		case "tool":
			return { mode: "ANY", allowedFunctionNames: [choice.toolName] };
		case "allowed":
			return { mode: choice.mode === "required" ? "ANY" : "VALIDATED", allowedFunctionNames: choice.toolNames };
		default:
			return choice satisfies never;
	}
}
