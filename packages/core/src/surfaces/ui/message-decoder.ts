import type { Issue } from "../../contract/errors.ts";
import type { AssistantPart, Message, TextPart, ToolResultPart, UserPart } from "../../contract/prompt.ts";
import type { UiMessage, UiMessagePart } from "../../contract/wire/ui-messages.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { decodeFilePart, decodeTextPart, metadataOf, type PartIssue } from "./part-decoder.ts";
import { decodeOpaquePart } from "./opaque-part.ts";
import { decodeToolPart } from "./tool-part.ts";

/**
 * UI messages as a conversation. An assistant's UI message can hold several steps, each with its tools' outputs: it becomes one
 * assistant message a step, the outputs in a tool message right behind it.
 */
export function decodeUiMessages(messages: readonly UiMessage[]): Decoded<readonly Message[], readonly Issue[]> {
	const issues: Issue[] = [];
	const decoded = messages.flatMap((message, index) => decodeMessage(message, `messages[${index}]`, issues));
	if (decoded.length === 0 && issues.length === 0) issues.push({ path: "messages", message: "hold nothing that a model can read" });
	return issues.length > 0 ? { ok: false, problem: issues } : { ok: true, value: decoded };
}

function decodeMessage({ role, parts }: UiMessage, path: string, issues: Issue[]): readonly Message[] {
	if (role === "assistant") return decodeAssistant(parts, path, issues);
	const message: Message =
		role === "system"
			? { role, content: decodeParts(parts, path, issues, decodeSystemPart) }
			: { role, content: decodeParts(parts, path, issues, decodeUserPart) };
	if (parts.every(isForPeople)) issues.push({ path: `${path}.parts`, message: "hold nothing that a model can read" });
	return [message];
}

/** Reads each part that is meant for the model; what is wrong with one is told at its place. */
function decodeParts<Part extends object>(
	parts: readonly UiMessagePart[],
	path: string,
	issues: Issue[],
	decode: (part: UiMessagePart) => Part | PartIssue,
): Part[] {
	return parts.flatMap((part, index) => {
		if (isForPeople(part)) return [];
		const decoded = decode(part);
		if (!isIssue(decoded)) return [decoded];
		issues.push(placed(decoded, `${path}.parts[${index}]`));
		return [];
	});
}

function decodeSystemPart(part: UiMessagePart): TextPart | PartIssue {
	return part.type === "text" ? decodeTextPart(part) : { field: "type", message: "must be text in a system message" };
}

function decodeUserPart(part: UiMessagePart): UserPart | PartIssue {
	if (part.type === "text") return decodeTextPart(part);
	if (part.type === "file") return decodeFilePart(part);
	return { field: "type", message: `${JSON.stringify(part.type)} cannot stand in a user's message` };
}

function decodeAssistant(parts: readonly UiMessagePart[], path: string, issues: Issue[]): readonly Message[] {
	const messages: Message[] = [];
	let content: AssistantPart[] = [];
	let results: ToolResultPart[] = [];
	const endStep = () => {
		if (content.length > 0) messages.push({ role: "assistant", content });
		if (results.length > 0) messages.push({ role: "tool", content: results });
		content = [];
		results = [];
	};
	for (const [index, part] of parts.entries()) {
		const at = `${path}.parts[${index}]`;
		if (part.type === "step-start") endStep();
		else if (part.type === "steering-message") {
			endStep();
			messages.push(...decodeMessage({ role: "user", parts: part.parts ?? [] }, at, issues));
		} else if (part.type.startsWith("tool-") || part.type === "dynamic-tool") {
			const decoded = decodeToolPart(part);
			if (isIssue(decoded)) issues.push(placed(decoded, at));
			else {
				content.push(...decoded.content);
				results.push(...decoded.results);
			}
		} else if (part.type === "data-opaque" || !isForPeople(part)) {
			const decoded = decodeAssistantPart(part);
			if (isIssue(decoded)) issues.push(placed(decoded, at));
			else if (!isEmptyText(decoded)) content.push(decoded);
		}
	}
	endStep();
	return messages;
}

function decodeAssistantPart(part: UiMessagePart): AssistantPart | PartIssue {
	switch (part.type) {
		case "text":
			return decodeTextPart(part);
		case "reasoning":
			return part.text === undefined ? { field: "text", message: "is missing" } : { type: "reasoning", text: part.text, ...metadataOf(part.providerMetadata) };
		case "file":
			return decodeFilePart(part);
		case "data-opaque":
			return decodeOpaquePart(part);
		default:
			return { field: "type", message: `${JSON.stringify(part.type)} is not a part that a model can be given` };
	}
}

/** Made for the page, not for the model; the AI SDK leaves them out too. */
function isForPeople({ type }: UiMessagePart): boolean {
	return type === "step-start" || type === "source-url" || type === "source-document" || type.startsWith("data-");
}

/** An answer that was stopped before its first word; providers refuse empty texts. */
function isEmptyText(part: AssistantPart): boolean {
	return part.type === "text" && part.text === "";
}

function isIssue(value: object): value is PartIssue {
	return "field" in value;
}

function placed({ field, message }: PartIssue, path: string): Issue {
	return { path: `${path}.${field}`, message };
}
