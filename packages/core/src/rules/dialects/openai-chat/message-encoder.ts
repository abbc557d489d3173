import type { JsonObject } from "../../../contract/json.ts";
import type {
	AssistantMessage,
	Message,
	ReasoningPart,
	ToolMessage,
	ToolResultPart,
	UserPart,
	Warning,
} from "../../../contract/prompt.ts";
import type { Quirks } from "../dialect.ts";
import { encodeImage } from "./image-parts.ts";
import { encodeToolCall, mergeFragment } from "./message-fields.ts";
import { detailsField, ownDetails, type ReasoningField } from "./reasoning-details.ts";
import { encodeUserPart } from "./user-parts.ts";

/** One canonical message as one or more of OpenAI's. What cannot be said becomes a warning that names its place. */
export function encodeMessage(message: Message, path: string, quirks: Quirks, warnings: Warning[]): readonly JsonObject[] {
	const { role, ...fields } = message.metadata?.openai ?? {};
	switch (message.role) {
		case "system": {
			const isDeveloper = role === "developer" && quirks.developerRole !== false;
			return [{ ...fields, role: isDeveloper ? "developer" : "system", content: encodeContent(message.content, path, warnings) }];
		}
		case "user":
			return [{ ...fields, role: "user", content: encodeContent(message.content, path, warnings) }];
		case "assistant":
			return [encodeAssistant(message, fields, path, warnings)];
		case "tool":
			return encodeToolResults(message, fields, path, warnings);
		default:
			return message satisfies never;
	}
}

/** One plain text goes as a string, which every vendor knows. */
function encodeContent(parts: readonly UserPart[], path: string, warnings: Warning[]): string | readonly JsonObject[] {
	const encoded: JsonObject[] = [];
	for (const [index, part] of parts.entries()) {
		const wire = encodeUserPart(part);
		const place = `${path}.content[${index}]`;
		if (wire === undefined) warnings.push(leftOut(place, describe(part)));
		else encoded.push(wire);
		if (part.type === "file" && part.data.type === "text") {
			warnings.push({ code: "unsupported-part", field: place, message: `${describe(part)} was sent as plain text` });
		}
	}
	return plainText(encoded) ?? (encoded.length === 0 ? "" : encoded);
}

function leftOut(field: string, what: string): Warning {
	return { code: "unsupported-part", field, message: `${what} cannot be said to this provider and was left out` };
}

function plainText(parts: readonly JsonObject[]): string | undefined {
	const [only, ...others] = parts;
	if (only === undefined || others.length > 0 || Object.keys(only).length !== 2) return undefined;
	return only.type === "text" && typeof only.text === "string" ? only.text : undefined;
}

function describe(part: UserPart): string {
	if (part.type !== "file") return "A part of another dialect";
	return `A file (${part.mediaType}, ${part.data.type === "url" ? "by URL" : part.data.type})`;
}

function encodeAssistant(message: AssistantMessage, fields: JsonObject, path: string, warnings: Warning[]): JsonObject {
	const content: JsonObject[] = [];
	const toolCalls: JsonObject[] = [];
	const images: JsonObject[] = [];
	const details: JsonObject[] = [];
	const reasoning = new Map<string, string>();
	let fragments: JsonObject = {};
	for (const [index, part] of message.content.entries()) {
		const drop = (what: string) => warnings.push(leftOut(`${path}.content[${index}]`, what));
		switch (part.type) {
			case "text":
				content.push({
					...part.metadata?.openai,
					...(part.refusal ? { type: "refusal", refusal: part.text } : { type: "text", text: part.text }),
				});
				break;
			case "reasoning": {
				const field = reasoningField(part);
				if (field === undefined) drop("Reasoning of another provider");
				else if (field === "thinking") content.push({ type: "thinking", thinking: [{ type: "text", text: part.text }] });
				else if (part.text !== "") reasoning.set(field, (reasoning.get(field) ?? "") + part.text);
				details.push(...ownDetails(part));
				break;
			}
			case "tool-call":
				if (part.providerExecuted) drop("A tool call that another provider ran itself");
				else toolCalls.push(encodeToolCall(part));
				break;
			case "opaque":
				if (part.dialect === "openai-chat") fragments = mergeFragment(fragments, part);
				else drop("A part of another dialect");
				break;
			case "tool-result":
				drop("A tool result inside an answer");
				break;
			case "file": {
				// Only those of this dialect's own vendors, whose field it is: OpenAI has none.
				const image = part.metadata?.openai === undefined ? undefined : encodeImage(part, images.length);
				if (image === undefined) drop("A file inside an answer");
				else images.push(image);
				break;
			}
			default:
				part satisfies never;
		}
	}
	const { content: moreContent, tool_calls: moreCalls, images: moreImages, ...more } = fragments;
	const parts = [...content, ...(Array.isArray(moreContent) ? moreContent : [])];
	const calls = [...toolCalls, ...(Array.isArray(moreCalls) ? moreCalls : [])];
	const pictures = [...images, ...(Array.isArray(moreImages) ? moreImages : [])];
	return {
		...fields,
		...more,
		role: "assistant",
		...Object.fromEntries(reasoning),
		...(details.length === 0 ? {} : { [detailsField]: details }),
		content: plainText(parts) ?? (parts.length > 0 ? parts : calls.length > 0 || pictures.length > 0 || Object.keys(more).length > 0 ? null : ""),
		...(calls.length === 0 ? {} : { tool_calls: calls }),
		...(pictures.length === 0 ? {} : { images: pictures }),
	};
}

/** Where this dialect's provider wants its own reasoning back; reasoning of others must never become visible text. */
function reasoningField({ metadata }: ReasoningPart): ReasoningField | undefined {
	const field = metadata?.openai?.field;
	return field === "reasoning_content" || field === "reasoning" || field === "thinking" ? field : undefined;
}

/** A message for each result. Tool messages hold text only: files follow in a user message, where the model can see them. */
function encodeToolResults(message: ToolMessage, fields: JsonObject, path: string, warnings: Warning[]): readonly JsonObject[] {
	const messages: JsonObject[] = [];
	const files: UserPart[] = [];
	for (const [index, result] of message.content.entries()) {
		const place = `${path}.content[${index}]`;
		const { texts, others } = splitOutput(result);
		if (result.isError) {
			const message = "This provider is not told that the tool failed, only what it said";
			warnings.push({ code: "unsupported-part", field: `${place}.isError`, message });
		}
		if (others.length > 0) {
			const message = "Files of a tool result were sent in a user message behind it";
			warnings.push({ code: "unsupported-part", field: `${place}.output`, message });
			files.push({ type: "text", text: `Files that tool call ${result.toolCallId} returned:` }, ...others);
		}
		messages.push({
			...fields,
			...result.metadata?.openai,
			role: "tool",
			tool_call_id: result.toolCallId,
			content: typeof texts === "string" ? texts : encodeContent(texts, place, warnings),
		});
	}
	if (files.length > 0) messages.push({ role: "user", content: encodeContent(files, path, warnings) });
	return messages;
}

interface SplitOutput {
	readonly texts: string | readonly UserPart[];
	readonly others: readonly UserPart[];
}

function splitOutput({ output }: ToolResultPart): SplitOutput {
	if (output.type === "text") return { texts: output.text, others: [] };
	const isText = (part: UserPart) => part.type === "text" || (part.type === "file" && part.data.type === "text");
	return { texts: output.parts.filter(isText), others: output.parts.filter((part) => !isText(part)) };
}

