import type { JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";
import { asObject, asText, isShallow, parseJson } from "../json-fields.ts";

/**
 * `encrypted_content` is the one place in which a caller brings a model's own state back unread. OpenAI's stands there as it came.
 * What another dialect's provider wants back (Anthropic's signature) is packed into the same field behind a mark, so that it survives.
 */
const mark = "postern:";

/** @returns the field's value; `undefined` where the part carries no state. */
export function packState(metadata: ProviderMetadata | undefined): string | undefined {
	const own = asText(metadata?.responses?.encrypted_content);
	if (own !== undefined) return own;
	const { responses: _, ...foreign } = metadata ?? {};
	return Object.keys(foreign).length === 0 ? undefined : mark + JSON.stringify(foreign);
}

export function unpackState(encrypted: string): ProviderMetadata {
	const foreign = encrypted.startsWith(mark) ? asObject(parseJson(encrypted.slice(mark.length))) : undefined;
	if (foreign === undefined || !isShallow(foreign)) return { responses: { encrypted_content: encrypted } };
	const fields = Object.entries(foreign).flatMap(([vendor, state]): [string, JsonObject][] => {
		const object = asObject(state);
		return object === undefined ? [] : [[vendor, object]];
	});
	return Object.fromEntries(fields);
}
