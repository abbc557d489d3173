import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, Message, ToolCallPart, ToolResultPart, UserPart } from "../../../contract/prompt.ts";
import type { EncodeRequestOptions } from "../dialect.ts";
import { asText } from "../json-fields.ts";
import type { Warnings } from "../warnings.ts";
import { demandsSignatures, missingSignature, takesFilesInResponses } from "./model-traits.ts";
import { ownFields } from "./own-metadata.ts";
import { callArguments, encodeAssistantPart, encodeCallId, encodeText, signatureOf } from "./part-encoder.ts";
import { encodeFile } from "./file-parts.ts";

export interface EncodedContents {
	readonly systemInstruction?: JsonObject;
	readonly contents: readonly JsonObject[];
}

interface Turn {
	readonly role: "user" | "model";
	readonly own: JsonObject;
	readonly parts: JsonObject[];
}

interface Writing {
	readonly warnings: Warnings;
	readonly model: string;
	/** Whether ids of calls are sent at all. */
	readonly withIds: boolean;
	/** A response must name its function; other dialects only know the call's id. */
	readonly names: ReadonlyMap<string, string>;
}

/**
 * System messages at the start become `systemInstruction`; later ones stay where they were said, as the user's text: there is no
 * role for them. Neighbours of the same role become one turn, as Google wants the turns to alternate.
 */
export function encodeContents(messages: readonly Message[], { model, quirks }: EncodeRequestOptions, warnings: Warnings): EncodedContents {
	const found = messages.findIndex((message) => message.role !== "system");
	const firstTurn = found < 0 ? messages.length : found;
	const system = messages.slice(0, firstTurn).flatMap(systemParts);
	const writing: Writing = { warnings, model, withIds: quirks.functionCallIds !== false, names: namesOfCalls(messages) };
	const turns: Turn[] = [];
	for (const [index, message] of messages.entries()) {
		if (index >= firstTurn) append(turns, encodeMessage(message, `messages[${index}]`, writing));
	}
	const contents = turns.map(({ role, own, parts }) => ({ ...own, role, parts }));
	if (contents.length > 0 || system.length === 0) return { ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }), contents };
	warnings.add("changed-setting", "messages", "Gemini demands a turn of the user; the system message was sent as one");
	return { contents: [{ role: "user", parts: system }] };
}

function namesOfCalls(messages: readonly Message[]): ReadonlyMap<string, string> {
	const calls = messages.flatMap((message) => (message.role === "assistant" ? message.content.filter((part) => part.type === "tool-call") : []));
	return new Map(calls.map(({ toolCallId, toolName }) => [toolCallId, toolName]));
}

/** A message of which nothing is left is none. Files of tools stand behind all responses: nothing may come between those. */
function append(turns: Turn[], turn: Turn): void {
	if (turn.parts.length === 0) return;
	const last = turns.at(-1);
	if (last?.role === turn.role) last.parts.push(...turn.parts);
	else turns.push(turn);
}

function encodeMessage(message: Message, field: string, writing: Writing): Turn {
	const own = ownFields(message.metadata);
	switch (message.role) {
		case "system":
			writing.warnings.add("changed-setting", field, "A system message behind the first turn was sent as text of the user");
			return { role: "user", own: {}, parts: systemParts(message) };
		case "user":
			return { role: "user", own, parts: encodeUserParts(message.content, field, writing) };
		case "tool":
			return { role: "user", own, parts: encodeResults(message.content, field, writing) };
		case "assistant":
			return { role: "model", own, parts: encodeModelParts(message.content, field, writing) };
		default:
			return message satisfies never;
	}
}

function systemParts(message: Message): JsonObject[] {
	return message.content.flatMap((part) => (part.type === "text" && part.text !== "" ? [encodeText(part)] : []));
}

