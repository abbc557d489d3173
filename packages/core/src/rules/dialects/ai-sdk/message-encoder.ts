import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantMessage, AssistantPart, Message, OpaquePart, Prompt, SystemMessage, ToolCallPart, ToolResultPart, UserPart } from "../../../contract/prompt.ts";
import { asObject, parseJson } from "../json-fields.ts";
import type { Warnings } from "../warnings.ts";
import { encodeFile } from "./file-encoder.ts";
import { encodeMetadata } from "./own-metadata.ts";

/** The prompt of a language model. System messages stand in front: many models refuse them anywhere else. */
export function encodeMessages({ messages }: Prompt, warnings: Warnings): readonly JsonObject[] {
	const names = toolNames(messages);
	const encoded: JsonObject[] = [];
	for (const [index, message] of messages.entries()) {
		const field = `messages[${index}]`;
		const user = (parts: readonly UserPart[]) => parts.flatMap((part) => encodeUserPart(part, field, warnings));
		const add = (role: string, content: readonly JsonObject[]) => {
			if (content.length > 0) encoded.push({ role, content, ...encodeMetadata(message.metadata) });
		};
		switch (message.role) {
			case "system":
				if (encoded.every(({ role }) => role === "system")) encoded.push(...encodeSystem(message));
				else {
					warnings.add("changed-setting", field, "A system message behind the first turn was sent as text of the user");
					add("user", user(message.content));
				}
				break;
			case "user":
				add("user", user(message.content));
				break;
			case "assistant":
				add("assistant", encodeAssistant(message, field, names, warnings));
				break;
			case "tool":
				add("tool", message.content.map((part) => encodeToolResult(part, names, user, field, warnings)));
				break;
			default:
				message satisfies never;
		}
	}
	return encoded;
}

/** A system message is one text; where one of its parts is marked, each is a message of its own. */
function encodeSystem({ content, metadata }: SystemMessage): readonly JsonObject[] {
	const isMarked = content.some((part) => part.metadata !== undefined);
	const texts = isMarked ? content : [{ text: content.map(({ text }) => text).join("\n"), metadata: undefined }];
	return texts
		.filter(({ text }) => text !== "")
		.map((part) => ({ role: "system", content: part.text, ...encodeMetadata(part.metadata ?? metadata) }));
}

function encodeUserPart(part: UserPart, field: string, warnings: Warnings): readonly JsonObject[] {
	switch (part.type) {
		case "text":
			return encodeText(part.text, part);
		case "file": {
			const file = encodeFile(part);
			if (file === undefined) warnings.add("unsupported-part", field, "A file has an address that cannot be read; it was left out");
			return file === undefined ? [] : [file];
		}
		case "opaque":
			return encodeOpaque(part, field, warnings);
		default:
			return part satisfies never;
	}
}

/** Several models refuse empty texts; one that carries a state is said all the same. */
function encodeText(text: string, { metadata }: Pick<AssistantPart & { type: "text" }, "metadata">): readonly JsonObject[] {
	const options = encodeMetadata(metadata);
	return text === "" && options.providerOptions === undefined ? [] : [{ type: "text", text, ...options }];
}

/** What a model may say and a prompt may hold as well. */
const repeatable: ReadonlySet<unknown> = new Set(["custom", "reasoning-file"]);

function encodeOpaque({ dialect, value }: OpaquePart, field: string, warnings: Warnings): readonly JsonObject[] {
	if (dialect === "ai-sdk" && repeatable.has(value["type"])) {
		const { providerMetadata, ...part } = value;
		return [{ ...part, ...(providerMetadata === undefined ? {} : { providerOptions: providerMetadata }) }];
	}
	warnings.add("unsupported-part", field, "The AI SDK does not read this content block of another provider; it was left out");
	return [];
}

function encodeAssistant({ content }: AssistantMessage, field: string, names: ReadonlyMap<string, string>, warnings: Warnings): readonly JsonObject[] {
	return content.flatMap((part): readonly JsonObject[] => {
		switch (part.type) {
			case "reasoning":
				return [{ type: "reasoning", text: part.text, ...encodeMetadata(part.metadata) }];
			case "tool-call":
				return [encodeToolCall(part, field, warnings)];
			case "tool-result":
				return [encodeProviderResult(part, names)];
			case "text":
			case "file":
			case "opaque":
				return encodeUserPart(part, field, warnings);
			default:
				return part satisfies never;
		}
	});
}

/** An input is an object; text that is none is wrapped, so that nothing is lost. */
function encodeToolCall(part: ToolCallPart, field: string, warnings: Warnings): JsonObject {
	const input = part.input.trim() === "" ? {} : asObject(parseJson(part.input));
	if (input === undefined) warnings.add("changed-setting", field, "The input of a tool call is no JSON object; it was sent wrapped as invalid_input");
	return {
		type: "tool-call",
		toolCallId: part.toolCallId,
		toolName: part.toolName,
		input: input ?? { invalid_input: part.input },
		...(part.providerExecuted ? { providerExecuted: true } : {}),
		...encodeMetadata(part.metadata),
	};
}

/** What the provider's own tool gave was JSON, of which we kept the text. */
function encodeProviderResult(part: ToolResultPart, names: ReadonlyMap<string, string>): JsonObject {
	const text = part.output.type === "text" ? part.output.text : JSON.stringify(part.output.parts);
	const value = parseJson(text);
	const error = part.isError ? "error-" : "";
	const output = value === undefined ? { type: `${error}text`, value: text } : { type: `${error}json`, value };
	return { ...resultHead(part, names), output };
}

function encodeToolResult(
	part: ToolResultPart,
	names: ReadonlyMap<string, string>,
	user: (parts: readonly UserPart[]) => readonly JsonObject[],
	field: string,
	warnings: Warnings,
): JsonObject {
	const { output, isError } = part;
	const head = resultHead(part, names);
	if (output.type === "text") return { ...head, output: { type: isError ? "error-text" : "text", value: output.text } };
	const texts = output.parts.flatMap((inner) => (inner.type === "text" ? [inner.text] : []));
	if (isError && texts.length === output.parts.length) return { ...head, output: { type: "error-text", value: texts.join("\n") } };
	if (isError) warnings.add("changed-setting", field, "The AI SDK has no error results with files; the result was not sent as an error");
	return { ...head, output: { type: "content", value: user(output.parts) } };
}

function resultHead({ toolCallId, toolName, metadata }: ToolResultPart, names: ReadonlyMap<string, string>): JsonObject {
	return { type: "tool-result", toolCallId, toolName: toolName ?? names.get(toolCallId) ?? "unknown", ...encodeMetadata(metadata) };
}

/** Not every dialect names the tool in its result. */
function toolNames(messages: readonly Message[]): ReadonlyMap<string, string> {
	const parts = messages.flatMap((message) => (message.role === "assistant" ? message.content : []));
	return new Map(parts.flatMap((part) => (part.type === "tool-call" ? [[part.toolCallId, part.toolName] as const] : [])));
}
