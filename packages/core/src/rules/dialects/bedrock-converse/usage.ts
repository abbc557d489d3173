import type { JsonObject } from "../../../contract/json.ts";
import type { Usage } from "../../../contract/stream-event.ts";
import { asCount, restOf } from "../json-fields.ts";

/** Bedrock's `inputTokens` leave out what was read from and written to the prompt cache; the canonical ones are all of them. */
export function decodeUsage(wire: JsonObject): Usage {
	const input = asCount(wire["inputTokens"]);
	const output = asCount(wire["outputTokens"]);
	const cached = asCount(wire["cacheReadInputTokens"]);
	const written = asCount(wire["cacheWriteInputTokens"]);
	return {
		...(input === undefined ? {} : { inputTokens: input + (cached ?? 0) + (written ?? 0) }),
		...(output === undefined ? {} : { outputTokens: output }),
		...(cached === undefined ? {} : { cachedInputTokens: cached }),
		...(written === undefined ? {} : { cacheWriteTokens: written }),
	};
}

const canonical: ReadonlySet<string> = new Set(["inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens", "cacheWriteInputTokens"]);

/** What of a usage object has no canonical form. */
export function usageRest(wire: JsonObject): JsonObject | undefined {
	return restOf(wire, canonical);
}