function encodeUserParts(parts: readonly UserPart[], field: string, { warnings }: Writing): JsonObject[] {
	return parts.flatMap((part) => {
		if (part.type === "text") return part.text === "" ? [] : [encodeText(part)];
		const encoded = part.type === "file" ? encodeFile(part) : part.dialect === "gemini" ? part.value : undefined;
		if (encoded !== undefined) return [encoded];
		const what = part.type === "file" ? `file (${part.mediaType.slice(0, 100)}, ${part.data.type})` : "part of another dialect";
		warnings.add("unsupported-part", field, `Gemini does not read this ${what}; it was left out`);
		return [];
	});
}

function encodeModelParts(parts: readonly AssistantPart[], field: string, writing: Writing): JsonObject[] {
	const encoded: JsonObject[] = [];
	let isFirstCall = true;
	for (const part of parts) {
		const wire = encodeModelPart(part, field, writing);
		if (wire === undefined) continue;
		const isCall = part.type === "tool-call" && part.providerExecuted !== true;
		encoded.push(isCall && isFirstCall ? signed(part, wire, writing.model) : wire);
		isFirstCall &&= !isCall;
	}
	return encoded;
}

/** Only the first of parallel calls carries a signature, and it must (since Gemini 3). */
function signed(call: ToolCallPart, wire: JsonObject, model: string): JsonObject {
	return signatureOf(call) !== undefined || !demandsSignatures(model) ? wire : { ...wire, thoughtSignature: missingSignature };
}

function encodeModelPart(part: AssistantPart, field: string, { warnings, withIds }: Writing): JsonObject | undefined {
	if (part.type === "text" && part.text === "" && asText(ownFields(part.metadata).thoughtSignature) === undefined) return undefined;
	// Thoughts of another vendor mean nothing to Google, and must not become words.
	if (part.type === "reasoning" && part.metadata?.google === undefined) {
		warnings.add("unsupported-part", field, "Reasoning of another provider was left out");
		return undefined;
	}
	if (part.type === "tool-call" && !part.providerExecuted && !callArguments(part.input).isValid) {
		warnings.add("changed-setting", field, "The input of a tool call is no JSON object; it was sent wrapped as invalid_input");
	}
	const encoded = encodeAssistantPart(part, withIds);
	if (encoded === undefined) warnings.add("unsupported-part", field, `${described[part.type]} of another provider was left out`);
	return encoded;
}

const described: Readonly<Record<AssistantPart["type"], string>> = {
	text: "A text",
	reasoning: "Reasoning",
	"tool-call": "A call of a tool that ran at the vendor, one",
	"tool-result": "A result of a tool that ran at the vendor, one",
	opaque: "A part",
	file: "A file",
};

function encodeResults(results: readonly ToolResultPart[], field: string, writing: Writing): JsonObject[] {
	const files: JsonObject[] = [];
	const responses = results.map((result) => encodeResult(result, field, writing, files));
	return [...responses, ...files];
}

/** @param behind takes the files of models that read none in a response: they follow as parts of the user's turn. */
function encodeResult(result: ToolResultPart, field: string, writing: Writing, behind: JsonObject[]): JsonObject {
	const { toolCallId, output, isError } = result;
	const { response, willContinue, scheduling, ...own } = ownFields(result.metadata);
	const parts = output.type === "parts" ? output.parts : [];
	const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
	const text = output.type === "text" ? output.text : texts.join("\n");
	const files = encodeUserParts(parts.filter((part) => part.type !== "text"), field, writing);
	const isTaken = files.length > 0 && takesFilesInResponses(writing.model);
	if (files.length > 0 && !isTaken) {
		writing.warnings.add("changed-setting", field, "Files of a tool result were sent behind it: this model reads none inside");
		behind.push(...files);
	}
	const more = { ...(willContinue === undefined ? {} : { willContinue }), ...(scheduling === undefined ? {} : { scheduling }) };
	return {
		...own,
		functionResponse: {
			...more,
			...encodeCallId(toolCallId, writing.withIds),
			name: result.toolName ?? writing.names.get(toolCallId) ?? "unknown_function",
			response: response ?? (isError ? { error: text } : { output: text }),
			...(isTaken ? { parts: files } : {}),
		},
	};
}
