import type { JsonObject } from "../../../contract/json.ts";
import type { ReasoningSettings } from "../../../contract/prompt.ts";
import { asText, restOf } from "../json-fields.ts";
import type { Warnings } from "../warnings.ts";
import { thinkingOf } from "./model-traits.ts";
import { ownFields, ownMetadata } from "./own-metadata.ts";

const canonical: ReadonlySet<string> = new Set(["thinkingBudget", "thinkingLevel"]);
const field = "settings.reasoning";

/** Budgets of 0 and -1 are words: off, and as much as the model likes. */
export function decodeReasoning(config: JsonObject): ReasoningSettings {
	const level = asText(config.thinkingLevel)?.toLowerCase();
	const budget = typeof config.thinkingBudget === "number" ? config.thinkingBudget : undefined;
	return {
		...(level === undefined ? {} : { effort: level }),
		...(budget === 0 && level === undefined ? { effort: "none" } : {}),
		...(budget !== undefined && budget > 0 ? { budgetTokens: budget } : {}),
		...(budget !== undefined && budget < 0 ? { mode: "adaptive" } : {}),
		// Present even where it is empty: thoughts are then shown only if this caller asked for them.
		...ownMetadata(restOf(config, canonical) ?? {}),
	};
}

/** Tokens of thinking where only an effort was asked for and the model counts in budgets. */
const budgets: ReadonlyMap<string, number> = new Map([
	["minimal", 1024],
	["low", 4096],
	["medium", 8192],
	["high", 24_576],
]);

/** @returns `thinkingConfig`; `undefined` where there is nothing to say. */
export function encodeReasoning(settings: ReasoningSettings, model: string, warnings: Warnings): JsonObject | undefined {
	const known = thinkingOf(model);
	if (known === "none") {
		if (settings.effort !== "none" && settings.mode !== "disabled") warnings.add("unsupported-setting", field, "This model has no reasoning; the setting was dropped");
		return undefined;
	}
	const amount = encodeAmount(settings, known, model, warnings);
	const isOff = amount.thinkingBudget === 0;
	// Whoever asks for reasoning in another dialect is used to seeing it; here it must be asked for.
	const own = settings.metadata?.google === undefined ? (isOff ? {} : { includeThoughts: true }) : ownFields(settings.metadata);
	const config = { ...own, ...amount };
	return Object.keys(config).length === 0 ? undefined : config;
}

function encodeAmount({ effort, budgetTokens, mode }: ReasoningSettings, known: "budget" | "level", model: string, warnings: Warnings): JsonObject {
	if (budgetTokens !== undefined && mode !== "disabled") return { thinkingBudget: budgetTokens };
	if (mode === "disabled" || effort === "none") return known === "budget" ? { thinkingBudget: 0 } : leastThinking(model, warnings);
	if (effort === undefined) return mode === "adaptive" ? { thinkingBudget: -1 } : {};
	const level = effort === "xhigh" || effort === "max" ? "high" : effort;
	if (level !== effort) warnings.add("changed-setting", field, `Reasoning effort "${effort}" was sent as "high", the most that Gemini knows`);
	return known === "level" ? { thinkingLevel: level.toUpperCase() } : { thinkingBudget: budgets.get(level) ?? -1 };
}

/** Since Gemini 3 thinking cannot be switched off, and the larger models know no `minimal`. */
function leastThinking(model: string, warnings: Warnings): JsonObject {
	const level = /\bpro\b/i.test(model) ? "LOW" : "MINIMAL";
	warnings.add("changed-setting", field, `This model always reasons: the level ${level} was set`);
	return { thinkingLevel: level };
}
