import type { Json, JsonObject } from "../../../contract/json.ts";
import type { FilePart, ReasoningPart, Source, TextPart, ToolCallPart, ToolOutput, ToolResultPart, UserPart } from "../../../contract/prompt.ts";
import { packForeign, packThought } from "../foreign-state.ts";
import { asObject, asText, parseJson } from "../json-fields.ts";
import { encodeFile } from "./file-encoder.ts";
import { ownFields } from "./own-metadata.ts";
import { mcpResult } from "./part-decoder.ts";

/** Canonical parts to content blocks, for requests and answers alike; kept fields first, so that they never win. */

/** @param toCitation what becomes of a source; by default only what Anthropic takes back. */
export function encodeText(part: TextPart, toCitation = replayableCitation): JsonObject {
	const citations = (part.sources ?? []).map(toCitation).filter((citation) => citation !== undefined);
	return { ...ownFields(part.metadata), type: "text", text: part.text, ...(citations.length > 0 ? { citations } : {}) };
}

/**
 * A citation that Anthropic takes back: one of its own making. Those we made for the sources of other vendors carry no
 * `encrypted_index` and would be refused.
 */
function replayableCitation(source: Source): JsonObject | undefined {
	const own = ownFields(source.metadata);
	const isWebSearch = own["type"] === webSearchCitation;
	return typeof own["type"] !== "string" || (isWebSearch && asText(own["encrypted_index"]) === undefined) ? undefined : own;
}
const webSearchCitation = "web_search_result_location";

/** A source as a citation for a caller; another vendor's is told as a web search's, without what only Anthropic can sign. */
export function encodeCitation(source: Source): JsonObject {
	const own = ownFields(source.metadata);
	if (typeof own["type"] === "string") return own;
	return { type: webSearchCitation, url: source.url ?? "", title: source.title ?? null, cited_text: "", encrypted_index: "" };
}

/** Reasoning without a signature has an empty one: SDKs expect the field. */
export function encodeReasoning(part: ReasoningPart): JsonObject {
	const { signature, redactedData } = ownFields(part.metadata);
	return typeof redactedData === "string"
		? { type: "redacted_thinking", data: redactedData }
		: { type: "thinking", thinking: part.text, signature: typeof signature === "string" ? signature : "" };
}

/** The same for a caller, who brings the state of another vendor back in Anthropic's field. */
export function encodeReasoningForCaller(part: ReasoningPart): JsonObject {
	const block = encodeReasoning(part);
	return block["signature"] === "" ? { ...block, signature: packThought(part.metadata, "anthropic") ?? "" } : block;
}

/** A call for a caller: `signature` is the field that thinking has for what another vendor wants back. */
export function encodeToolCallForCaller(part: ToolCallPart): JsonObject | undefined {
	const block = encodeToolCall(part, toolInput(part.input).input);
	const signature = part.providerExecuted ? undefined : packForeign(part.metadata, "anthropic");
	return block === undefined || signature === undefined ? block : { ...block, signature };
}

/** Whether Anthropic takes this reasoning back: an absent or blank signature is a 400. */
export function isReplayable(part: ReasoningPart): boolean {
	const { signature, redactedData } = ownFields(part.metadata);
	return (asText(signature) ?? asText(redactedData)) !== undefined;
}

/** @returns `undefined` for a call that another vendor ran: this dialect has no word for it. */
export function encodeToolCall(part: ToolCallPart, input: JsonObject): JsonObject | undefined {
	const own = ownFields(part.metadata);
	if (part.providerExecuted && typeof own["type"] !== "string") return undefined;
	return { ...own, type: part.providerExecuted ? own["type"] : "tool_use", id: part.toolCallId, name: part.toolName, input };
}

/**
 * On the wire an input is an object: the text goes through JSON.parse, and integers beyond 2^53 drift. Text that is not an object
 * (cut off, invented) is wrapped, so that nothing is lost and no tool runs with defaults that nobody asked for.
 */
export function toolInput(text: string): { readonly input: JsonObject; readonly isValid: boolean } {
	const input = text.trim() === "" ? {} : asObject(parseJson(text));
	return input === undefined ? { input: { invalid_input: text }, isValid: false } : { input, isValid: true };
}

/** @returns `undefined` for a result that another vendor's tool gave. */
export function encodeServerToolResult(part: ToolResultPart): JsonObject | undefined {
	const own = ownFields(part.metadata);
	const type = own["type"];
	if (typeof type !== "string") return undefined;
	const head = { ...own, type, tool_use_id: part.toolCallId };
	if (type === mcpResult) return { ...head, is_error: part.isError === true, content: encodeToolContent(part.output) ?? "" };
	const content = part.output.type === "text" ? parseJson(part.output.text) : undefined;
	return content === undefined ? undefined : { ...head, content };
}

export function encodeToolResult(part: ToolResultPart, refuse?: (part: UserPart) => void): JsonObject {
	const content = encodeToolContent(part.output, refuse);
	return {
		...ownFields(part.metadata),
		type: "tool_result",
		tool_use_id: part.toolCallId,
		...(content === undefined ? {} : { content }),
		...(part.isError ? { is_error: true } : {}),
	};
}

/** @returns `undefined` where nothing is said: blocks without text are refused. */
function encodeToolContent(output: ToolOutput, refuse?: (part: UserPart) => void): Json | undefined {
	if (output.type === "text") return output.text === "" ? undefined : output.text;
	const blocks = output.parts.map((part) => encodeUserPart(part, refuse)).filter((block) => block !== undefined);
	return blocks.length === 0 ? undefined : blocks;
}

/** @returns `undefined` where there is nothing to say, or no way to say it (then `refuse` is told). */
export function encodeUserPart(part: UserPart, refuse?: (part: UserPart) => void): JsonObject | undefined {
	if (part.type === "text") return isBlank(part.text) ? undefined : encodeText(part);
	const block = part.type === "file" ? encodeFilePart(part) : part.dialect === "anthropic-messages" ? part.value : undefined;
	if (block === undefined) refuse?.(part);
	return block;
}

function encodeFilePart(part: FilePart): JsonObject | undefined {
	const block = encodeFile(part);
	return block === undefined ? undefined : { ...ownFields(part.metadata), ...block };
}

/** Text blocks without a visible character are refused by Anthropic. */
export function isBlank(text: string): boolean {
	return text.trim() === "";
}
