import type { Issue } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, Message, TextPart, ToolResultPart, UserPart } from "../../../contract/prompt.ts";
import type { ResponsesInputItem } from "../../../contract/wire/openai-responses.ts";
import { asArray, asObject, asText, textOf } from "../json-fields.ts";
import { unpackForeign } from "../foreign-state.ts";
import { callMetadata } from "./call-decoder.ts";
import { customType, wrapInput } from "./custom-tools.ts";
import { decodeReturnedImage, imageType } from "./image-item.ts";
import { decodeInputPart, decodeOutput, isProblem } from "./input-parts.ts";
import { keepRest } from "./own-metadata.ts";
import { decodeAnnotation } from "./sources.ts";
import { decodeEncryptedContent } from "./reasoning-state.ts";

/** A message and the tool results that belong right behind it. */
type Entry =
	| { readonly role: "assistant"; readonly content: AssistantPart[]; readonly results: ToolResultPart[] }
	| { readonly role: "other"; readonly message?: Message; readonly results: ToolResultPart[] };

/**
 * Items are flat: the model's own ones that follow each other are one turn. All results of a turn go into one tool message right
 * behind it, the only place where every provider takes them.
 */
export function decodeInput(input: string | readonly ResponsesInputItem[], issues: Issue[]): readonly Message[] {
	if (typeof input === "string") return [{ role: "user", content: [{ type: "text", text: input }] }];
	const entries: Entry[] = [];
	const turnOf = new Map<string, Entry>();

	function turn(): Extract<Entry, { role: "assistant" }> {
		const last = entries.at(-1);
		// Results end a turn: what the model says next, it says knowing them.
		if (last?.role === "assistant" && last.results.length === 0) return last;
		const begun = { role: "assistant", content: [], results: [] } as const satisfies Entry;
		entries.push(begun);
		return begun;
	}

	function addResult(result: ToolResultPart): void {
		const known = turnOf.get(result.toolCallId);
		const last = entries.at(-1);
		if (known !== undefined) known.results.push(result);
		else if (last !== undefined && last.results.length > 0) last.results.push(result);
		else entries.push({ role: "other", results: [result] });
	}

	for (const [index, given] of input.entries()) {
		const path = `input[${index}]`;
		// Loose fields of a body that came from JSON are JSON.
		const item = given as ResponsesInputItem & JsonObject;
		const type = asText(item.type) ?? (asText(item.role) === undefined ? "item_reference" : "message");
		switch (type) {
			case "message":
				if (item.role === "assistant") turn().content.push(...decodeAssistantContent(item, path, issues));
				else {
					const message = decodeMessage(item, path, issues);
					if (message !== undefined) entries.push({ role: "other", message, results: [] });
				}
				break;
			case "reasoning":
				turn().content.push(...decodeReasoning(item));
				break;
			case "function_call":
			case "custom_tool_call": {
				const call = decodeCall(item, type === "custom_tool_call", path, issues);
				if (call === undefined) break;
				const entry = turn();
				entry.content.push(call);
				turnOf.set(call.toolCallId, entry);
				break;
			}
			case "function_call_output":
			case "custom_tool_call_output": {
				const { type: _, id: __, status: ___, call_id, output, ...rest } = item;
				const toolCallId = asText(call_id);
				if (toolCallId === undefined) issues.push({ path: `${path}.call_id`, message: "is missing" });
				else {
					const custom = type === "custom_tool_call_output" ? { type: customType } : {};
					addResult({ type: "tool-result", toolCallId, output: decodeOutput(output, `${path}.output`, issues), ...keepRest({ ...rest, ...custom }) });
				}
				break;
			}
			case imageType:
				turn().content.push(decodeReturnedImage(item) ?? opaque(item));
				break;
			case "item_reference":
				issues.push({ path, message: "refers to an item that is not kept here: send the item itself, or previous_response_id" });
				break;
			default:
				// What a provider's own tool said is the model's; what it was answered is the caller's.
				if (/_(?:output|response)$/.test(type)) entries.push({ role: "other", message: { role: "user", content: [opaque(item)] }, results: [] });
				else turn().content.push(opaque(item));
		}
	}
	return entries.flatMap((entry): Message[] => {
		const message: Message | undefined = entry.role === "assistant" ? { role: "assistant", content: entry.content } : entry.message;
		return [...(message === undefined ? [] : [message]), ...(entry.results.length === 0 ? [] : [{ role: "tool", content: entry.results } as const])];
	});
}

