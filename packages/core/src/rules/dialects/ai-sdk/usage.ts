import type { Json } from "../../../contract/json.ts";
import type { Usage } from "../../../contract/stream-event.ts";
import { asCount, asObject } from "../json-fields.ts";

/** Counts stand by kind since version 3 of the specification, side by side in version 2. All input tokens include those of the cache. */
export function decodeUsage(value: Json | undefined): Usage {
	const wire = asObject(value) ?? {};
	const input = asObject(wire["inputTokens"]);
	const output = asObject(wire["outputTokens"]);
	const cached = asCount(input?.["cacheRead"]) ?? asCount(wire["cachedInputTokens"]);
	const written = asCount(input?.["cacheWrite"]);
	const uncached = asCount(input?.["noCache"]);
	const reasoning = asCount(output?.["reasoning"]) ?? asCount(wire["reasoningTokens"]);
	const inputTokens = asCount(input?.["total"]) ?? asCount(wire["inputTokens"]) ?? (uncached === undefined ? undefined : uncached + (cached ?? 0) + (written ?? 0));
	const outputTokens = asCount(output?.["total"]) ?? asCount(wire["outputTokens"]);
	return {
		...(inputTokens === undefined ? {} : { inputTokens }),
		...(outputTokens === undefined ? {} : { outputTokens }),
		...(cached === undefined ? {} : { cachedInputTokens: cached }),
		...(written === undefined ? {} : { cacheWriteTokens: written }),
		...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
	};
}
