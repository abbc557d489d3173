import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantMessage, Message, SystemMessage, TextPart, ToolCallPart, ToolResultPart, UserPart } from "../../../contract/prompt.ts";
import type { Quirks } from "../dialect.ts";
import type { Warnings } from "../warnings.ts";
import { encodeCall } from "./call-writer.ts";
import { customType, unwrapInput } from "./custom-tools.ts";
import { encodeOwnImage } from "./image-item.ts";
import { encodeInputPart } from "./input-parts.ts";
import { ownFields } from "./own-metadata.ts";
import { createReasoningReplay } from "./reasoning-replay.ts";
import { encodeSource } from "./sources.ts";

/** Messages as input items, without ids: the gateway keeps the history, the provider stores nothing that an id could name. */
export function encodeInput(messages: readonly Message[], quirks: Quirks, warnings: Warnings): readonly JsonObject[] {
	const customCalls = new Set(messages.flatMap(customCallIds));
	return messages.flatMap((message, index) => {
		const path = `messages[${index}]`;
		switch (message.role) {
			case "system":
				return [encodeSystem(message, quirks)];
			case "user":
				return encodeUser(message.content, ownFields(message.metadata), path, warnings);
			case "assistant":
				return encodeAssistant(message, path, warnings);
			case "tool":
				return message.content.map((result, place) => encodeResult(result, customCalls, `${path}.content[${place}]`, warnings));
			default:
				return message satisfies never;
		}
	});
}

function customCallIds(message: Message): string[] {
	if (message.role !== "assistant") return [];
	return message.content.flatMap((part) => (part.type === "tool-call" && isCustom(part) ? [part.toolCallId] : []));
}

function isCustom({ metadata }: Pick<ToolCallPart, "metadata">): boolean {
	return ownFields(metadata).type === customType;
}

function encodeSystem({ content, metadata }: SystemMessage, quirks: Quirks): JsonObject {
	const isDeveloper = metadata?.openai?.role === "developer" && quirks.developerRole !== false;
	const { isInstructions: _, ...own } = ownFields(metadata);
	return { ...own, type: "message", role: isDeveloper ? "developer" : "system", content: compact(content.map((part) => inputText(part))) };
}

function inputText({ text, metadata }: TextPart): JsonObject {
	return { ...metadata?.responses, type: "input_text", text };
}

/** One plain text goes as a string, which every server knows. */
function compact(parts: readonly JsonObject[]): string | readonly JsonObject[] {
	const [only, ...others] = parts;
	const isPlain = only !== undefined && others.length === 0 && only.type === "input_text" && Object.keys(only).length === 2;
	return isPlain && typeof only.text === "string" ? only.text : parts;
}

/** Opaque parts are items of their own, between the messages that the others make. */
function encodeUser(content: readonly UserPart[], own: JsonObject, path: string, warnings: Warnings): readonly JsonObject[] {
	const items: JsonObject[] = [];
	let parts: JsonObject[] = [];
	const close = (): void => {
		if (parts.length > 0) items.push({ ...own, type: "message", role: "user", content: compact(parts) });
		parts = [];
	};
	for (const [index, part] of content.entries()) {
		const encoded = encodePart(part, `${path}.content[${index}]`, warnings);
		if (encoded === undefined) continue;
		if (part.type === "opaque") {
			close();
			items.push(encoded);
		} else parts.push(encoded);
	}
	close();
	return items;
}

function encodePart(part: UserPart, path: string, warnings: Warnings): JsonObject | undefined {
	const encoded = encodeInputPart(part);
	if (encoded === undefined) warnings.add("unsupported-part", path, "A part of another dialect cannot be said to this provider and was left out");
	if (part.type === "file" && part.data.type === "text") {
		warnings.add("unsupported-part", path, `A file (${part.mediaType}, text) was sent as plain text`);
	}
	return encoded;
}

function encodeAssistant({ content }: AssistantMessage, path: string, warnings: Warnings): readonly JsonObject[] {
	const items: JsonObject[] = [];
	const reasoning = createReasoningReplay();
	let texts: JsonObject[] = [];
	let phase: JsonObject[string];
	const close = (): void => {
		if (texts.length > 0) items.push({ type: "message", role: "assistant", content: texts, ...(phase === undefined ? {} : { phase }) });
		texts = [];
		const { item, isLost } = reasoning.take();
		if (item !== undefined) items.push(item);
		if (isLost) warnings.add("unsupported-part", path, "Reasoning without the state that this provider wants back was left out");
	};
	for (const [index, part] of content.entries()) {
		const drop = (what: string) => {
			warnings.add("unsupported-part", `${path}.content[${index}]`, `${what} cannot be said to this provider and was left out`);
		};
		switch (part.type) {
			case "text": {
				const said = ownFields(part.metadata).phase;
				if (texts.length === 0 || said !== phase) close();
				phase = said;
				texts.push(outputText(part));
				break;
			}
			case "reasoning":
				if (texts.length > 0 || !reasoning.belongs(part)) close();
				reasoning.add(part);
				break;
			case "tool-call":
				close();
				if (part.providerExecuted) drop("A tool call that another provider ran itself");
				else items.push(encodeCall(part, isCustom(part) ? unwrapInput(part.input) : part.input, isCustom(part)));
				break;
			case "opaque":
				close();
				if (part.dialect === "openai-responses") items.push(part.value);
				else drop("A part of another dialect");
				break;
			case "tool-result":
				drop("A tool result inside an answer");
				break;
			case "file": {
				close();
				const image = encodeOwnImage(part);
				if (image === undefined) drop("A file inside an answer");
				else items.push(image);
				break;
			}
			default:
				part satisfies never;
		}
	}
	close();
	return items;
}

function outputText({ text, refusal, sources = [] }: TextPart): JsonObject {
	if (refusal) return { type: "refusal", refusal: text };
	const annotations = sources.map((source) => encodeSource(source, 0, text.length)).filter((annotation) => annotation !== undefined);
	return { type: "output_text", text, annotations };
}

function encodeResult(result: ToolResultPart, customCalls: ReadonlySet<string>, path: string, warnings: Warnings): JsonObject {
	const { toolCallId, output, isError, metadata } = result;
	const { type, ...own } = ownFields(metadata);
	if (isError) warnings.add("unsupported-part", `${path}.isError`, "This provider is not told that the tool failed, only what it said");
	const isCustomResult = type === customType || customCalls.has(toolCallId);
	return {
		...own,
		type: isCustomResult ? "custom_tool_call_output" : "function_call_output",
		call_id: toolCallId,
		output: output.type === "text" ? output.text : output.parts.map((part) => encodePart(part, path, warnings)).filter((part) => part !== undefined),
	};
}
