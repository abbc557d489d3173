import type { FilePart } from "../../contract/prompt.ts";
import type { UiMessageChunk } from "../../contract/wire/ui-messages.ts";

/** A file that the model made, as an address that a page can show. @returns `undefined` for one that only its vendor can fetch. */
export function encodeFilePart({ mediaType, data, metadata }: FilePart): UiMessageChunk | undefined {
	const type = mediaType === "image/*" ? "image/png" : mediaType;
	const told = { mediaType: type, ...(metadata === undefined ? {} : { providerMetadata: metadata }) };
	switch (data.type) {
		case "url":
			return { type: "file", url: data.url, ...told };
		case "base64":
			return { type: "file", url: `data:${type};base64,${data.base64}`, ...told };
		case "text":
			return { type: "file", url: `data:text/plain;charset=utf-8,${encodeURIComponent(data.text.toWellFormed())}`, ...told, mediaType: "text/plain" };
		case "id":
			return undefined;
		default:
			return data satisfies never;
	}
}
