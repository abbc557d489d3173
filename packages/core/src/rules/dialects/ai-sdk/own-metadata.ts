import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";
import { asObject, asText, isShallow, restOf } from "../json-fields.ts";

/** Which kind of part the metadata belongs to. */
export type MarkedPart = "reasoning" | "other";

/** What other dialects know too: the AI SDK's vendor and field, and where and under which name it is canonical. */
const shared: readonly (readonly [vendor: string, field: string, owner: string, name: string, of: MarkedPart])[] = [
	["anthropic", "signature", "anthropic", "signature", "reasoning"],
	["anthropic", "redactedData", "anthropic", "redactedData", "reasoning"],
	["openai", "reasoningEncryptedContent", "responses", "encrypted_content", "reasoning"],
	["google", "thoughtSignature", "google", "thoughtSignature", "other"],
];

/**
 * The AI SDK keeps a vendor's state under names of its own: what other dialects know is told under theirs, so that their callers
 * bring it back, and the rest stands as it came in `metadata.aiSdk`.
 */
export function decodeMetadata(providerMetadata: Json | undefined, kind: MarkedPart): { readonly metadata?: ProviderMetadata } {
	const metadata: Record<string, JsonObject> = {};
	const rest: [string, JsonObject][] = [];
	for (const [vendor, value] of Object.entries(asObject(providerMetadata) ?? {})) {
		const fields = asObject(value);
		if (fields === undefined || !isShallow(fields)) continue;
		const taken = new Set<string>();
		for (const [from, field, owner, name, of] of shared) {
			const state = asText(fields[field]);
			if (from !== vendor || state === undefined || (of === "reasoning" && kind !== "reasoning")) continue;
			taken.add(field);
			metadata[owner] = { ...metadata[owner], [name]: state };
		}
		const left = restOf(fields, taken);
		if (left !== undefined) rest.push([vendor, left]);
	}
	if (rest.length > 0) metadata["aiSdk"] = Object.fromEntries(rest);
	return Object.keys(metadata).length === 0 ? {} : { metadata };
}

/** The way back: what other dialects know, under the AI SDK's names, and over it what came from the AI SDK. */
export function encodeMetadata(metadata: ProviderMetadata | undefined): { readonly providerOptions?: JsonObject } {
	if (metadata === undefined) return {};
	const { anthropic = {}, bedrock, google, openai, responses } = metadata;
	// Claude's, and taken back at every platform.
	const signed = textFields({ signature: anthropic["signature"], redactedData: anthropic["redactedData"] });
	const cacheControl = asObject(anthropic["cache_control"]);
	const cachePoint = asObject(bedrock?.["cachePoint"]) ?? (cacheControl === undefined ? undefined : { type: "default" });
	const compatible = asObject(asObject(openai?.["extra_content"])?.["google"]);
	const known: JsonObject = {
		anthropic: { ...signed, ...(cacheControl === undefined ? {} : { cacheControl }) },
		bedrock: { ...signed, ...(cachePoint === undefined ? {} : { cachePoint }) },
		google: textFields({ thoughtSignature: google?.["thoughtSignature"] ?? compatible?.["thought_signature"] }),
		openai: textFields({ imageDetail: openai?.["detail"], reasoningEncryptedContent: responses?.["encrypted_content"] }),
	};
	const providerOptions = mergeOptions(known, metadata["aiSdk"]);
	return Object.keys(providerOptions).length === 0 ? {} : { providerOptions };
}

/** Options of several vendors; the second wins field by field, and vendors of whom nothing is said are left out. */
export function mergeOptions(first: JsonObject, second: JsonObject | undefined): JsonObject {
	const vendors = new Map<string, JsonObject>();
	for (const [vendor, value] of [...Object.entries(first), ...Object.entries(second ?? {})]) {
		const fields = asObject(value);
		if (fields !== undefined && Object.keys(fields).length > 0) vendors.set(vendor, { ...vendors.get(vendor), ...fields });
	}
	return Object.fromEntries(vendors);
}

function textFields(fields: JsonObject): JsonObject {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => asText(value) !== undefined));
}
