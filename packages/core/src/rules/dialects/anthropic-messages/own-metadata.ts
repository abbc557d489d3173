import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";

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

/** @returns `undefined` where nothing is left. */
export function restOf(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
	let rest: [string, Json][] | undefined;
	for (const name in object) {
		const value = object[name];
		if (value !== undefined && value !== null && !known.has(name)) (rest ??= []).push([name, value]);
	}
	// fromEntries defines properties, so that a field called `__proto__` stays a field.
	return rest === undefined ? undefined : Object.fromEntries(rest);
}

/** The fields that {@link keepRest} kept. */
export function ownFields(metadata: ProviderMetadata | undefined): JsonObject {
	return metadata?.anthropic ?? {};
}

/** JSON text; `undefined` where the value nests so deep that writing it would overflow the stack. */
export function jsonText(value: Json): string | undefined {
	try {
		return JSON.stringify(value);
	} catch {
		return undefined;
	}
}
