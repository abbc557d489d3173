import type { JsonObject } from "../../../contract/json.ts";
import type { FileData, FilePart, UserPart } from "../../../contract/prompt.ts";
import type { Issue } from "../../../contract/errors.ts";
import type { ChatContentPart } from "../../../contract/wire/openai-chat.ts";
import { openaiMetadata } from "./message-fields.ts";

/** A content part of a user message. Types unknown here pass as they came to providers of this dialect. */
export function decodeUserPart(part: ChatContentPart): UserPart | Omit<Issue, "path"> {
	// Loose fields of a body that came from JSON are JSON.
	const { type, text, image_url, input_audio, file, ...rest } = part as ChatContentPart & JsonObject;
	const metadata = openaiMetadata(rest);
	switch (type) {
		case "text":
			return typeof text === "string" ? { type: "text", text, ...metadata } : missing("text");
		case "image_url":
			if (image_url === undefined || image_url === null) return missing("image_url");
			return {
				type: "file",
				...decodeUrl(image_url.url, "image/*"),
				...openaiMetadata({ ...rest, ...(image_url.detail ? { detail: image_url.detail } : {}) }),
			};
		case "input_audio":
			if (input_audio === undefined || input_audio === null) return missing("input_audio");
			return {
				type: "file",
				mediaType: `audio/${input_audio.format === "mp3" ? "mpeg" : input_audio.format}`,
				data: { type: "base64", base64: input_audio.data },
				...metadata,
			};
		case "file": {
			const filename = file?.filename ? { filename: file.filename } : {};
			if (file?.file_id) {
				return { type: "file", mediaType: unknownType, data: { type: "id", id: file.file_id }, ...filename, ...metadata };
			}
			if (!file?.file_data) return missing("file.file_data");
			return { type: "file", ...decodeFileData(file.file_data), ...filename, ...metadata };
		}
		default:
			return { type: "opaque", dialect: "openai-chat", value: part as JsonObject };
	}
}

export const unknownType = "application/octet-stream";

function missing(field: string): Omit<Issue, "path"> {
	return { message: `${field} is missing` };
}

export function decodeFileData(data: string): Pick<FilePart, "mediaType" | "data"> {
	return data.startsWith("data:") ? decodeUrl(data, unknownType) : { mediaType: unknownType, data: { type: "base64", base64: data } };
}

/** Reads `data:` URLs (RFC 2397) without running a pattern over megabytes. */
export function decodeUrl(url: string, mediaType: string): Pick<FilePart, "mediaType" | "data"> {
	const comma = url.startsWith("data:") ? url.indexOf(",") : -1;
	const [told = "", ...attributes] = comma === -1 ? [] : url.slice("data:".length, comma).split(";");
	if (attributes.at(-1)?.trim().toLowerCase() !== "base64") return { mediaType, data: { type: "url", url } };
	return { mediaType: told || mediaType, data: { type: "base64", base64: url.slice(comma + 1) } };
}

/** @returns `undefined` where the dialect cannot say it. */
export function encodeUserPart(part: UserPart): JsonObject | undefined {
	switch (part.type) {
		case "text":
			return { ...part.metadata?.openai, type: "text", text: part.text };
		case "opaque":
			return part.dialect === "openai-chat" ? part.value : undefined;
		case "file":
			return encodeFile(part);
		default:
			return part satisfies never;
	}
}

function encodeFile({ mediaType, data, filename, metadata }: FilePart): JsonObject | undefined {
	const { detail, ...rest } = metadata?.openai ?? {};
	const name = filename === undefined ? {} : { filename };
	if (data.type === "text") return { type: "text", text: data.text };
	if (data.type === "id") return { ...rest, type: "file", file: { file_id: data.id, ...name } };
	if (mediaType.startsWith("image/")) {
		return { ...rest, type: "image_url", image_url: { url: encodeImageUrl(mediaType, data), ...(detail === undefined ? {} : { detail }) } };
	}
	if (data.type === "url") return undefined;
	if (mediaType.startsWith("audio/")) {
		return { ...rest, type: "input_audio", input_audio: { data: data.base64, format: audioFormat(mediaType) } };
	}
	// The name is demanded; what it is does not matter.
	const file = { filename: filename ?? "file", file_data: `data:${mediaType};base64,${data.base64}` };
	return { ...rest, type: "file", file };
}

export function encodeImageUrl(mediaType: string, data: Extract<FileData, { type: "url" | "base64" }>): string {
	return data.type === "url" ? data.url : `data:${mediaType === "image/*" ? "image/png" : mediaType};base64,${data.base64}`;
}

function audioFormat(mediaType: string): string {
	const subtype = mediaType.slice("audio/".length).replace(/^x-/, "");
	return subtype === "mpeg" ? "mp3" : subtype;
}
