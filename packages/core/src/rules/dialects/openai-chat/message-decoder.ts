import type { Issue } from "../../../contract/errors.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, Message, ReasoningPart, SystemMessage, TextPart, ToolResultPart, UserPart } from "../../../contract/prompt.ts";
import type { ChatAssistantMessage, ChatContentPart, ChatMessage, ChatToolCall } from "../../../contract/wire/openai-chat.ts";
import { asArray, asText, textOf } from "../json-fields.ts";
import { decodeImage } from "./image-parts.ts";
import { openaiMetadata } from "./message-fields.ts";
import { decodeDetails, ownReasoning } from "./reasoning-details.ts";
import { decodeUserPart } from "./user-parts.ts";

/** A message and the tool results that belong right behind it. */
interface Entry {
	readonly message?: Message;
	readonly results: ToolResultPart[];
}

/**
 * OpenAI sends a message for each tool result, anywhere behind its call. All results of one turn go into one tool message right
 * behind that turn, the only place where every provider takes them.
 */
export function decodeMessages(messages: readonly ChatMessage[], issues: Issue[]): readonly Message[] {
	const entries: Entry[] = [];
	const turnOf = new Map<string, Entry>();
	for (const [index, message] of messages.entries()) {
		const path = `messages[${index}]`;
		if (message.role === "tool") {
			const result = decodeToolResult(message, path, issues);
			const known = turnOf.get(message.tool_call_id) ?? entries.at(-1);
			if (known === undefined) entries.push({ results: [result] });
			else known.results.push(result);
			continue;
		}
		const decoded = decodeMessage(message, path, issues);
		if (decoded === undefined) continue;
		const entry: Entry = { message: decoded, results: [] };
		entries.push(entry);
		if (message.role === "assistant") for (const call of message.tool_calls ?? []) turnOf.set(call.id, entry);
	}
	const decoded: Message[] = [];
	for (const { message, results } of entries) {
		if (message !== undefined) decoded.push(message);
		if (results.length > 0) decoded.push({ role: "tool", content: results });
	}
	return decoded;
}

function decodeMessage(message: Exclude<ChatMessage, { role: "tool" }>, path: string, issues: Issue[]): Message | undefined {
	switch (message.role) {
		case "system":
		case "developer": {
			const { role, content, ...rest } = message as typeof message & JsonObject;
			const metadata = openaiMetadata(role === "developer" ? { ...rest, role } : rest);
			return { role: "system", content: decodeTexts(content, path, issues), ...metadata } satisfies SystemMessage;
		}
		case "user": {
			const { role: _, content, ...rest } = message as typeof message & JsonObject;
			return { role: "user", content: decodeParts(content, path, issues), ...openaiMetadata(rest) };
		}
		case "assistant":
			return decodeAssistant(message, path, issues);
		case "function":
			issues.push({ path: `${path}.role`, message: "function messages are not supported: use tool messages with tool_call_id" });
			return undefined;
		default:
			return message satisfies never;
	}
}

function decodeParts(content: string | readonly ChatContentPart[], path: string, issues: Issue[]): UserPart[] {
	if (typeof content === "string") return [{ type: "text", text: content }];
	return content.flatMap((part, index) => {
		const decoded = decodeUserPart(part);
		if ("type" in decoded) return [decoded];
		issues.push({ path: `${path}.content[${index}]`, message: decoded.message });
		return [];
	});
}

function decodeTexts(content: string | readonly ChatContentPart[], path: string, issues: Issue[]): TextPart[] {
	return decodeParts(content, path, issues).filter((part, index): part is TextPart => {
		if (part.type === "text") return true;
		issues.push({ path: `${path}.content[${index}].type`, message: "must be text here" });
		return false;
	});
}

