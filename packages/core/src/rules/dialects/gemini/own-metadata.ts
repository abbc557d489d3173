import type { JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";
import { restOf } from "../json-fields.ts";

/**
 * What a part says beyond the canonical form (`thought`, `thoughtSignature`, `videoMetadata`, ...) is kept under its wire names in
 * `metadata.google` and spread back into the part.
 */
export function keepRest(object: JsonObject, known: ReadonlySet<string>): { readonly metadata?: ProviderMetadata } {
	return ownMetadata(restOf(object, known));
}

export function ownMetadata(fields: JsonObject | undefined): { readonly metadata?: ProviderMetadata } {
	return fields === undefined ? {} : { metadata: { google: fields } };
}

/** The fields that {@link keepRest} kept. */
export function ownFields(metadata: ProviderMetadata | undefined): JsonObject {
	return metadata?.google ?? {};
}
