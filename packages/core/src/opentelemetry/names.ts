import type { Attributes, AttributeValue } from "@opentelemetry/api";
import type { FinishReason, Usage } from "../contract/stream-event.ts";
import type { ExchangeKind } from "../effects/telemetry.ts";

/**
 * Names and values of OpenTelemetry's semantic conventions for generative AI, version 1.41.0: the last one before they moved to a
 * repository of their own, where nothing has been published yet.
 */
export const conventions = "https://opentelemetry.io/schemas/1.41.0";

/** Google's operation has a name of its own, on either side of the gateway. */
export function operationName(kind: ExchangeKind, speaksGemini: boolean): string {
	if (kind === "embeddings") return "embeddings";
	return speaksGemini ? "generate_content" : "chat";
}

/** `chat gpt-4o`. */
export function spanName(operation: string, model: string | undefined): string {
	return model === undefined ? operation : `${operation} ${model}`;
}

/** The attributes that are known: one that is `undefined` is none. */
export function known(attributes: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
	const told: Attributes = {};
	for (const name in attributes) {
		const value = attributes[name];
		if (value !== undefined) told[name] = value;
	}
	return told;
}

/** Words of the conventions where they have one; other reasons stand for themselves. */
export function finishReasons(reason: FinishReason | undefined): string[] | undefined {
	if (reason === undefined) return undefined;
	return [reason === "tool-calls" ? "tool_call" : reason === "content-filter" ? "content_filter" : reason];
}

/** @param prefix `gen_ai.usage` of what one provider told, `postern.usage` of sums. */
export function usageAttributes(prefix: string, usage: Usage): Attributes {
	return known({
		[`${prefix}.input_tokens`]: usage.inputTokens,
		[`${prefix}.output_tokens`]: usage.outputTokens,
		[`${prefix}.cache_read.input_tokens`]: usage.cachedInputTokens,
		[`${prefix}.cache_creation.input_tokens`]: usage.cacheWriteTokens,
		[`${prefix}.reasoning.output_tokens`]: usage.reasoningTokens,
	});
}
