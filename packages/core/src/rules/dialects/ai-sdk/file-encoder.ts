import type { JsonObject } from "../../../contract/json.ts";
import type { FilePart } from "../../../contract/prompt.ts";
import { decodeUrl } from "../openai-chat/user-parts.ts";
import { encodeMetadata } from "./own-metadata.ts";

/**
 * A file as version 4 of the specification has it, addresses as text. Nothing is fetched: an address goes to the model as it is.
 * @returns `undefined` for an address that is none.
 */
export function encodeFile(part: FilePart): JsonObject | undefined {
	const { mediaType, data } = part.data.type === "url" ? decodeUrl(part.data.url, part.mediaType) : part;
	const head = {
		type: "file",
		mediaType,
		...(part.filename === undefined ? {} : { filename: part.filename }),
		...encodeMetadata(part.metadata),
	};
	switch (data.type) {
		case "base64":
			return { ...head, data: { type: "data", data: data.base64 } };
		case "url":
			return URL.canParse(data.url) ? { ...head, data: { type: "url", url: data.url } } : undefined;
		case "text":
			return { ...head, data: { type: "text", text: data.text } };
		case "id":
			return { ...head, data: { type: "reference", reference: Object.fromEntries(referenceOwners.map((owner) => [owner, data.id])) } };
		default:
			return data satisfies never;
	}
}

/** Which vendor keeps a file is for the caller to know: each model looks up its own name. */
const referenceOwners = ["openai", "anthropic", "google", "azure", "xai"] as const;
