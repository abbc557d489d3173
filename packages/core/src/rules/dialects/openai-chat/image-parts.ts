import type { Json, JsonObject } from "../../../contract/json.ts";
import type { FilePart } from "../../../contract/prompt.ts";
import { asObject, asText, isShallow } from "../json-fields.ts";
import { decodeUrl, encodeImageUrl } from "./user-parts.ts";

/**
 * Pictures that a model made stand in `images` of its message: OpenAI has no field for them, and OpenRouter's is the one that others
 * took over. An entry is a content part `image_url` with a number.
 */

/** @returns `undefined` for an entry of another kind. `metadata.openai` is always there: it tells a provider of this dialect its own. */
export function decodeImage(value: Json | undefined): FilePart | undefined {
	const { type: _, index: __, image_url, ...rest } = asObject(value) ?? {};
	const { url, ...more } = asObject(image_url) ?? {};
	const address = asText(url);
	if (address === undefined || !isShallow(rest) || !isShallow(more)) return undefined;
	return { type: "file", ...decodeUrl(address, "image/*"), metadata: { openai: { ...more, ...rest } } };
}

/** @returns `undefined` for a file that is no picture: the dialect cannot say it in an answer. */
export function encodeImage(file: FilePart, index: number): JsonObject | undefined {
	const { mediaType, data, metadata } = file;
	if (!mediaType.startsWith("image/") || data.type === "text" || data.type === "id") return undefined;
	const { detail, ...rest } = metadata?.openai ?? {};
	// Where Google's own endpoint for OpenAI's clients puts it on calls.
	const signature = asText(metadata?.google?.thoughtSignature);
	const signed = signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };
	return { ...rest, ...signed, type: "image_url", image_url: { url: encodeImageUrl(mediaType, data), ...(detail === undefined ? {} : { detail }) }, index };
}
