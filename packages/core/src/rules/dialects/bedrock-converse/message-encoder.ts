import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, Message, ReasoningPart, ToolCallPart, ToolResultPart, UserPart } from "../../../contract/prompt.ts";
import { asObject, asText, parseJson } from "../json-fields.ts";
import type { Warnings } from "../warnings.ts";
import { documentName, encodeFile } from "./file-encoder.ts";
import { cachePointOf } from "./own-metadata.ts";

export interface EncodedMessages {
	readonly system?: readonly JsonObject[];
	readonly messages: readonly JsonObject[];
}

interface Turn {
	readonly role: "user" | "assistant";
	/** Tool results stand first in the user's turn right behind the calls. */
	readonly results: JsonObject[];
	readonly blocks: JsonObject[];
}

/**
 * System messages at the start become `system`, later ones text of the user, where they were said. Neighbours of one role become one
 * turn: Bedrock wants the roles to alternate.
 */
export function encodeMessages(messages: readonly Message[], warnings: Warnings): EncodedMessages {
	const names = new Set<string>();
	const turns: Turn[] = [];
	const system: JsonObject[] = [];
	for (const [index, message] of messages.entries()) {
		const field = `messages[${index}]`;
		const user = (parts: readonly UserPart[]) => parts.flatMap((part) => encodeUserPart(part, names, field, warnings));
		switch (message.role) {
			case "system":
				if (turns.length === 0) {
					system.push(...user(message.content));
					break;
				}
				warnings.add("changed-setting", field, "A system message behind the first turn was sent as text of the user");
				append(turns, { role: "user", results: [], blocks: user(message.content) });
				break;
			case "user":
				append(turns, { role: "user", results: [], blocks: user(message.content) });
				break;
			case "tool":
				append(turns, { role: "user", results: message.content.flatMap((part) => encodeToolResult(part, user)), blocks: [] });
				break;
			case "assistant":
				append(turns, { role: "assistant", results: [], blocks: message.content.flatMap((part) => encodeAssistantPart(part, field, warnings)) });
				break;
			default:
				message satisfies never;
		}
	}
	return {
		...(system.length === 0 ? {} : { system }),
		messages: turns.map(({ role, results, blocks }) => ({ role, content: [...results, ...blocks] })),
	};
}

/** A message of which nothing was left is none, and its neighbours are each other's. */
function append(turns: Turn[], turn: Turn): void {
	if (turn.results.length + turn.blocks.length === 0) return;
	const last = turns.at(-1);
	if (last?.role === turn.role) {
		last.results.push(...turn.results);
		last.blocks.push(...turn.blocks);
	} else turns.push(turn);
}

function encodeUserPart(part: UserPart, names: Set<string>, field: string, warnings: Warnings): readonly JsonObject[] {
	if (part.type === "opaque") return encodeOpaque(part, field, warnings);
	if (part.type === "text") return encodeText(part.text, part);
	const block = encodeFile(part, () => documentName(part.filename, names));
	if (block !== undefined) return [block, ...cachePointOf(part.metadata)];
	warnings.add("unsupported-part", field, `Bedrock does not read this file of type ${part.mediaType.slice(0, 100)}; it was left out`);
	return [];
}

/** Blocks without a visible character are refused. */
function encodeText(text: string, { metadata }: Pick<UserPart & { type: "text" }, "metadata">): readonly JsonObject[] {
	return text.trim() === "" ? [] : [{ text }, ...cachePointOf(metadata)];
}

function encodeOpaque(part: Extract<UserPart, { type: "opaque" }>, field: string, warnings: Warnings): readonly JsonObject[] {
	if (part.dialect === "bedrock-converse") return [part.value];
	warnings.add("unsupported-part", field, "Bedrock does not read this content block of another provider; it was left out");
	return [];
}

function encodeToolResult(part: ToolResultPart, user: (parts: readonly UserPart[]) => readonly JsonObject[]): readonly JsonObject[] {
	const { output } = part;
	const said = output.type === "text" ? (output.text === "" ? [] : [{ text: output.text }]) : user(output.parts);
	const isCachePoint = (block: JsonObject) => block["cachePoint"] !== undefined;
	const toolResult = {
		toolUseId: safeId(part.toolCallId),
		// A cache point inside a result is refused: it moves behind it.
		content: said.filter((block) => !isCachePoint(block)),
		...(part.isError ? { status: "error" } : {}),
	};
	const cachePoint = [...cachePointOf(part.metadata), ...said.filter(isCachePoint)].slice(0, 1);
	return [{ toolResult }, ...cachePoint];
}

function encodeAssistantPart(part: AssistantPart, field: string, warnings: Warnings): readonly JsonObject[] {
	const leftOut = (message: string) => {
		warnings.add("unsupported-part", field, `${message} left out`);
		return [];
	};
	switch (part.type) {
		case "text":
			return encodeText(part.text, part);
		case "reasoning":
			return encodeReasoning(part) ?? leftOut("Reasoning without a signature was");
		case "tool-call":
			return part.providerExecuted ? leftOut("A call of a tool that another provider ran was") : encodeToolCall(part, field, warnings);
		case "tool-result":
			return leftOut("A result of a tool that another provider ran was");
		case "file":
			return leftOut("Files in the assistant's turn were");
		case "opaque":
			return encodeOpaque(part, field, warnings);
		default:
			return part satisfies never;
	}
}

/** Claude refuses thoughts without their signature, and most other models thoughts of any kind. */
function encodeReasoning({ text, metadata }: ReasoningPart): readonly JsonObject[] | undefined {
	const signature = asText(metadata?.anthropic?.["signature"]);
	const redactedContent = asText(metadata?.anthropic?.["redactedData"]);
	if (redactedContent !== undefined) return [{ reasoningContent: { redactedContent } }];
	return signature === undefined ? undefined : [{ reasoningContent: { reasoningText: { text, signature } } }];
}

/** An input is an object on the wire; text that is none is wrapped, so that nothing is lost. */
function encodeToolCall(part: ToolCallPart, field: string, warnings: Warnings): readonly JsonObject[] {
	const input = part.input.trim() === "" ? {} : asObject(parseJson(part.input));
	if (input === undefined) {
		warnings.add("changed-setting", field, "The input of a tool call is no JSON object; it was sent wrapped as invalid_input");
	}
	const toolUse = { toolUseId: safeId(part.toolCallId), name: part.toolName, input: input ?? { invalid_input: part.input } };
	return [{ toolUse }, ...cachePointOf(part.metadata)];
}

/** Ids have 64 letters, digits, `_` and `-` at most; of a longer one the end tells calls apart. */
function safeId(id: string): string {
	return id.replace(/[^\w-]/g, "_").slice(-64);
}
