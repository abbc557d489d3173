import type { FilePart, ProviderMetadata, TextPart } from "../../contract/prompt.ts";
import type { UiMessagePart } from "../../contract/wire/ui-messages.ts";
import { decodeUrl, unknownType } from "../../rules/dialects/openai-chat/user-parts.ts";

/** What is wrong with a part, and in which of its fields. */
export interface PartIssue {
	readonly field: string;
	readonly message: string;
}

export function decodeTextPart({ text, providerMetadata }: UiMessagePart): TextPart | PartIssue {
	if (text === undefined) return { field: "text", message: "is missing" };
	return { type: "text", text, ...metadataOf(providerMetadata) };
}

export function decodeFilePart({ url, mediaType, filename, providerMetadata }: UiMessagePart): FilePart | PartIssue {
	if (url === undefined) return { field: "url", message: "is missing" };
	if (!/^(?:https?|data):/i.test(url)) return { field: "url", message: "must be an http, https or data URL" };
	return {
		type: "file",
		...decodeUrl(url, wholeMediaType(mediaType)),
		...(filename === undefined ? {} : { filename }),
		...metadataOf(providerMetadata),
	};
}

export function metadataOf(metadata: ProviderMetadata | undefined): { readonly metadata?: ProviderMetadata } {
	return metadata === undefined ? {} : { metadata };
}

/** The AI SDK also writes a top-level type alone: `image`. */
function wholeMediaType(mediaType: string | undefined): string {
	if (mediaType === undefined || mediaType === "") return unknownType;
	if (mediaType.includes("/")) return mediaType;
	return mediaType === "image" ? "image/*" : unknownType;
}
