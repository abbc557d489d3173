import type { JsonObject } from "../../../contract/json.ts";
import type { ReasoningSettings } from "../../../contract/prompt.ts";
import { type Thinking, thinkingOf } from "./model-traits.ts";
import { ownFields } from "./own-metadata.ts";
import type { Warnings } from "../warnings.ts";

export interface EncodedReasoning {
	readonly thinking?: JsonObject;
	/** `output_config.effort` */
	readonly effort?: string;
	/** Whether the model is told to think: sampling settings and forced tools are refused then. */
	readonly isOn: boolean;
}

const field = "settings.reasoning";
const off: EncodedReasoning = { isOn: false };
const leastBudget = 1024;

/** Tokens of thinking where only an effort was asked for and the model counts in budgets. */
const budgets: ReadonlyMap<string, number> = new Map([
	["minimal", 1024],
	["low", 4096],
	["medium", 10_000],
	["high", 24_000],
	["xhigh", 32_000],
	["max", 48_000],
]);

/**
 * Anthropic's own `mode` is sent as it was asked for, unless the model is known to refuse it. An effort from another dialect
 * becomes adaptive thinking with that effort, or a budget where the model knows budgets only.
 */
export function encodeReasoning(
	settings: ReasoningSettings | undefined,
	model: string,
	maxTokens: number,
	warnings: Warnings,
): EncodedReasoning {
	if (settings === undefined) return off;
	const known = thinkingOf(model);
	const { effort, budgetTokens } = settings;
	const mode = settings.mode ?? (budgetTokens === undefined ? undefined : "enabled");
	if (mode !== undefined) return encodeMode(mode, settings, known, maxTokens, warnings);
	if (effort === undefined) return off;
	if (effort === "none") return known === "none" || known === "adaptive" ? off : { thinking: { type: "disabled" }, isOn: false };
	switch (known) {
		case "none":
			warnings.add("unsupported-setting", field, "This model has no reasoning; the effort was dropped");
			return off;
		case "budget":
			return encodeBudget(budgets.get(effort) ?? 10_000, maxTokens, {}, warnings);
		case "both":
		case "adaptive":
			return { thinking: { type: "adaptive" }, effort: effortOf(effort), isOn: true };
		default:
			return known satisfies never;
	}
}

function encodeMode(
	mode: string,
	settings: ReasoningSettings,
	known: Thinking,
	maxTokens: number,
	warnings: Warnings,
): EncodedReasoning {
	const { effort, budgetTokens } = settings;
	const own = ownFields(settings.metadata);
	const outputEffort = effort === undefined || effort === "none" ? {} : { effort: effortOf(effort) };
	if (mode === "disabled") return { thinking: { ...own, type: mode }, ...outputEffort, isOn: false };
	if (mode !== "enabled") return { thinking: { ...own, type: mode }, ...outputEffort, isOn: true };
	if (known === "adaptive") {
		warnings.add("changed-setting", field, "This model takes no thinking budget; it thinks adaptively instead");
		return { thinking: { ...own, type: "adaptive" }, ...outputEffort, isOn: true };
	}
	return { ...encodeBudget(budgetTokens ?? budgets.get(effort ?? "medium") ?? 10_000, maxTokens, own, warnings), ...outputEffort };
}

/** A budget counts towards `max_tokens`, must be less, and at least 1024: a share is left for the answer itself. */
function encodeBudget(wanted: number, maxTokens: number, own: JsonObject, warnings: Warnings): EncodedReasoning {
	if (maxTokens <= leastBudget) {
		warnings.add("unsupported-setting", field, `Reasoning needs an output limit above ${leastBudget} tokens; it was switched off`);
		return off;
	}
	const budget = wanted < maxTokens ? Math.max(leastBudget, wanted) : Math.max(leastBudget, Math.floor(maxTokens / 2));
	if (budget !== wanted) {
		warnings.add("changed-setting", `${field}.budgetTokens`, `The reasoning budget was set to ${budget} tokens to fit the output limit`);
	}
	return { thinking: { ...own, type: "enabled", budget_tokens: budget }, isOn: true };
}

/** Words beyond the known ones pass: models learn new ones. */
function effortOf(effort: string): string {
	return effort === "minimal" ? "low" : effort;
}
