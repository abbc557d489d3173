import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, ReasoningSettings, Settings } from "../../../contract/prompt.ts";
import type { Quirks } from "../dialect.ts";
import type { Warnings } from "../warnings.ts";
import { ownFields } from "./own-metadata.ts";

/** What the dialect has no field for. */
const unsaid: readonly (keyof Settings)[] = ["topK", "stopSequences", "seed", "presencePenalty", "frequencyPenalty"];

/** Canonical settings to request fields. What cannot be said, or the vendor refuses, is dropped with a warning. */
export function encodeSettings(settings: Settings, quirks: Quirks, warnings: Warnings): JsonObject {
	const refused = new Set<string>([...(quirks.unsupported ?? []), ...unsaid]);
	const kept = (name: keyof Settings): boolean => {
		if (settings[name] === undefined) return false;
		if (refused.has(name)) unsupported(`settings.${name}`, warnings);
		return !refused.has(name);
	};
	for (const name of unsaid) kept(name);
	const thinking = kept("reasoning") && settings.reasoning !== undefined ? encodeReasoning(settings.reasoning, warnings) : {};
	return {
		...(kept("maxOutputTokens") ? { max_output_tokens: settings.maxOutputTokens } : {}),
		...(kept("temperature") ? { temperature: settings.temperature } : {}),
		...(kept("topP") ? { top_p: settings.topP } : {}),
		...(kept("user") ? { user: settings.user } : {}),
		...(Object.keys(thinking).length === 0 ? {} : { reasoning: thinking }),
	};
}

export function unsupported(field: string, warnings: Warnings): void {
	warnings.add("unsupported-setting", field, `This provider does not know the setting ${field.replace("settings.", "")}; it was left out`);
}

/** OpenAI knows levels of effort, no budgets. */
function encodeReasoning({ effort, budgetTokens, mode, metadata }: ReasoningSettings, warnings: Warnings): JsonObject {
	const own = ownFields(metadata);
	if (effort !== undefined) return { ...own, effort };
	if (mode === "disabled") {
		// Most models refuse the word `none`, and those that do not reason need no word.
		warnings.add("unsupported-setting", "settings.reasoning.mode", "Reasoning is left to the model's default");
		return own;
	}
	if (budgetTokens === undefined) return own;
	const level = budgetTokens <= 4096 ? "low" : budgetTokens <= 16_384 ? "medium" : "high";
	warnings.add("changed-setting", "settings.reasoning.budgetTokens", `A budget of ${budgetTokens} tokens was sent as reasoning effort "${level}"`);
	return { ...own, effort: level };
}

/** @returns the value of `text.format`. */
export function encodeFormat(output: OutputFormat): JsonObject {
	if (output.type === "text") return { type: "text" };
	if (output.type === "json") return { type: "json_object" };
	const { schema, name = "answer", description, strict } = output;
	return {
		type: "json_schema",
		name,
		schema,
		...(description === undefined ? {} : { description }),
		...(strict === undefined ? {} : { strict }),
	};
}
