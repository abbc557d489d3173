import type { Json, JsonObject } from "../../../contract/json.ts";
import type { Usage } from "../../../contract/stream-event.ts";
import { asCount, asObject, restOf } from "../json-fields.ts";

/**
 * Thoughts stand beside the candidates' tokens and what provider-run tools put into the prompt beside the prompt's; the canonical
 * counts are all of them. Cached tokens are part of the prompt's in both.
 */
export function decodeUsage(wire: JsonObject): Usage {
	const prompt = asCount(wire.promptTokenCount);
	const toolUse = asCount(wire.toolUsePromptTokenCount);
	const candidates = asCount(wire.candidatesTokenCount);
	const thoughts = asCount(wire.thoughtsTokenCount);
	const cached = asCount(wire.cachedContentTokenCount);
	const heard = audioCount(wire.promptTokensDetails);
	const spoken = audioCount(wire.candidatesTokensDetails);
	return {
		...(prompt === undefined && toolUse === undefined ? {} : { inputTokens: (prompt ?? 0) + (toolUse ?? 0) }),
		...(candidates === undefined && thoughts === undefined ? {} : { outputTokens: (candidates ?? 0) + (thoughts ?? 0) }),
		...(cached === undefined ? {} : { cachedInputTokens: cached }),
		...(thoughts === undefined ? {} : { reasoningTokens: thoughts }),
		...(heard === undefined ? {} : { audioInputTokens: heard }),
		...(spoken === undefined ? {} : { audioOutputTokens: spoken }),
	};
}

function audioCount(details: Json | undefined): number | undefined {
	const audio = Array.isArray(details) ? details.map(asObject).find((detail) => detail?.modality === "AUDIO") : undefined;
	return asCount(audio?.tokenCount) || undefined;
}

const canonical: ReadonlySet<string> = new Set([
	"promptTokenCount",
	"candidatesTokenCount",
	"thoughtsTokenCount",
	"cachedContentTokenCount",
	"totalTokenCount",
]);

/** What of a usage object has no canonical form: counts by modality, the tools' share of the prompt. */
export function usageRest(wire: JsonObject): JsonObject | undefined {
	return restOf(wire, canonical);
}

/** @returns `undefined` where nothing is known. */
export function encodeUsage(usage: Usage, rest: JsonObject = {}): JsonObject | undefined {
	const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
	if (inputTokens === undefined && outputTokens === undefined && Object.keys(rest).length === 0) return undefined;
	const toolUse = asCount(rest.toolUsePromptTokenCount) ?? 0;
	return {
		...rest,
		...(inputTokens === undefined ? {} : { promptTokenCount: Math.max(0, inputTokens - toolUse) }),
		...(cachedInputTokens === undefined ? {} : { cachedContentTokenCount: cachedInputTokens }),
		...(outputTokens === undefined ? {} : { candidatesTokenCount: Math.max(0, outputTokens - (reasoningTokens ?? 0)) }),
		...(reasoningTokens === undefined ? {} : { thoughtsTokenCount: reasoningTokens }),
		totalTokenCount: (inputTokens ?? 0) + (outputTokens ?? 0),
	};
}

/**
 * Every chunk of a stream tells the usage so far: the later field wins and nothing is added. A later zero or `null` is a
 * placeholder and does not wipe out what was told.
 */
export function mergeUsage(first: JsonObject, second: JsonObject): JsonObject {
	const told = Object.entries(second).filter(([name, value]) => value !== null && !(value === 0 && Object.hasOwn(first, name)));
	return { ...first, ...Object.fromEntries(told) };
}
