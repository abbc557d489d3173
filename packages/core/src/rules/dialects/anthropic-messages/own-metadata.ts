import type { JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";
import { restOf } from "../json-fields.ts";

/**
 * What a block says beyond the canonical form (`cache_control`, `caller`, `citations` of a document, ...) is kept under its wire
 * names in `metadata.anthropic` and spread back into the block. `null` says nothing and is not kept.
 */
export function keepRest(object: JsonObject, known: ReadonlySet<string>): { readonly metadata?: ProviderMetadata } {
	return ownMetadata(restOf(object, known));
}

export function ownMetadata(fields: JsonObject | undefined): { readonly metadata?: ProviderMetadata } {
	return fields === undefined ? {} : { metadata: { anthropic: fields } };
}

/** The fields that {@link keepRest} kept. */
export function ownFields(metadata: ProviderMetadata | undefined): JsonObject {
	return metadata?.anthropic ?? {};
}
