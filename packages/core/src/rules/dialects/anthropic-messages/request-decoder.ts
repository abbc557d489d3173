import type { Issue } from "../../../contract/errors.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type {
	AssistantPart,
	Message,
	OutputFormat,
	Prompt,
	ProviderMetadata,
	ReasoningSettings,
	Settings,
	SystemMessage,
	TextPart,
	ToolChoice,
	ToolDefinition,
	ToolResultPart,
	UserPart,
} from "../../../contract/prompt.ts";
import type { CountTokensRequest, MessagesRequest } from "../../../contract/wire/anthropic-messages.ts";
import type { CallerRequest, Decoded } from "../dialect.ts";
import { unpackForeign } from "../foreign-state.ts";
import { asArray, asObject, asText, restOf } from "../json-fields.ts";
import { keepRest, ownMetadata } from "./own-metadata.ts";
import { decodeAssistantBlock, decodeToolResult, decodeUserBlock } from "./part-decoder.ts";
import { canonicalFields } from "./request-fields.ts";

/** Reads what the schema has checked; issues are what it cannot say. Serves counting too, which asks for no answer. */
export function decodeRequest(checked: MessagesRequest | CountTokensRequest): Decoded<CallerRequest, readonly Issue[]> {
	// The body came as JSON and has passed the schema, whose loose objects know their other fields as `unknown` only.
	const body = checked as JsonObject;
	const issues: Issue[] = [];
	const tools = (asArray(body["tools"]) ?? []).map((tool, index) => decodeTool(asObject(tool) ?? {}, `tools[${index}]`, issues));
	const choice = asObject(body["tool_choice"]);
	const parallel = choice?.["disable_parallel_tool_use"];
	const toolChoice = choice === undefined ? undefined : decodeToolChoice(choice, tools, issues);
	const output = decodeOutput(body);
	const extras = decodeExtras(body);
	const prompt: Prompt = {
		messages: [...decodeSystem(body["system"]), ...decodeMessages(body["messages"], issues)],
		...(tools.length === 0 ? {} : { tools }),
		...(toolChoice === undefined ? {} : { toolChoice }),
		...(typeof parallel === "boolean" ? { parallelToolCalls: !parallel } : {}),
		...(output === undefined ? {} : { output }),
		settings: decodeSettings(body),
		...(extras === undefined ? {} : { extras: { dialect: "anthropic-messages", fields: extras } }),
	};
	if (issues.length > 0) return { ok: false, problem: issues };
	return { ok: true, value: { model: checked.model, stream: body["stream"] === true, prompt } };
}

function decodeSystem(system: Json | undefined): SystemMessage[] {
	const content = decodeTexts(system);
	return content.length === 0 ? [] : [{ role: "system", content }];
}

function decodeTexts(content: Json | undefined): TextPart[] {
	if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
	const parts = (asArray(content) ?? []).map((block) => decodeUserBlock(asObject(block) ?? {}));
	return parts.filter((part) => part?.type === "text");
}

function decodeMessages(messages: Json | undefined, issues: Issue[]): Message[] {
	return (asArray(messages) ?? []).flatMap((message, index) => decodeMessage(asObject(message) ?? {}, `messages[${index}]`, issues));
}

const messageFields: ReadonlySet<string> = new Set(["role", "content"]);

function decodeMessage(message: JsonObject, path: string, issues: Issue[]): Message[] {
	const { role } = message;
	const content = typeof message["content"] === "string" ? textBlocks(message["content"]) : (asArray(message["content"]) ?? []);
	const kept = keepRest(message, messageFields);
	if (role === "system") {
		return [{ role, content: decodeTexts(content), ...ownMetadata({ ...restOf(message, messageFields), role }) }];
	}
	if (role === "assistant") {
		return [{ role, content: decodeBlocks<AssistantPart>(content, decodeOwnBlock, `${path}.content`, issues), ...kept }];
	}
	return decodeUserMessage(content, kept, `${path}.content`, issues);
}

/** A block of the model's own turn. Thoughts and calls may hold the state of another vendor. */
function decodeOwnBlock(block: JsonObject): AssistantPart | undefined {
	const part = decodeAssistantBlock(block);
	return part?.type === "reasoning" || part?.type === "tool-call" ? unpackForeign(part, "anthropic", "signature") : part;
}

function textBlocks(text: string): readonly JsonObject[] {
	return text === "" ? [] : [{ type: "text", text }];
}

/** Tool results live in user messages on the wire: they become a message of their own, in front of the rest. */
function decodeUserMessage(
	content: readonly Json[],
	kept: { readonly metadata?: ProviderMetadata },
	path: string,
	issues: Issue[],
): Message[] {
	const parts = decodeBlocks<UserPart | ToolResultPart>(content, decodeUserOrResult, path, issues);
	const results = parts.filter((part) => part.type === "tool-result");
	const rest = parts.filter((part) => part.type !== "tool-result");
	if (results.length === 0) return [{ role: "user", content: rest, ...kept }];
	const tool: Message = { role: "tool", content: results };
	return rest.length === 0 ? [{ ...tool, ...kept }] : [tool, { role: "user", content: rest, ...kept }];
}

