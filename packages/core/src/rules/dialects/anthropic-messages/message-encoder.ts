import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, Message, SystemMessage, UserPart } from "../../../contract/prompt.ts";
import { ownFields } from "./own-metadata.ts";
import {
	encodeReasoning,
	encodeServerToolResult,
	encodeText,
	encodeToolCall,
	encodeToolResult,
	encodeUserPart,
	isBlank,
	isReplayable,
	toolInput,
} from "./part-encoder.ts";
import type { Warnings } from "../warnings.ts";

export interface EncodedMessages {
	readonly system?: string | readonly JsonObject[];
	readonly messages: readonly JsonObject[];
}

interface Turn {
	readonly role: "user" | "assistant" | "system";
	readonly own: JsonObject;
	/** Tool results, which Anthropic wants first in the user turn right behind the calls. */
	readonly results: JsonObject[];
	readonly blocks: JsonObject[];
}

/**
 * System messages at the start become `system`. Later ones stay where they were said: as `role: system` where the caller spoke
 * this dialect and said so, otherwise as the user's text, for older models refuse the role and moving them would change what they
 * refer to. Neighbours of the same role become one turn.
 */
export function encodeMessages(messages: readonly Message[], warnings: Warnings): EncodedMessages {
	const found = messages.findIndex((message) => message.role !== "system" || isInline(message));
	const firstTurn = found < 0 ? messages.length : found;
	const system = messages.slice(0, firstTurn).flatMap((message) => (message.role === "system" ? systemBlocks(message) : []));
	const turns: Turn[] = [];
	for (const [index, message] of messages.entries()) {
		if (index >= firstTurn) addMessage(turns, message, `messages[${index}]`, warnings);
	}
	const encoded = turns.map(encodeTurn);
	trimLast(encoded, warnings);
	return { ...(system.length === 0 ? {} : { system: compact(system) }), messages: encoded };
}

function isInline(message: SystemMessage): boolean {
	return ownFields(message.metadata)["role"] === "system";
}

function systemBlocks(message: SystemMessage): JsonObject[] {
	return message.content.filter((part) => !isBlank(part.text)).map((part) => encodeText(part));
}

function addMessage(turns: Turn[], message: Message, field: string, warnings: Warnings): void {
	const own = ownFields(message.metadata);
	const refuse = (part: UserPart) => warnPart(part, field, warnings);
	switch (message.role) {
		case "system": {
			if (!isInline(message)) {
				warnings.add("changed-setting", field, "A system message behind the first turn was sent as text of the user");
			}
			append(turns, { role: isInline(message) ? "system" : "user", own: {}, results: [], blocks: systemBlocks(message) });
			return;
		}
		case "user": {
			const blocks = message.content.map((part) => encodeUserPart(part, refuse)).filter((block) => block !== undefined);
			append(turns, { role: "user", own, results: [], blocks });
			return;
		}
		case "tool": {
			const results = message.content.map((part) => withSafeId(encodeToolResult(part, refuse), "tool_use_id"));
			append(turns, { role: "user", own, results, blocks: [] });
			return;
		}
		case "assistant": {
			const blocks = message.content.map((part) => encodeAssistantPart(part, field, warnings)).filter((block) => block !== undefined);
			append(turns, { role: "assistant", own, results: [], blocks });
			return;
		}
		default:
			message satisfies never;
	}
}

/** Joins neighbours of one role. A message of which nothing was left is none, and its neighbours are each other's. */
function append(turns: Turn[], turn: Turn): void {
	if (turn.results.length + turn.blocks.length === 0) return;
	const last = turns.at(-1);
	if (last?.role !== turn.role) {
		turns.push(turn);
		return;
	}
	last.results.push(...turn.results);
	last.blocks.push(...turn.blocks);
}

function encodeTurn({ role, own, results, blocks }: Turn): JsonObject {
	return { ...own, role, content: compact([...results, ...blocks]) };
}

/** One plain text is said as a string, the form that every server of this dialect reads. */
function compact(blocks: readonly JsonObject[]): string | readonly JsonObject[] {
	const [first] = blocks;
	const isPlain = blocks.length === 1 && first?.["type"] === "text" && Object.keys(first).length === 2;
	return isPlain && typeof first["text"] === "string" ? first["text"] : blocks;
}

function encodeAssistantPart(part: AssistantPart, field: string, warnings: Warnings): JsonObject | undefined {
	switch (part.type) {
		case "text":
			return isBlank(part.text) ? undefined : encodeText(part);
		case "reasoning":
			if (isReplayable(part)) return encodeReasoning(part);
			warnings.add("unsupported-part", field, "Reasoning without a signature of Anthropic was left out");
			return undefined;
		case "tool-call": {
			const { input, isValid } = toolInput(part.input);
			if (!isValid) {
				warnings.add("changed-setting", field, "The input of a tool call is no JSON object; it was sent wrapped as invalid_input");
			}
			const block = encodeToolCall(part, input);
			if (block !== undefined) return withSafeId(block, "id");
			warnings.add("unsupported-part", field, "A call of a tool that another provider ran was left out");
			return undefined;
		}
		case "tool-result": {
			const block = part.providerExecuted ? encodeServerToolResult(part) : undefined;
			if (block !== undefined) return withSafeId(block, "tool_use_id");
			warnings.add("unsupported-part", field, "A result of a tool that another provider ran was left out");
			return undefined;
		}
		case "opaque":
			if (part.dialect === "anthropic-messages") return part.value;
			warnPart(part, field, warnings);
			return undefined;
		case "file":
			warnings.add("unsupported-part", field, "Anthropic takes no files in the assistant's turn; one was left out");
			return undefined;
		default:
			return part satisfies never;
	}
}

function warnPart(part: UserPart, field: string, warnings: Warnings): void {
	const what = part.type === "file" ? `file of type ${part.mediaType.slice(0, 100)}` : "content block of another provider";
	warnings.add("unsupported-part", field, `Anthropic does not read this ${what}; it was left out`);
}

/** Anthropic takes ids of letters, digits, `_` and `-` only; other vendors use more (`functions.search:0`). */
function withSafeId(block: JsonObject, field: "id" | "tool_use_id"): JsonObject {
	const id = block[field];
	return typeof id === "string" && /[^\w-]/.test(id) ? { ...block, [field]: id.replace(/[^\w-]/g, "_") } : block;
}

/** An answer that is to be continued must not end in white space (a documented 400). */
function trimLast(messages: JsonObject[], warnings: Warnings): void {
	const last = messages.at(-1);
	if (last?.["role"] !== "assistant") return;
	const { content } = last;
	const trimmed = typeof content === "string" ? content.trimEnd() : Array.isArray(content) ? trimLastBlock(content) : content;
	if (trimmed === content || trimmed === undefined) return;
	messages[messages.length - 1] = { ...last, content: trimmed };
	warnings.add("changed-setting", `messages[${messages.length - 1}]`, "White space at the end of the answer to continue was cut");
}

function trimLastBlock(blocks: readonly JsonObject[]): readonly JsonObject[] {
	const last = blocks.at(-1);
	const text = last?.["type"] === "text" ? last["text"] : undefined;
	return typeof text === "string" && text !== text.trimEnd() ? [...blocks.slice(0, -1), { ...last, text: text.trimEnd() }] : blocks;
}
