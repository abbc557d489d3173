import type { Issue } from "../../../contract/errors.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { FunctionTool, ToolChoice, ToolDefinition } from "../../../contract/prompt.ts";
import { asArray, asObject, asText } from "../json-fields.ts";
import { keepRest } from "./own-metadata.ts";
import { decodeSchema } from "./schema-decoder.ts";

const functionFields: ReadonlySet<string> = new Set(["name", "description", "parameters", "parametersJsonSchema"]);

/** A tool object holds functions of the caller, or tools that Google runs, each by its own name (`googleSearch`), or both. */
export function decodeTools(tools: Json | undefined): ToolDefinition[] {
	return (asArray(tools) ?? []).flatMap((tool) =>
		Object.entries(asObject(tool) ?? {}).flatMap(([name, definition]): ToolDefinition[] => {
			if (name === "functionDeclarations") return (asArray(definition) ?? []).map((declaration) => decodeFunction(asObject(declaration) ?? {}));
			if (definition === null || definition === undefined) return [];
			return [{ type: "provider", name, dialect: "gemini", definition: { [name]: definition } }];
		}),
	);
}

function decodeFunction(declaration: JsonObject): FunctionTool {
	const description = asText(declaration.description);
	const parameters = asObject(declaration.parameters);
	const inputSchema = asObject(declaration.parametersJsonSchema) ?? (parameters === undefined ? undefined : decodeSchema(parameters));
	return {
		type: "function",
		name: asText(declaration.name) ?? "",
		...(description === undefined ? {} : { description }),
		inputSchema: inputSchema ?? { type: "object", properties: {} },
		...keepRest(declaration, functionFields),
	};
}

export function decodeToolChoice(config: JsonObject | undefined, tools: readonly ToolDefinition[], issues: Issue[]): ToolChoice | undefined {
	const mode = asText(config?.mode)?.toUpperCase();
	const path = "toolConfig.functionCallingConfig";
	const functions = tools.filter((tool) => tool.type === "function").map(({ name }) => name);
	const names = (asArray(config?.allowedFunctionNames) ?? []).filter((name) => typeof name === "string");
	for (const [index, name] of names.entries()) {
		if (functions.includes(name)) continue;
		issues.push({ path: `${path}.allowedFunctionNames[${index}]`, message: `No function "${name.slice(0, 100)}" is declared` });
	}
	switch (mode) {
		case undefined:
		case "MODE_UNSPECIFIED":
			return undefined;
		case "AUTO":
			return { type: "auto" };
		case "NONE":
			return { type: "none" };
		case "ANY": {
			const [only, ...others] = names;
			if (only === undefined) return { type: "required" };
			return others.length === 0 ? { type: "tool", toolName: only } : { type: "allowed", mode: "required", toolNames: names };
		}
		case "VALIDATED":
			// Without a list all functions are allowed; what it validates is the arguments.
			return { type: "allowed", mode: "auto", toolNames: names.length === 0 ? functions : names };
		default:
			issues.push({ path: `${path}.mode`, message: `must be AUTO, ANY, NONE or VALIDATED, not "${mode.slice(0, 40)}"` });
			return undefined;
	}
}
