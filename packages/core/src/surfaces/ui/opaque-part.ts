import type { Json } from "../../contract/json.ts";
import type { DialectId, OpaquePart } from "../../contract/prompt.ts";
import type { UiMessageChunk, UiMessagePart } from "../../contract/wire/ui-messages.ts";
import { providerCodecs } from "../../rules/dialects/index.ts";
import { asObject } from "../../rules/dialects/json-fields.ts";
import type { PartIssue } from "./part-decoder.ts";

/**
 * The stream has no words for a block that only one dialect can say. As a data part it is kept by every client, is shown by none,
 * and comes back in the message.
 */
export function encodeOpaquePart({ dialect, value }: OpaquePart): UiMessageChunk {
	return { type: "data-opaque", data: { dialect, value } };
}

export function decodeOpaquePart({ data }: UiMessagePart): OpaquePart | PartIssue {
	// Loose fields of a body that came from JSON are JSON.
	const { dialect, value } = asObject(data as Json | undefined) ?? {};
	const block = asObject(value);
	if (!isDialect(dialect) || block === undefined) return { field: "data", message: "must hold the dialect and the value that the gateway gave" };
	return { type: "opaque", dialect, value: block };
}

function isDialect(value: Json | undefined): value is DialectId {
	return typeof value === "string" && Object.hasOwn(providerCodecs, value);
}
