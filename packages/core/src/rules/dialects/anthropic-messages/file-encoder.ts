import type { JsonObject } from "../../../contract/json.ts";
import type { FileData, FilePart } from "../../../contract/prompt.ts";

/** Images and documents (PDF, plain text). @returns `undefined` for what Anthropic does not read, such as audio. */
export function encodeFile(part: FilePart): JsonObject | undefined {
	const { mediaType, data } = readDataUrl(part);
	const type = mediaType.toLowerCase();
	if (type.startsWith("image/")) return encodeImage(type, data);
	if (!isDocument(type)) return undefined;
	const source = encodeDocumentSource(type, data);
	if (source === undefined) return undefined;
	return { type: "document", source, ...(part.filename === undefined ? {} : { title: part.filename }) };
}

function encodeImage(mediaType: string, data: FileData): JsonObject | undefined {
	switch (data.type) {
		case "base64":
			return {
				type: "image",
				source: { type: "base64", media_type: mediaType === "image/*" ? sniffImage(data.base64) : mediaType, data: data.base64 },
			};
		case "url":
			return isWebUrl(data.url) ? { type: "image", source: { type: "url", url: data.url } } : undefined;
		case "id":
			return { type: "image", source: { type: "file", file_id: data.id } };
		case "text":
			return undefined;
		default:
			return data satisfies never;
	}
}

const pdf = "application/pdf";
const untold = "application/octet-stream";

function isDocument(mediaType: string): boolean {
	return mediaType === pdf || mediaType === untold || isText(mediaType);
}

/** Media types that are text in all but name. */
function isText(mediaType: string): boolean {
	return mediaType.startsWith("text/") || /^application\/(json|xml|yaml|x-ndjson|[\w.-]+\+(json|xml))\b/.test(mediaType);
}

/** Text documents are always sent as `text/plain`, the one type that is taken. */
function encodeDocumentSource(mediaType: string, data: FileData): JsonObject | undefined {
	switch (data.type) {
		case "text":
			return { type: "text", media_type: "text/plain", data: data.text };
		case "id":
			return { type: "file", file_id: data.id };
		case "url":
			return isWebUrl(data.url) && !isText(mediaType) ? { type: "url", url: data.url } : undefined;
		case "base64": {
			if (!isText(mediaType)) return { type: "base64", media_type: pdf, data: data.base64 };
			const text = decodeBase64Text(data.base64);
			return text === undefined ? undefined : { type: "text", media_type: "text/plain", data: text };
		}
		default:
			return data satisfies never;
	}
}

function isWebUrl(url: string): boolean {
	return /^https?:\/\//i.test(url);
}

/** A `data:` URL (RFC 2397) holds its file itself. */
function readDataUrl(part: FilePart): { readonly mediaType: string; readonly data: FileData } {
	const { mediaType, data } = part;
	if (data.type !== "url" || !/^data:/i.test(data.url)) return { mediaType, data };
	const comma = data.url.indexOf(",");
	const [told = "", ...parameters] = data.url.slice("data:".length, Math.max(0, comma)).split(";");
	if (comma < 0 || parameters.at(-1)?.trim().toLowerCase() !== "base64") return { mediaType, data };
	return { mediaType: told === "" ? mediaType : told, data: { type: "base64", base64: data.url.slice(comma + 1) } };
}

/** First bytes, in base64, of the image types that Anthropic reads. */
const imageSignatures: readonly (readonly [prefix: string, mediaType: string])[] = [
	["iVBORw0KGgo", "image/png"],
	["/9j/", "image/jpeg"],
	["R0lGOD", "image/gif"],
	["UklGR", "image/webp"],
];

function sniffImage(base64: string): string {
	return imageSignatures.find(([prefix]) => base64.startsWith(prefix))?.[1] ?? "image/png";
}

function decodeBase64Text(base64: string): string | undefined {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
	} catch {
		return undefined;
	}
}
