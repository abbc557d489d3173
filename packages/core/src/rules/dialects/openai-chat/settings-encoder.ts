import type { JsonObject } from "../../../contract/json.ts";
import type { ReasoningSettings, Settings, Warning } from "../../../contract/prompt.ts";
import type { Quirks } from "../dialect.ts";

/** Canonical settings to request fields. What the vendor refuses is dropped with a warning. */
export function encodeSettings(settings: Settings, quirks: Quirks, warnings: Warning[]): JsonObject {
	const kept = (name: keyof Settings): boolean => {
		if (settings[name] === undefined) return false;
		if (quirks.unsupported?.includes(name) !== true) return true;
		warnings.push(unsupported(`settings.${name}`));
		return false;
	};
	if (settings.topK !== undefined) warnings.push(unsupported("settings.topK"));
	const effort = kept("reasoning") && settings.reasoning !== undefined ? encodeEffort(settings.reasoning, warnings) : undefined;
	return {
		...(kept("maxOutputTokens") ? { [quirks.maxTokensField ?? "max_completion_tokens"]: settings.maxOutputTokens } : {}),
		...(kept("temperature") ? { temperature: settings.temperature } : {}),
		...(kept("topP") ? { top_p: settings.topP } : {}),
		...(kept("stopSequences") && settings.stopSequences?.length ? { stop: settings.stopSequences } : {}),
		...(kept("seed") ? { seed: settings.seed } : {}),
		...(kept("presencePenalty") ? { presence_penalty: settings.presencePenalty } : {}),
		...(kept("frequencyPenalty") ? { frequency_penalty: settings.frequencyPenalty } : {}),
		...(kept("user") ? { user: settings.user } : {}),
		...(effort === undefined ? {} : { reasoning_effort: effort }),
	};
}

export function unsupported(field: string): Warning {
	return { code: "unsupported-setting", field, message: "This provider does not know the setting; it was left out" };
}

/** OpenAI knows levels of effort, no budgets. */
function encodeEffort({ effort, budgetTokens, mode }: ReasoningSettings, warnings: Warning[]): string | undefined {
	if (effort !== undefined) return effort;
	if (mode === "disabled") {
		// Most models refuse the word `none`, and those that do not reason need no word.
		warnings.push({ code: "unsupported-setting", field: "settings.reasoning.mode", message: "Reasoning is left to the model's default" });
		return undefined;
	}
	if (budgetTokens === undefined) return undefined;
	const level = budgetTokens <= 4096 ? "low" : budgetTokens <= 16_384 ? "medium" : "high";
	warnings.push({
		code: "changed-setting",
		field: "settings.reasoning.budgetTokens",
		message: `A budget of ${budgetTokens} tokens was sent as reasoning effort "${level}"`,
	});
	return level;
}
