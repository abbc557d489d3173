import type { JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";
import { asObject, asText } from "../json-fields.ts";

/**
 * Signatures and redacted thoughts are kept as `metadata.anthropic`: Claude makes them, and takes them back at every platform. Whatever
 * only Bedrock says stands in `metadata.bedrock`.
 */
export function reasoningMetadata(fields: { readonly signature?: string; readonly redactedData?: string }): { readonly metadata?: ProviderMetadata } {
	return Object.keys(fields).length === 0 ? {} : { metadata: { anthropic: { ...fields } } };
}

/** Where a caller marked the end of a cached prefix, Bedrock wants an element of its own behind what was marked. */
export function cachePointOf(metadata: ProviderMetadata | undefined): readonly JsonObject[] {
	const own = asObject(metadata?.bedrock?.["cachePoint"]);
	if (own !== undefined) return [{ cachePoint: own }];
	const control = asObject(metadata?.anthropic?.["cache_control"]);
	if (control === undefined) return [];
	const ttl = asText(control["ttl"]);
	return [{ cachePoint: { type: "default", ...(ttl === undefined || ttl === "5m" ? {} : { ttl }) } }];
}
