import type { JsonObject } from "../../contract/json.ts";
import type { ProviderMetadata } from "../../contract/prompt.ts";
import { asObject, asText, isShallow, parseJson } from "./json-fields.ts";

/**
 * Every dialect has a field in which callers bring a model's own state back unread: Anthropic's `signature`, Google's `thoughtSignature`,
 * OpenAI's `encrypted_content`. The state of a provider of another dialect travels in it, packed and marked, so that a follow-up gives it
 * back to whoever made it. What is packed never reaches a provider: callers' requests are unpacked before anything looks at them.
 *
 * In base64, because Google's field holds bytes and its typed clients decode them. The mark is `postern:{`.
 */
const mark = "cG9zdGVybjp7";
const opening = "postern:";

/**
 * @param own the vendor of the caller's dialect, whose state needs no packing.
 * @returns `undefined` where no other vendor has a state here.
 */
export function packForeign(metadata: ProviderMetadata | undefined, own: string): string | undefined {
	const { [own]: _, ...foreign } = metadata ?? {};
	return Object.keys(foreign).length === 0 ? undefined : pack(foreign);
}

/**
 * The same for a thought, which is marked as another vendor's also where it has no state: it must not come back as one of the dialect's
 * own vendor, and without a state some clients drop it.
 */
export function packThought(metadata: ProviderMetadata | undefined, own: string): string | undefined {
	return metadata?.[own] === undefined ? pack(metadata ?? {}) : packForeign(metadata, own);
}

export function pack(metadata: ProviderMetadata): string {
	const json = JSON.stringify(metadata).replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
	return btoa(opening + json);
}

/** @returns `undefined` for a state that nothing was packed into; nothing inside where it was packed and cannot be read. */
export function unpack(state: string | undefined): ProviderMetadata | undefined {
	if (state?.startsWith(mark) !== true) return undefined;
	const foreign = asObject(parseJson(decode(state).slice(opening.length)));
	if (foreign === undefined || !isShallow(foreign)) return {};
	const fields = Object.entries(foreign).flatMap(([vendor, told]): [string, JsonObject][] => {
		const object = asObject(told);
		return object === undefined ? [] : [[vendor, object]];
	});
	return Object.fromEntries(fields);
}

/** Bytes that went through a typed client may come back in the alphabet for URLs. */
function decode(state: string): string {
	try {
		return atob(state.replaceAll("-", "+").replaceAll("_", "/"));
	} catch {
		return "";
	}
}

/**
 * A part as a caller's request brought it, with the state that was packed into one of its fields in that field's place.
 */
export function unpackForeign<Part extends { readonly metadata?: ProviderMetadata }>(part: Part, own: string, field: string): Part {
	const foreign = unpack(asText(part.metadata?.[own]?.[field]));
	if (foreign === undefined) return part;
	const { [field]: _, ...rest } = part.metadata?.[own] ?? {};
	return withMetadata(part, { ...foreign, ...(Object.keys(rest).length === 0 ? {} : { [own]: rest }) });
}

export function withMetadata<Part extends { readonly metadata?: ProviderMetadata }>(part: Part, metadata: ProviderMetadata): Part {
	if (Object.keys(metadata).length > 0) return { ...part, metadata };
	const { metadata: _, ...bare } = part;
	// What was taken away is optional in every part.
	return bare as Part;
}
