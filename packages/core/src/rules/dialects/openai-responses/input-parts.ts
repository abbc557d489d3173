import type { Issue } from "../../../contract/errors.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { FilePart, ToolOutput, UserPart } from "../../../contract/prompt.ts";
import { asObject, asText } from "../json-fields.ts";
import { decodeFileData, decodeUrl, unknownType } from "../openai-chat/user-parts.ts";
import { keepRest } from "./own-metadata.ts";

/** What is wrong with a part, in the words that stand behind its path. */
type PartProblem = Omit<Issue, "path">;

/** A content part of what the caller says. @returns `undefined` for types unknown here. */
export function decodeInputPart(part: JsonObject): UserPart | PartProblem | undefined {
	const { type, text, image_url, file_url, file_data, file_id, filename, detail, input_audio, ...rest } = part;
	switch (type) {
		case "input_text":
		case "output_text":
		case "text":
			return typeof text === "string" ? { type: "text", text, ...keepRest(rest) } : missing("text");
		case "input_image": {
			const quality = asText(detail);
			const metadata = { ...keepRest(rest).metadata, ...(quality === undefined ? {} : { openai: { detail: quality } }) };
			const kept = Object.keys(metadata).length === 0 ? {} : { metadata };
			const id = asText(file_id);
			if (id !== undefined) return { type: "file", mediaType: "image/*", data: { type: "id", id }, ...kept };
			// Chat completions have an object there; callers mix the two up.
			const url = asText(image_url) ?? asText(asObject(image_url)?.url);
			return url === undefined ? missing("image_url") : { type: "file", ...decodeUrl(url, "image/*"), ...kept };
		}
		case "input_file": {
			const name = asText(filename);
			const kept = { ...(name === undefined ? {} : { filename: name }), ...keepRest({ ...rest, detail }) };
			const [id, url, data] = [asText(file_id), asText(file_url), asText(file_data)];
			if (id !== undefined) return { type: "file", mediaType: unknownType, data: { type: "id", id }, ...kept };
			if (url !== undefined) return { type: "file", ...decodeUrl(url, mediaTypeOf(name ?? url)), ...kept };
			return data === undefined ? missing("file_data") : { type: "file", ...decodeFileData(data), ...kept };
		}
		case "input_audio": {
			const audio = asObject(input_audio);
			const [data, format] = [asText(audio?.data), asText(audio?.format)];
			if (data === undefined || format === undefined) return missing("input_audio");
			return { type: "file", mediaType: `audio/${format === "mp3" ? "mpeg" : format}`, data: { type: "base64", base64: data }, ...keepRest(rest) };
		}
		default:
			return undefined;
	}
}

export function isProblem(part: UserPart | PartProblem): part is PartProblem {
	return !("type" in part);
}

function missing(field: string): PartProblem {
	return { message: `${field} is missing` };
}

/** Documents are sent by address mostly as PDF, and other providers want to know. */
function mediaTypeOf(name: string): string {
	return /\.pdf(?:[?#]|$)/i.test(name) ? "application/pdf" : unknownType;
}

/** What a tool returned: text, or parts. Anything else a caller sends as output is told as its JSON. */
export function decodeOutput(value: Json | undefined, path: string, issues: Issue[]): ToolOutput {
	if (value === undefined || value === null) return { type: "text", text: "" };
	if (typeof value === "string") return { type: "text", text: value };
	const objects = Array.isArray(value) ? value.map(asObject) : [];
	if (objects.length === 0 || objects.some((part) => asText(part?.type) === undefined)) return { type: "text", text: JSON.stringify(value) };
	const parts = objects.flatMap((part = {}, index): UserPart[] => {
		const decoded = decodeInputPart(part) ?? { type: "opaque", dialect: "openai-responses", value: part };
		if (!isProblem(decoded)) return [decoded];
		issues.push({ path: `${path}[${index}]`, message: decoded.message });
		return [];
	});
	return { type: "parts", parts };
}

/** @returns `undefined` where the dialect cannot say it. */
export function encodeInputPart(part: UserPart): JsonObject | undefined {
	switch (part.type) {
		case "text":
			return { ...part.metadata?.responses, type: "input_text", text: part.text };
		case "opaque":
			return part.dialect === "openai-responses" ? part.value : undefined;
		case "file":
			return encodeFile(part);
		default:
			return part satisfies never;
	}
}

function encodeFile({ mediaType, data, filename, metadata }: FilePart): JsonObject | undefined {
	const own = metadata?.responses ?? {};
	const name = filename === undefined ? {} : { filename };
	if (data.type === "text") return { type: "input_text", text: data.text };
	if (mediaType.startsWith("image/")) {
		const detail = asText(metadata?.openai?.detail);
		const image = { ...own, type: "input_image", ...(detail === undefined ? {} : { detail }) };
		if (data.type === "id") return { ...image, file_id: data.id };
		return { ...image, image_url: data.type === "url" ? data.url : dataUrl(mediaType === "image/*" ? "image/png" : mediaType, data.base64) };
	}
	if (data.type === "id") return { ...own, type: "input_file", file_id: data.id, ...name };
	if (data.type === "url") return { ...own, type: "input_file", file_url: data.url, ...name };
	if (mediaType.startsWith("audio/")) {
		const subtype = mediaType.slice("audio/".length).replace(/^x-/, "");
		return { ...own, type: "input_audio", input_audio: { data: data.base64, format: subtype === "mpeg" ? "mp3" : subtype } };
	}
	// The name is demanded; what it is does not matter.
	return { ...own, type: "input_file", filename: filename ?? "file", file_data: dataUrl(mediaType, data.base64) };
}

function dataUrl(mediaType: string, base64: string): string {
	return `data:${mediaType};base64,${base64}`;
}
