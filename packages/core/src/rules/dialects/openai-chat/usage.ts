import type { JsonObject } from "../../../contract/json.ts";
import type { Usage } from "../../../contract/stream-event.ts";
import { asCount, asObject } from "../json-fields.ts";

/** Reads OpenAI's usage and what compatible vendors make of it. Fields that are not told stay absent. */
export function decodeUsage(usage: JsonObject): Usage {
	const promptDetails = asObject(usage.prompt_tokens_details);
	const inputTokens = asCount(usage.prompt_tokens);
	// DeepSeek and Moonshot tell cache hits beside the details.
	const cachedInputTokens =
		asCount(promptDetails?.cached_tokens) ?? asCount(usage.prompt_cache_hit_tokens) ?? asCount(usage.cached_tokens);
	const cacheWriteTokens = asCount(promptDetails?.cache_write_tokens);
	const completionDetails = asObject(usage.completion_tokens_details);
	const reasoningTokens = asCount(completionDetails?.reasoning_tokens);
	// OpenAI says 0 of every answer without sound.
	const audioInputTokens = asCount(promptDetails?.audio_tokens) || undefined;
	const audioOutputTokens = asCount(completionDetails?.audio_tokens) || undefined;
	const outputTokens = allOutputTokens(usage, inputTokens, reasoningTokens);
	return {
		...(inputTokens === undefined ? {} : { inputTokens }),
		...(outputTokens === undefined ? {} : { outputTokens }),
		...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
		...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
		...(reasoningTokens === undefined ? {} : { reasoningTokens }),
		...(audioInputTokens === undefined ? {} : { audioInputTokens }),
		...(audioOutputTokens === undefined ? {} : { audioOutputTokens }),
	};
}

/** `completion_tokens` holds the reasoning at OpenAI, but not at xAI: there only the total does. */
function allOutputTokens(usage: JsonObject, input: number | undefined, reasoning = 0): number | undefined {
	const completion = asCount(usage.completion_tokens);
	if (completion === undefined || reasoning === 0) return completion;
	const isBeside = reasoning > completion || asCount(usage.total_tokens) === (input ?? 0) + completion + reasoning;
	return isBeside ? completion + reasoning : completion;
}

/** @returns `undefined` where nothing is known. */
export function encodeUsage(usage: Usage): JsonObject | undefined {
	const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens, audioInputTokens, audioOutputTokens } = usage;
	if (inputTokens === undefined && outputTokens === undefined) return undefined;
	const promptDetails = {
		...(cachedInputTokens === undefined ? {} : { cached_tokens: cachedInputTokens }),
		...(cacheWriteTokens === undefined ? {} : { cache_write_tokens: cacheWriteTokens }),
		...(audioInputTokens === undefined ? {} : { audio_tokens: audioInputTokens }),
	};
	const completionDetails = {
		...(reasoningTokens === undefined ? {} : { reasoning_tokens: reasoningTokens }),
		...(audioOutputTokens === undefined ? {} : { audio_tokens: audioOutputTokens }),
	};
	return {
		prompt_tokens: inputTokens ?? 0,
		completion_tokens: outputTokens ?? 0,
		total_tokens: (inputTokens ?? 0) + (outputTokens ?? 0),
		...(Object.keys(promptDetails).length === 0 ? {} : { prompt_tokens_details: promptDetails }),
		...(Object.keys(completionDetails).length === 0 ? {} : { completion_tokens_details: completionDetails }),
	};
}
