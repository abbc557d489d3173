import type { JsonObject } from "../../../contract/json.ts";
import type { FileData, FilePart } from "../../../contract/prompt.ts";

const imageFormats: ReadonlyMap<string, string> = new Map([
	["image/png", "png"],
	["image/jpeg", "jpeg"],
	["image/jpg", "jpeg"],
	["image/gif", "gif"],
	["image/webp", "webp"],
]);

const documentFormats: ReadonlyMap<string, string> = new Map([
	["application/pdf", "pdf"],
	["application/octet-stream", "pdf"],
	["text/plain", "txt"],
	["text/markdown", "md"],
	["text/csv", "csv"],
	["text/html", "html"],
	["application/msword", "doc"],
	["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"],
	["application/vnd.ms-excel", "xls"],
	["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"],
]);

const videoFormats: ReadonlyMap<string, string> = new Map([
	["video/mp4", "mp4"],
	["video/quicktime", "mov"],
	["video/webm", "webm"],
	["video/mpeg", "mpeg"],
]);

/**
 * Images, documents and videos, by value or in S3. Other addresses are never fetched by Bedrock.
 * @param documentName unique in the request. @returns `undefined` for what Bedrock does not read.
 */
export function encodeFile(part: FilePart, documentName: () => string): JsonObject | undefined {
	const { mediaType, data } = readDataUrl(part);
	const type = mediaType.toLowerCase().split(";")[0]?.trim() ?? "";
	if (type.startsWith("image/")) {
		const format = imageFormats.get(type) ?? (data.type === "base64" ? sniffImage(data.base64) : undefined);
		const source = encodeSource(data);
		return format === undefined || source === undefined ? undefined : { image: { format, source } };
	}
	if (videoFormats.has(type)) {
		const source = encodeSource(data);
		return source === undefined ? undefined : { video: { format: videoFormats.get(type), source } };
	}
	const format = documentFormats.get(type) ?? (type.startsWith("text/") || type === "application/json" ? "txt" : undefined);
	const source = data.type === "text" ? { text: data.text } : encodeSource(data);
	return format === undefined || source === undefined ? undefined : { document: { format: data.type === "text" && format === "pdf" ? "txt" : format, name: documentName(), source } };
}

function encodeSource(data: FileData): JsonObject | undefined {
	if (data.type === "base64") return { bytes: data.base64 };
	return data.type === "url" && /^s3:\/\//i.test(data.url) ? { s3Location: { uri: data.url } } : undefined;
}

/** Names may hold letters, digits, single spaces, hyphens, parentheses and square brackets only. */
export function documentName(filename: string | undefined, taken: Set<string>): string {
	const stem = (filename ?? "document").replace(/\.[A-Za-z0-9]{1,5}$/, "").replace(/[^A-Za-z0-9\s()[\]-]/g, "-").replace(/\s+/g, " ").trim().slice(0, 150);
	const base = stem === "" ? "document" : stem;
	let name = base;
	for (let number = 2; taken.has(name); number++) name = `${base} ${number}`;
	taken.add(name);
	return name;
}

/** A `data:` URL (RFC 2397) holds its file itself. */
function readDataUrl(part: FilePart): Pick<FilePart, "mediaType" | "data"> {
	const { mediaType, data } = part;
	const matched = data.type === "url" ? /^data:([^,]*);\s*base64,/i.exec(data.url.slice(0, 500)) : null;
	if (data.type !== "url" || matched === null) return part;
	return { mediaType: matched[1] === undefined || matched[1] === "" ? mediaType : matched[1], data: { type: "base64", base64: data.url.slice(matched[0].length) } };
}

/** First bytes, in base64, where a caller told no more than that it is an image. */
const signatures: readonly (readonly [prefix: string, format: string])[] = [
	["iVBORw0KGgo", "png"],
	["/9j/", "jpeg"],
	["R0lGOD", "gif"],
	["UklGR", "webp"],
];

function sniffImage(base64: string): string | undefined {
	return signatures.find(([prefix]) => base64.startsWith(prefix))?.[1];
}