function decodeToolResult(message: Extract<ChatMessage, { role: "tool" }>, path: string, issues: Issue[]): ToolResultPart {
	const { role: _, content, tool_call_id: toolCallId, name, ...rest } = message as typeof message & JsonObject;
	const toolName = asText(name);
	return {
		type: "tool-result",
		toolCallId,
		...(toolName === undefined ? {} : { toolName }),
		output:
			content === undefined || content === null || typeof content === "string"
				? { type: "text", text: content ?? "" }
				: { type: "parts", parts: decodeParts(content, path, issues) },
		...openaiMetadata(rest),
	};
}

function decodeAssistant(message: ChatAssistantMessage, path: string, issues: Issue[]): Message {
	const { role: _, content, refusal, reasoning_content, reasoning, reasoning_details, tool_calls, audio, images, function_call, ...rest } =
		message as ChatAssistantMessage & JsonObject;
	if (function_call !== undefined && function_call !== null) {
		issues.push({ path: `${path}.function_call`, message: "is not supported: use tool_calls" });
	}
	const parts: AssistantPart[] = [];
	parts.push(...decodeReasoning(asText(reasoning_content), asText(reasoning), reasoning_details));
	if (typeof content === "string") {
		if (content !== "") parts.push({ type: "text", text: content });
	} else {
		for (const [index, part] of (content ?? []).entries()) parts.push(...decodeAssistantPart(part, `${path}.content[${index}]`, issues));
	}
	if (refusal) parts.push({ type: "text", text: refusal, refusal: true });
	for (const image of asArray(images) ?? []) parts.push(decodeImage(image) ?? { type: "opaque", dialect: "openai-chat", value: { images: [image] } });
	for (const [index, call] of (tool_calls ?? []).entries()) parts.push(...decodeToolCall(call, `${path}.tool_calls[${index}]`, issues));
	if (audio !== undefined && audio !== null) parts.push({ type: "opaque", dialect: "openai-chat", value: { audio } });
	return { role: "assistant", content: parts, ...openaiMetadata(rest) };
}

/** Thoughts of other vendors stand in the details, with their state: what the message shows besides is the same words. */
function decodeReasoning(content: string | undefined, reasoning: string | undefined, details: Json | undefined): readonly ReasoningPart[] {
	const { foreign, own } = decodeDetails(details);
	if (foreign.length > 0) return foreign;
	const text = content ?? reasoning;
	if (text === undefined && own.length === 0) return [];
	return [{ type: "reasoning", text: text ?? "", ...ownReasoning(content === undefined ? "reasoning" : "reasoning_content", own) }];
}

function decodeAssistantPart(part: ChatContentPart, path: string, issues: Issue[]): readonly AssistantPart[] {
	// Loose fields of a body that came from JSON are JSON.
	const { type, refusal, thinking, ...rest } = part as ChatContentPart & JsonObject;
	if (type === "refusal" && typeof refusal === "string") return [{ type: "text", text: refusal, refusal: true }];
	if (type === "thinking") {
		return [{ type: "reasoning", text: textOf(thinking), metadata: { openai: { field: "thinking" } } }];
	}
	if (type !== "text") return [{ type: "opaque", dialect: "openai-chat", value: { content: [part as JsonObject] } }];
	const { text, ...fields } = rest;
	if (typeof text === "string") return [{ type: "text", text, ...openaiMetadata(fields) }];
	issues.push({ path: `${path}.text`, message: "is missing" });
	return [];
}

function decodeToolCall(call: ChatToolCall, path: string, issues: Issue[]): readonly AssistantPart[] {
	const { id, type, function: made, ...rest } = call as ChatToolCall & JsonObject;
	if (made !== undefined && made !== null) {
		return [{ type: "tool-call", toolCallId: id, toolName: made.name, input: made.arguments || "{}", ...openaiMetadata(rest) }];
	}
	if (type === "custom") return [{ type: "opaque", dialect: "openai-chat", value: { tool_calls: [call as JsonObject] } }];
	issues.push({ path: `${path}.function`, message: "is missing" });
	return [];
}
