import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, FilePart, Message, ToolOutput, UserPart } from "../../../contract/prompt.ts";
import { encodeFile } from "../anthropic-messages/file-encoder.ts";
import type { Warnings } from "../warnings.ts";
import { sessionIdOf } from "./own-metadata.ts";

/** Content blocks of one user message, in Anthropic's form; texts in a row are one. */
export type Input = readonly JsonObject[];

/** The newest words of a conversation whose beginning Claude Code knows already. */
export interface ResumedInput {
	readonly sessionId: string;
	readonly input: Input;
}

/** @returns `undefined` where the last answer did not come from Claude Code, or was not followed by the user's words. */
export function encodeResumed(messages: readonly Message[], warnings: Warnings): ResumedInput | undefined {
	const { earlier, last } = splitConversation(messages);
	const answer = earlier.at(-1);
	const sessionId = answer?.role === "assistant" ? sessionIdOf(answer) : undefined;
	return sessionId === undefined || last.length === 0 ? undefined : { sessionId, input: encodeUserMessages(last, warnings) };
}

/** A whole conversation as one message: what was said before stands in front of the newest words. Instructions stand elsewhere. */
export function encodeConversation(messages: readonly Message[], warnings: Warnings): Input {
	const { earlier, last } = splitConversation(messages);
	if (earlier.length === 0) return encodeUserMessages(last, warnings);
	const writer = createWriter();
	writer.text("The conversation so far:\n\n<conversation>\n");
	for (const message of earlier) writeMessage(message, writer, warnings);
	writer.text("</conversation>\n\n");
	if (last.length === 0) writer.text("Continue the conversation.");
	return [...writer.blocks(), ...encodeUserMessages(last, warnings)].reduce<JsonObject[]>(joinTexts, []);
}

/** Standard input takes text; files need Claude Code's own lines of JSON. A `/` in front would be one of its commands. */
export function inputText(input: Input): string {
	return beforeSlash(input.map((block) => String(block["text"])).join(""));
}

export function inputLine(input: Input): string {
	const content = input.map((block) => (typeof block["text"] === "string" ? { ...block, text: beforeSlash(block["text"]) } : block));
	return `${JSON.stringify({ type: "user", message: { role: "user", content } })}\n`;
}

export function hasFiles(input: Input): boolean {
	return input.some((block) => block["type"] !== "text");
}

function beforeSlash(text: string): string {
	return text.startsWith("/") ? `\n${text}` : text;
}

function splitConversation(messages: readonly Message[]) {
	const spoken = messages.filter((message) => message.role !== "system");
	const end = spoken.findLastIndex((message) => message.role !== "user") + 1;
	return { earlier: spoken.slice(0, end), last: spoken.slice(end) };
}

interface Writer {
	text(text: string): void;
	block(block: JsonObject): void;
	blocks(): readonly JsonObject[];
}

function createWriter(): Writer {
	let blocks: JsonObject[] = [];
	const block = (added: JsonObject): void => {
		blocks = joinTexts(blocks, added);
	};
	return { block, text: (text) => block({ type: "text", text }), blocks: () => blocks };
}

function joinTexts(blocks: JsonObject[], added: JsonObject): JsonObject[] {
	const last = blocks.at(-1);
	if (typeof last?.["text"] !== "string" || typeof added["text"] !== "string") return [...blocks, added];
	return [...blocks.slice(0, -1), { ...last, text: last["text"] + added["text"] }];
}

function encodeUserMessages(messages: readonly Message[], warnings: Warnings): Input {
	const writer = createWriter();
	messages.forEach((message, index) => {
		if (index > 0) writer.text("\n\n");
		if (message.role === "user") writeParts(message.content, writer, warnings);
	});
	return writer.blocks();
}

function writeMessage(message: Message, writer: Writer, warnings: Warnings): void {
	if (message.role === "tool") {
		for (const part of message.content) writeResult(part.toolName, part.output, writer, warnings);
		return;
	}
	writer.text(`<${message.role}>\n`);
	if (message.role === "assistant") for (const part of message.content) writeAssistantPart(part, writer, warnings);
	else writeParts(message.content, writer, warnings);
	writer.text(`\n</${message.role}>\n`);
}

function writeParts(parts: readonly UserPart[], writer: Writer, warnings: Warnings): void {
	for (const part of parts) {
		if (part.type === "text") writer.text(part.text);
		else if (part.type === "file") writeFile(part, writer, warnings);
		else warnings.add("unsupported-part", "messages", `Claude Code cannot be told a part of ${part.dialect}; it was left out`);
	}
}

function writeAssistantPart(part: AssistantPart, writer: Writer, warnings: Warnings): void {
	switch (part.type) {
		case "tool-call":
			writer.text(`<tool_call name=${JSON.stringify(part.toolName)}>${part.input}</tool_call>\n`);
			return;
		case "tool-result":
			writeResult(part.toolName, part.output, writer, warnings);
			return;
		case "reasoning":
			warnings.add("unsupported-part", "messages", "Claude Code takes no thoughts back; they were left out");
			return;
		default:
			writeParts([part], writer, warnings);
	}
}

function writeResult(toolName: string | undefined, output: ToolOutput, writer: Writer, warnings: Warnings): void {
	writer.text(`<tool_result${toolName === undefined ? "" : ` name=${JSON.stringify(toolName)}`}>`);
	if (output.type === "text") writer.text(output.text);
	else writeParts(output.parts, writer, warnings);
	writer.text("</tool_result>\n");
}

function writeFile(part: FilePart, writer: Writer, warnings: Warnings): void {
	const block = encodeFile(part);
	if (block === undefined) warnings.add("unsupported-part", "messages", `Claude Code does not read ${part.mediaType}; the file was left out`);
	else writer.block(block);
}
