import type { Json, JsonObject } from "../../contract/json.ts";
import type { Message, Prompt, ToolOutput, ToolResultPart } from "../../contract/prompt.ts";

/** The text of the last user message, exactly, and the media types of its files. */
export function lastUserInput(prompt: Prompt): { readonly text: string; readonly mediaTypes: readonly string[] } {
	const message = prompt.messages.findLast(({ role }) => role === "user");
	const parts = message?.role === "user" ? message.content : [];
	return {
		text: parts.map((part) => (part.type === "text" ? part.text : "")).join(""),
		mediaTypes: parts.flatMap((part) => (part.type === "file" ? [part.mediaType] : [])),
	};
}

/** The tool results that the prompt ends with: the model is to go on from them. */
export function lastToolResults(prompt: Prompt): readonly ToolResultPart[] {
	const last = prompt.messages.findLast(({ role }) => role !== "system");
	return last?.role === "tool" ? last.content : [];
}

export function outputText(output: ToolOutput): string {
	if (output.type === "text") return output.text;
	return output.parts.map((part) => (part.type === "text" ? part.text : part.type === "file" ? `[${part.mediaType}]` : "")).join("");
}

/** Deterministic, and near enough to play with: a quarter of the characters, and a flat rate for a file. */
export function countInputTokens(prompt: Prompt): number {
	const tools = prompt.tools === undefined ? 0 : JSON.stringify(prompt.tools).length;
	const characters = prompt.messages.reduce((sum, message) => sum + countCharacters(message), tools);
	return Math.max(1, Math.ceil(characters / 4));
}

function countCharacters(message: Message): number {
	return message.content.reduce((sum, part) => {
		if (part.type === "text" || part.type === "reasoning") return sum + part.text.length;
		if (part.type === "tool-call") return sum + part.toolName.length + part.input.length;
		if (part.type === "tool-result") return sum + outputText(part.output).length;
		return sum + 1000;
	}, 0);
}

/** The JSON Schema that the answer is to match: the prompt's own, or one that is written in its text. */
export function wantedSchema(prompt: Prompt): JsonObject | undefined {
	if (prompt.output?.type === "json-schema") return prompt.output.schema;
	for (const message of prompt.messages.toReversed()) {
		if (message.role !== "system" && message.role !== "user") continue;
		for (const part of message.content) {
			const schema = part.type === "text" ? findSchema(part.text) : undefined;
			if (schema !== undefined) return schema;
		}
	}
	return undefined;
}

/** How many opening braces of one text are looked at. */
const maxCandidates = 200;

function findSchema(text: string): JsonObject | undefined {
	let start = text.indexOf("{");
	for (let tried = 0; start !== -1 && tried < maxCandidates; tried++) {
		const end = closingBrace(text, start);
		const value = end === undefined ? undefined : parse(text.slice(start, end + 1));
		if (isSchema(value)) return value;
		start = text.indexOf("{", start + 1);
	}
	return undefined;
}

function closingBrace(text: string, start: number): number | undefined {
	let depth = 0;
	let isInString = false;
	for (let index = start; index < text.length; index++) {
		const character = text[index];
		if (isInString) {
			if (character === "\\") index++;
			else if (character === '"') isInString = false;
		} else if (character === '"') isInString = true;
		else if (character === "{") depth++;
		else if (character === "}" && --depth === 0) return index;
	}
	return undefined;
}

function parse(text: string): Json | undefined {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const telling = ["type", "properties", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"];

function isSchema(value: Json | undefined): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value) && telling.some((keyword) => keyword in value);
}
