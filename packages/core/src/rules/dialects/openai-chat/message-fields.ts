import type { JsonObject } from "../../../contract/json.ts";
import type { OpaquePart, ProviderMetadata, Source, ToolCallPart } from "../../../contract/prompt.ts";
import { asArray, withoutNulls } from "../json-fields.ts";

/** Pieces of an assistant message that requests and answers have in common. */

export function encodeToolCall(part: ToolCallPart, more: JsonObject | undefined = part.metadata?.openai): JsonObject {
	return {
		...more,
		id: part.toolCallId,
		type: "function",
		function: { name: part.toolName, arguments: part.input },
	};
}

/**
 * What a call says to a caller beyond its name and arguments. The signature that Google wants back with it stands where Google's
 * own endpoint for OpenAI's clients puts it: `extra_content.google.thought_signature`.
 */
export function callFieldsForCaller(metadata: ProviderMetadata | undefined): JsonObject | undefined {
	const signature = metadata?.google?.thoughtSignature;
	return typeof signature === "string" ? { ...metadata?.openai, extra_content: { google: { thought_signature: signature } } } : metadata?.openai;
}

/**
 * A source as OpenAI's `url_citation`. One of this dialect stands as it came; another's belongs to the whole text that it cites,
 * from `start` to `end`. @returns `undefined` for a source without an address: the dialect cannot say it.
 */
export function encodeSource(source: Source, start: number, end: number): JsonObject | undefined {
	const own = source.metadata?.openai;
	if (own !== undefined) return own;
	if (source.url === undefined) return undefined;
	return { type: "url_citation", url_citation: { url: source.url, title: source.title ?? "", start_index: start, end_index: end } };
}

/** An assistant's opaque part is a fragment of its message: lists grow, everything else is set. */
export function mergeFragment(message: JsonObject, fragment: OpaquePart): JsonObject {
	const merged: Record<string, JsonObject[string]> = { ...message };
	for (const [key, value] of Object.entries(fragment.value)) {
		const added = asArray(value);
		merged[key] = added === undefined ? value : [...asList(message[key]), ...added];
	}
	return merged;
}

function asList(value: JsonObject[string]): readonly NonNullable<JsonObject[string]>[] {
	if (typeof value === "string") return value === "" ? [] : [{ type: "text", text: value }];
	return (asArray(value) ?? []).filter((item) => item !== null);
}

/** Fields without a canonical form, kept on the part or message that they stood on. */
export function openaiMetadata(fields: JsonObject): { readonly metadata?: ProviderMetadata } {
	const told = withoutNulls(fields);
	return told === undefined ? {} : { metadata: { openai: told } };
}
