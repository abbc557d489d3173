import type { JsonObject } from "../../../contract/json.ts";
import type { FilePart } from "../../../contract/prompt.ts";
import { pack, unpack, withMetadata } from "../foreign-state.ts";
import { asText, isShallow } from "../json-fields.ts";
import { ownFields } from "./own-metadata.ts";

/**
 * A picture that a model made is an item of its own. OpenAI's travels back whole, with its id; that of another vendor's model holds what
 * its vendor wants back in the field that reasoning has for it, which tells it apart as well.
 */
export const imageType = "image_generation_call";

/** @returns `undefined` for an item without a picture: one that failed, or was not finished. */
export function decodeImageItem(item: JsonObject): FilePart | undefined {
	const { type, result, ...rest } = item;
	const base64 = asText(result);
	if (type !== imageType || base64 === undefined || !isShallow(rest)) return undefined;
	const mediaType = `image/${asText(rest.output_format) ?? "png"}`;
	return { type: "file", mediaType, data: { type: "base64", base64 }, metadata: { responses: rest } };
}

/** The item as its provider made it. @returns `undefined` where none of this dialect did. */
export function encodeOwnImage({ data, metadata }: FilePart): JsonObject | undefined {
	const own = ownFields(metadata);
	return data.type === "base64" && asText(own.id) !== undefined ? { ...own, type: imageType, result: data.base64 } : undefined;
}

/** @returns `undefined` for a file that callers of this dialect cannot be told: any but a picture with its bytes. */
export function encodeImageItem(file: FilePart, id: string): JsonObject | undefined {
	const { mediaType, data, metadata = {} } = file;
	const own = encodeOwnImage(file);
	if (own !== undefined) return own;
	if (data.type !== "base64" || !mediaType.startsWith("image/")) return undefined;
	const format = mediaType.slice("image/".length);
	return {
		id,
		type: imageType,
		status: "completed",
		result: data.base64,
		output_format: format === "*" ? "png" : format,
		encrypted_content: pack(metadata),
	};
}

/** An item that a caller sends back. */
export function decodeReturnedImage(item: JsonObject): FilePart | undefined {
	const file = decodeImageItem(item);
	const foreign = unpack(asText(item.encrypted_content));
	if (file === undefined || foreign === undefined) return file;
	return withMetadata(file, foreign);
}
