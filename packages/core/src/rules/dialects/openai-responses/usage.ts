import type { JsonObject } from "../../../contract/json.ts";
import type { Usage } from "../../../contract/stream-event.ts";
import { asCount, asObject } from "../json-fields.ts";

/** Fields that are not told stay absent. */
export function decodeUsage(usage: JsonObject): Usage {
	const inputTokens = asCount(usage.input_tokens);
	const outputTokens = asCount(usage.output_tokens);
	const details = asObject(usage.input_tokens_details);
	const cachedInputTokens = asCount(details?.cached_tokens);
	const cacheWriteTokens = asCount(details?.cache_write_tokens);
	const reasoningTokens = asCount(asObject(usage.output_tokens_details)?.reasoning_tokens);
	return {
		...(inputTokens === undefined ? {} : { inputTokens }),
		...(outputTokens === undefined ? {} : { outputTokens }),
		...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
		...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
		...(reasoningTokens === undefined ? {} : { reasoningTokens }),
	};
}

/** The format demands every count but the cache writes: what nobody told is 0. @returns `null` where nothing is known. */
export function encodeUsage(usage: Usage): JsonObject | null {
	const { inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens, reasoningTokens = 0 } = usage;
	if (inputTokens === undefined && outputTokens === undefined) return null;
	return {
		input_tokens: inputTokens ?? 0,
		input_tokens_details: { cached_tokens: cachedInputTokens, ...(cacheWriteTokens === undefined ? {} : { cache_write_tokens: cacheWriteTokens }) },
		output_tokens: outputTokens ?? 0,
		output_tokens_details: { reasoning_tokens: reasoningTokens },
		total_tokens: (inputTokens ?? 0) + (outputTokens ?? 0),
	};
}
