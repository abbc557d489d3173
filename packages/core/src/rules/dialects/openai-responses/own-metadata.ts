import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";

/**
 * What an item or part says beyond the canonical form is kept under its wire names in `metadata.responses` and spread back. It has
 * a key of its own beside `metadata.openai`: chat completions and responses name the same things differently. `null` says nothing.
 */
export function keepRest(fields: JsonObject): { readonly metadata?: ProviderMetadata } {
	const told = Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null);
	return told.length === 0 ? {} : { metadata: { responses: Object.fromEntries(told) } };
}

/** The fields that {@link keepRest} kept. */
export function ownFields(metadata: ProviderMetadata | undefined): JsonObject {
	return metadata?.responses ?? {};
}