function decodeUserOrResult(block: JsonObject): UserPart | ToolResultPart | undefined {
	return block["type"] === "tool_result" ? decodeToolResult(block) : decodeUserBlock(block);
}

function decodeBlocks<Part>(
	blocks: readonly Json[],
	decode: (block: JsonObject) => Part | undefined,
	path: string,
	issues: Issue[],
): Part[] {
	return blocks.flatMap((block, index) => {
		const part = decode(asObject(block) ?? {});
		if (part !== undefined) return [part];
		issues.push({ path: `${path}[${index}]`, message: "This content block cannot be read" });
		return [];
	});
}

const functionFields: ReadonlySet<string> = new Set(["type", "name", "description", "input_schema", "strict"]);

/** A tool with a schema is the caller's; one with a type of its own and no schema is run by the provider. */
function decodeTool(tool: JsonObject, path: string, issues: Issue[]): ToolDefinition {
	const type = asText(tool["type"]);
	const name = asText(tool["name"]);
	const inputSchema = asObject(tool["input_schema"]);
	if (type !== undefined && type !== "custom") {
		return { type: "provider", name: name ?? asText(tool["mcp_server_name"]) ?? type, dialect: "anthropic-messages", definition: tool };
	}
	if (name === undefined) issues.push({ path: `${path}.name`, message: "A tool needs a name" });
	if (inputSchema === undefined) issues.push({ path: `${path}.input_schema`, message: "A tool needs a JSON Schema of its input" });
	const description = asText(tool["description"]);
	return {
		type: "function",
		name: name ?? "",
		...(description === undefined ? {} : { description }),
		inputSchema: inputSchema ?? {},
		...(typeof tool["strict"] === "boolean" ? { strict: tool["strict"] } : {}),
		...keepRest(tool, functionFields),
	};
}

function decodeToolChoice(choice: JsonObject, tools: readonly ToolDefinition[], issues: Issue[]): ToolChoice | undefined {
	switch (choice["type"]) {
		case "any":
			if (tools.length === 0) issues.push({ path: "tool_choice", message: "A tool cannot be demanded where none is offered" });
			return { type: "required" };
		case "tool": {
			const toolName = asText(choice["name"]) ?? "";
			if (!tools.some((tool) => tool.name === toolName)) {
				issues.push({ path: "tool_choice.name", message: `No tool "${toolName.slice(0, 100)}" is among the tools` });
			}
			return { type: "tool", toolName };
		}
		case "none":
			return { type: "none" };
		default:
			return { type: "auto" };
	}
}

function decodeOutput(body: JsonObject): OutputFormat | undefined {
	const format = asObject(asObject(body["output_config"])?.["format"]) ?? asObject(body["output_format"]);
	const schema = asObject(format?.["schema"]);
	return schema === undefined ? undefined : { type: "json-schema", schema };
}

function decodeSettings(body: JsonObject): Settings {
	const numbers = [
		["maxOutputTokens", "max_tokens"],
		["temperature", "temperature"],
		["topP", "top_p"],
		["topK", "top_k"],
	] as const;
	const told = numbers.flatMap(([name, wire]) => (typeof body[wire] === "number" ? [[name, body[wire]] as const] : []));
	const stopSequences = asArray(body["stop_sequences"])?.filter((sequence) => typeof sequence === "string");
	const reasoning = decodeReasoning(asObject(body["thinking"]), asText(asObject(body["output_config"])?.["effort"]));
	const user = asText(asObject(body["metadata"])?.["user_id"]);
	return {
		...Object.fromEntries(told),
		...(stopSequences === undefined ? {} : { stopSequences }),
		...(reasoning === undefined ? {} : { reasoning }),
		...(user === undefined ? {} : { user }),
	};
}

const thinkingFields: ReadonlySet<string> = new Set(["type", "budget_tokens"]);

function decodeReasoning(thinking: JsonObject | undefined, effort: string | undefined): ReasoningSettings | undefined {
	const mode = asText(thinking?.["type"]);
	const budget = thinking?.["budget_tokens"];
	if (mode === undefined && effort === undefined) return undefined;
	return {
		...(effort === undefined ? {} : { effort }),
		...(typeof budget === "number" ? { budgetTokens: budget } : {}),
		...(mode === undefined ? {} : { mode }),
		...(thinking === undefined ? {} : keepRest(thinking, thinkingFields)),
	};
}

const outputConfigFields: ReadonlySet<string> = new Set(["effort", "format"]);
const metadataFields: ReadonlySet<string> = new Set(["user_id"]);

/** Unknown fields, those inside `output_config` and `metadata` too. */
function decodeExtras(body: JsonObject): JsonObject | undefined {
	const outputConfig = restOf(asObject(body["output_config"]) ?? {}, outputConfigFields);
	const metadata = restOf(asObject(body["metadata"]) ?? {}, metadataFields);
	const rest = restOf(body, canonicalFields);
	if (outputConfig === undefined && metadata === undefined) return rest;
	return {
		...rest,
		...(outputConfig === undefined ? {} : { output_config: outputConfig }),
		...(metadata === undefined ? {} : { metadata }),
	};
}
