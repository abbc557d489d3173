import type { Json, JsonObject } from "../../../contract/json.ts";
import type {
	AssistantPart,
	FileData,
	FilePart,
	OpaquePart,
	ReasoningPart,
	Source,
	TextPart,
	ToolCallPart,
	ToolOutput,
	ToolResultPart,
	UserPart,
} from "../../../contract/prompt.ts";
import { asArray, asObject, asText, jsonText, restOf } from "../json-fields.ts";
import { keepRest, ownMetadata } from "./own-metadata.ts";

/**
 * Content blocks to canonical parts, for requests and answers alike. A block of a type without a canonical form becomes an opaque
 * part; `undefined` means that a block of a known type lacks what makes it one.
 */
export function decodeAssistantBlock(block: JsonObject): AssistantPart | undefined {
	const type = block["type"];
	if (typeof type !== "string") return undefined;
	switch (type) {
		case "text":
			return decodeText(block);
		case "thinking":
			return decodeThinking(block);
		case "redacted_thinking":
			return decodeRedactedThinking(block);
		default:
			if (isToolUse(type)) return decodeToolUse(block, type);
			return isServerToolResult(type) ? decodeServerToolResult(block, type) : opaque(block);
	}
}

export function decodeUserBlock(block: JsonObject): UserPart | undefined {
	switch (block["type"]) {
		case "text":
			return decodeText(block);
		case "image":
		case "document":
			return decodeFile(block) ?? opaque(block);
		default:
			return typeof block["type"] === "string" ? opaque(block) : undefined;
	}
}

export function opaque(value: JsonObject): OpaquePart {
	return { type: "opaque", dialect: "anthropic-messages", value };
}

/** `tool_use`, and with another word in front a tool that the provider runs (`server_tool_use`, `mcp_tool_use`). */
export function isToolUse(type: string): boolean {
	return type === "tool_use" || type.endsWith("_tool_use");
}

/** `web_search_tool_result`, `mcp_tool_result`, ...: never `tool_result`, which callers send. */
export function isServerToolResult(type: string): boolean {
	return type.endsWith("_tool_result");
}

const textFields: ReadonlySet<string> = new Set(["type", "text", "citations"]);

function decodeText(block: JsonObject): TextPart | undefined {
	const text = block["text"];
	if (typeof text !== "string") return undefined;
	const sources = (asArray(block["citations"]) ?? []).map(asObject).filter((citation) => citation !== undefined).map(decodeCitation);
	return { type: "text", text, ...(sources.length > 0 ? { sources } : {}), ...keepRest(block, textFields) };
}

export function decodeCitation(citation: JsonObject): Source {
	const url = asText(citation["url"]);
	const title = asText(citation["title"]) ?? asText(citation["document_title"]);
	return { ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }), ...ownMetadata(citation) };
}

function decodeThinking(block: JsonObject): ReasoningPart | undefined {
	const text = block["thinking"];
	const signature = asText(block["signature"]);
	if (typeof text !== "string") return undefined;
	return { type: "reasoning", text, ...ownMetadata(signature === undefined ? undefined : { signature }) };
}

function decodeRedactedThinking(block: JsonObject): ReasoningPart | undefined {
	const data = block["data"];
	return typeof data === "string" ? { type: "reasoning", text: "", ...ownMetadata({ redactedData: data }) } : undefined;
}

const toolUseFields: ReadonlySet<string> = new Set(["type", "id", "name", "input"]);

function decodeToolUse(block: JsonObject, type: string): ToolCallPart | undefined {
	const head = decodeToolUseHead(block, type);
	const input = toolInputText(block["input"]);
	return head === undefined || input === undefined
		? undefined
		: {
				type: "tool-call",
				toolCallId: head.id,
				toolName: head.toolName,
				input,
				...(head.providerExecuted ? { providerExecuted: true } : {}),
				...(head.metadata === undefined ? {} : { metadata: head.metadata }),
			};
}

