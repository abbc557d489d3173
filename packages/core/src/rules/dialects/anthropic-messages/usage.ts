import type { JsonObject } from "../../../contract/json.ts";
import type { Usage } from "../../../contract/stream-event.ts";
import { asCount, asObject, restOf } from "../json-fields.ts";

/**
 * Anthropic's `input_tokens` leave out what was read from and written to the prompt cache; the canonical `inputTokens` are all of
 * them. Everything else of the object (server tools, cache lifetimes, tier) is kept as metadata.
 */
export function decodeUsage(wire: JsonObject): Usage {
	const cached = asCount(wire["cache_read_input_tokens"]);
	const written = asCount(wire["cache_creation_input_tokens"]);
	const input = asCount(wire["input_tokens"]);
	const output = asCount(wire["output_tokens"]);
	const reasoning = asCount(asObject(wire["output_tokens_details"])?.["thinking_tokens"]);
	return {
		...(input === undefined ? {} : { inputTokens: input + (cached ?? 0) + (written ?? 0) }),
		...(output === undefined ? {} : { outputTokens: output }),
		...(cached === undefined ? {} : { cachedInputTokens: cached }),
		...(written === undefined ? {} : { cacheWriteTokens: written }),
		...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
	};
}

const canonical: ReadonlySet<string> = new Set([
	"input_tokens",
	"output_tokens",
	"cache_read_input_tokens",
	"cache_creation_input_tokens",
	"output_tokens_details",
]);

/** What of a usage object has no canonical form. */
export function usageRest(wire: JsonObject): JsonObject | undefined {
	return restOf(wire, canonical);
}

export function encodeUsage(usage: Usage, rest: JsonObject = {}): JsonObject {
	const { inputTokens = 0, outputTokens = 0, cachedInputTokens, cacheWriteTokens, reasoningTokens } = usage;
	return {
		...rest,
		input_tokens: Math.max(0, inputTokens - (cachedInputTokens ?? 0) - (cacheWriteTokens ?? 0)),
		cache_creation_input_tokens: cacheWriteTokens ?? null,
		cache_read_input_tokens: cachedInputTokens ?? null,
		output_tokens: outputTokens,
		...(reasoningTokens === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoningTokens } }),
	};
}

/**
 * Usage told twice in a stream (`message_start`, `message_delta`) is a running total: the later field wins and nothing is added.
 * A later zero or `null` is a gateway's placeholder and does not wipe out what was told.
 */
export function mergeUsage(first: JsonObject, second: JsonObject): JsonObject {
	const told = Object.entries(second).filter(([name, value]) => value !== null && !(value === 0 && isTold(first, name)));
	return { ...first, ...Object.fromEntries(told) };
}

function isTold(usage: JsonObject, name: string): boolean {
	return Object.hasOwn(usage, name) && usage[name] !== null;
}
