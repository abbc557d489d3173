import type { JsonObject } from "../../../contract/json.ts";
import type { FilePart } from "../../../contract/prompt.ts";
import { asObject, asText, restOf } from "../json-fields.ts";
import { ownFields, ownMetadata } from "./own-metadata.ts";

const unknownType = "application/octet-stream";
const filePartFields: ReadonlySet<string> = new Set(["inlineData", "fileData"]);
const dataFields: ReadonlySet<string> = new Set(["mimeType", "data", "fileUri"]);

/** `inlineData` or `fileData`. @returns `undefined` for any other part. */
export function decodeFile(part: JsonObject): FilePart | undefined {
	const inline = asObject(part.inlineData);
	const stored = asObject(part.fileData);
	const wire = inline ?? stored;
	if (wire === undefined) return undefined;
	const data = inline === undefined ? asText(wire.fileUri) : typeof wire.data === "string" ? wire.data : undefined;
	if (data === undefined) return undefined;
	const filename = asText(wire.displayName);
	const file = restOf(wire, dataFields);
	const rest = { ...restOf(part, filePartFields), ...(file === undefined ? {} : { file }) };
	return {
		type: "file",
		mediaType: asText(wire.mimeType) ?? unknownType,
		data: inline === undefined ? { type: "url", url: data } : { type: "base64", base64: data },
		...(filename === undefined ? {} : { filename }),
		...(Object.keys(rest).length === 0 ? {} : ownMetadata(rest)),
	};
}

/** @returns `undefined` for a file that only another vendor has. */
export function encodeFile(part: FilePart): JsonObject | undefined {
	const { data, mediaType, metadata } = part;
	const { file, ...own } = ownFields(metadata);
	const more = asObject(file);
	switch (data.type) {
		case "text":
			return { ...own, text: data.text };
		case "base64":
			return { ...own, inlineData: { ...more, mimeType: exactType(mediaType, data.base64), data: data.base64 } };
		case "id":
			if (!data.id.startsWith("files/")) return undefined;
			return { ...own, fileData: { ...more, ...typeOfUrl(mediaType, data.id), fileUri: `https://generativelanguage.googleapis.com/v1beta/${data.id}` } };
		case "url": {
			const [, told, base64] = /^data:([^,;]*)(?:;[^,;]*)*?;base64,/i.exec(data.url.slice(0, 200)) ?? [];
			if (told === undefined && base64 === undefined && data.url.startsWith("data:")) return undefined;
			if (told === undefined) return { ...own, fileData: { ...more, ...typeOfUrl(mediaType, data.url), fileUri: data.url } };
			return encodeFile({ ...part, mediaType: told || mediaType, data: { type: "base64", base64: data.url.slice(data.url.indexOf(",") + 1) } });
		}
		default:
			return data satisfies never;
	}
}

/** First bytes, in base64, of the images and documents that Gemini reads. */
const signatures: readonly (readonly [prefix: string, mediaType: string])[] = [
	["iVBORw0KGgo", "image/png"],
	["/9j/", "image/jpeg"],
	["R0lGOD", "image/gif"],
	["UklGR", "image/webp"],
	["JVBERi", "application/pdf"],
];

function exactType(mediaType: string, base64: string): string {
	if (mediaType !== "image/*" && mediaType !== unknownType) return mediaType;
	return signatures.find(([prefix]) => base64.startsWith(prefix))?.[1] ?? (mediaType === "image/*" ? "image/png" : mediaType);
}

const endings: Readonly<Record<string, string>> = {
	png: "image/png",
	jpg: "image/jpeg",
	jpeg: "image/jpeg",
	gif: "image/gif",
	webp: "image/webp",
	pdf: "application/pdf",
	mp3: "audio/mpeg",
	wav: "audio/wav",
	mp4: "video/mp4",
	txt: "text/plain",
};

/** Google demands a type it can read; where nothing tells one, it looks for itself. */
function typeOfUrl(mediaType: string, url: string): { readonly mimeType?: string } {
	if (mediaType !== "image/*" && mediaType !== unknownType) return { mimeType: mediaType };
	const [, ending = ""] = /\.(\w{3,4})(?:[?#]|$)/.exec(url) ?? [];
	const known = Object.hasOwn(endings, ending.toLowerCase()) ? endings[ending.toLowerCase()] : undefined;
	const told = known ?? (mediaType === "image/*" ? "image/jpeg" : undefined);
	return told === undefined ? {} : { mimeType: told };
}