/** What a tool call's block says before its input. `metadata.anthropic.type` tells the kinds of provider-run tools apart. */
export function decodeToolUseHead(block: JsonObject, type: string) {
	const id = asText(block["id"]);
	const toolName = asText(block["name"]);
	if (id === undefined || toolName === undefined) return undefined;
	const rest = restOf(block, toolUseFields);
	const isOwn = type === "tool_use";
	return {
		id,
		toolName,
		providerExecuted: !isOwn,
		...ownMetadata(isOwn ? rest : { ...rest, type }),
	};
}

/** JSON text of a call's input: `{}` where there is none; `undefined` where it cannot be written. */
export function toolInputText(input: Json | undefined): string | undefined {
	if (input === undefined || input === null || input === "") return "{}";
	return typeof input === "string" ? input : jsonText(input);
}

const serverResultFields: ReadonlySet<string> = new Set(["type", "tool_use_id", "content", "is_error"]);

/** Results of provider-run tools are structured by tool: told as JSON text, save for MCP, whose results are text and blocks. */
function decodeServerToolResult(block: JsonObject, type: string): ToolResultPart | undefined {
	const toolCallId = asText(block["tool_use_id"]);
	const content = block["content"];
	const json = type === mcpResult ? undefined : jsonText(content ?? null);
	const output: ToolOutput | undefined =
		type === mcpResult ? decodeToolContent(content) : json === undefined ? undefined : { type: "text", text: json };
	if (toolCallId === undefined || output === undefined) return undefined;
	const isError = block["is_error"] === true || asText(asObject(content)?.["type"])?.endsWith("_error") === true;
	return {
		type: "tool-result",
		toolCallId,
		output,
		...(isError ? { isError } : {}),
		providerExecuted: true,
		...ownMetadata({ ...restOf(block, serverResultFields), type }),
	};
}
export const mcpResult = "mcp_tool_result";

const toolResultFields: ReadonlySet<string> = new Set(["type", "tool_use_id", "content", "is_error"]);

/** A result that the caller brings, from a user message. */
export function decodeToolResult(block: JsonObject): ToolResultPart | undefined {
	const toolCallId = asText(block["tool_use_id"]);
	const output = decodeToolContent(block["content"]);
	if (toolCallId === undefined || output === undefined) return undefined;
	return {
		type: "tool-result",
		toolCallId,
		output,
		...(block["is_error"] === true ? { isError: true } : {}),
		...keepRest(block, toolResultFields),
	};
}

function decodeToolContent(content: Json | undefined): ToolOutput | undefined {
	if (content === undefined || content === null) return { type: "text", text: "" };
	if (typeof content === "string") return { type: "text", text: content };
	const parts = asArray(content)?.map((block) => {
		const object = asObject(block);
		return object === undefined ? undefined : decodeUserBlock(object);
	});
	return parts?.every((part) => part !== undefined) === true ? { type: "parts", parts } : undefined;
}

const fileFields: ReadonlySet<string> = new Set(["type", "source", "title"]);

/** @returns `undefined` for sources without a canonical form (a document made of content blocks). */
function decodeFile(block: JsonObject): FilePart | undefined {
	const source = asObject(block["source"]);
	const isImage = block["type"] === "image";
	const data = source === undefined ? undefined : decodeFileData(source);
	if (source === undefined || data === undefined) return undefined;
	const told = asText(source["media_type"]);
	const title = isImage ? undefined : asText(block["title"]);
	return {
		type: "file",
		mediaType: told ?? (isImage ? "image/*" : data.type === "url" ? "application/pdf" : "application/octet-stream"),
		data,
		...(title === undefined ? {} : { filename: title }),
		...keepRest(block, fileFields),
	};
}

function decodeFileData(source: JsonObject): FileData | undefined {
	const { type, data, url, file_id: id } = source;
	if (type === "base64" && typeof data === "string") return { type: "base64", base64: data };
	if (type === "text" && typeof data === "string") return { type: "text", text: data };
	if (type === "url" && typeof url === "string") return { type: "url", url };
	return type === "file" && typeof id === "string" ? { type: "id", id } : undefined;
}