function opaque(value: JsonObject) {
	return { type: "opaque", dialect: "openai-responses", value } as const;
}

function decodeMessage(item: ResponsesInputItem & JsonObject, path: string, issues: Issue[]): Message | undefined {
	const { type: _, id: __, status: ___, role, content, ...rest } = item;
	const parts = decodeContent(content, path, issues);
	switch (role) {
		case "user":
			return { role, content: parts, ...keepRest(rest) };
		case "system":
		case "developer": {
			const texts = parts.flatMap((part, index): TextPart[] => {
				if (part.type === "text") return [part];
				issues.push({ path: `${path}.content[${index}].type`, message: "must be text here" });
				return [];
			});
			const own = keepRest(rest).metadata;
			const metadata = { ...own, ...(role === "developer" ? { openai: { role } } : {}) };
			return { role: "system", content: texts, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
		}
		default:
			issues.push({ path: `${path}.role`, message: "must be user, assistant, system or developer" });
			return undefined;
	}
}

/** A part of a kind unknown here becomes a message of its own kind only: its provider knows what it is. */
function decodeContent(content: ResponsesInputItem["content"], path: string, issues: Issue[]): UserPart[] {
	if (content === undefined || content === null) {
		issues.push({ path: `${path}.content`, message: "is missing" });
		return [];
	}
	if (typeof content === "string") return [{ type: "text", text: content }];
	return content.flatMap((part, index): UserPart[] => {
		const decoded = decodeInputPart(part);
		if (decoded === undefined) return [opaque({ type: "message", role: "user", content: [part] })];
		if (!isProblem(decoded)) return [decoded];
		issues.push({ path: `${path}.content[${index}]`, message: decoded.message });
		return [];
	});
}

function decodeAssistantContent(item: ResponsesInputItem & JsonObject, path: string, issues: Issue[]): AssistantPart[] {
	const phase = keepRest({ phase: asText(item.phase) });
	const { content } = item;
	if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content, ...phase }];
	return (content ?? []).flatMap((part, index): AssistantPart[] => {
		const { type, text, refusal, annotations } = part;
		if (type === "refusal" && typeof refusal === "string") return [{ type: "text", text: refusal, refusal: true, ...phase }];
		if (type === "output_text" || type === "input_text" || type === "text") {
			if (typeof text !== "string") {
				issues.push({ path: `${path}.content[${index}].text`, message: "is missing" });
				return [];
			}
			const sources = (asArray(annotations) ?? []).map(asObject).filter((annotation) => annotation !== undefined).map(decodeAnnotation);
			return [{ type: "text", text, ...(sources.length === 0 ? {} : { sources }), ...phase }];
		}
		return [opaque({ type: "message", role: "assistant", content: [part] })];
	});
}

/** The state belongs to the item as a whole: it stands on the last part. */
function decodeReasoning(item: JsonObject): AssistantPart[] {
	const encrypted = asText(item.encrypted_content);
	const told = [
		...(asArray(item.summary) ?? []).map((part) => ({ text: textOf([part]), type: undefined })),
		...(asArray(item.content) ?? []).map((part) => ({ text: textOf([part]), type: "reasoning_text" })),
	];
	const parts = told.length === 0 && encrypted !== undefined ? [{ text: "", type: undefined }] : told;
	return parts.map(({ text, type }, index) => {
		const place = keepRest({ index: index === 0 ? undefined : index, type }).metadata;
		const state = encrypted !== undefined && index === parts.length - 1 ? decodeEncryptedContent(encrypted) : {};
		const responses = { ...place?.responses, ...state.responses };
		const metadata = { ...state, ...(Object.keys(responses).length === 0 ? {} : { responses }) };
		return { type: "reasoning", text, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
	});
}

function decodeCall(item: JsonObject, isCustom: boolean, path: string, issues: Issue[]) {
	const toolCallId = asText(item.call_id);
	const toolName = asText(item.name);
	if (toolCallId === undefined) issues.push({ path: `${path}.call_id`, message: "is missing" });
	if (toolName === undefined) issues.push({ path: `${path}.name`, message: "is missing" });
	if (toolCallId === undefined || toolName === undefined) return undefined;
	const input = isCustom ? wrapInput(typeof item.input === "string" ? item.input : "") : (asText(item.arguments) ?? "{}");
	const call = { type: "tool-call", toolCallId, toolName, input, ...callMetadata(item, isCustom) } as const;
	return unpackForeign(call, "responses", "encrypted_content");
}
