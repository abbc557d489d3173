import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Prompt, ReasoningSettings, Settings } from "../../../contract/prompt.ts";
import type { Quirks } from "../dialect.ts";
import { asObject } from "../json-fields.ts";
import type { Warnings } from "../warnings.ts";
import { mergeOptions } from "./own-metadata.ts";

const copied = ["maxOutputTokens", "temperature", "topP", "topK", "stopSequences", "seed", "presencePenalty", "frequencyPenalty"] as const;

/** The settings that the specification has a word for, and under `providerOptions` those for which each vendor has one of its own. */
export function encodeSettings(prompt: Prompt, quirks: Quirks, warnings: Warnings): JsonObject {
	const settings = supported(prompt.settings, quirks, warnings);
	const reasoning = encodeReasoning(settings.reasoning ?? {}, warnings);
	const isSingle = prompt.parallelToolCalls === false && (prompt.tools ?? []).length > 0;
	const user = settings.user === undefined ? {} : { user: settings.user };
	const strict = prompt.output?.type === "json-schema" ? { strictJsonSchema: prompt.output.strict ?? false } : {};
	const vendors = mergeOptions(
		{
			openai: { ...user, ...strict, ...(isSingle ? { parallelToolCalls: false } : {}) },
			openaiCompatible: { ...user, ...strict },
			anthropic: {
				...(settings.user === undefined ? {} : { metadata: { userId: settings.user } }),
				...(isSingle ? { disableParallelToolUse: true } : {}),
			},
		},
		reasoning.vendors,
	);
	const providerOptions = mergeOptions(vendors, asObject(quirks.requestFields?.["providerOptions"]));
	const responseFormat = encodeOutput(prompt.output);
	return {
		...Object.fromEntries(copied.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]]))),
		...(reasoning.level === undefined ? {} : { reasoning: reasoning.level }),
		...(responseFormat === undefined ? {} : { responseFormat }),
		...(Object.keys(providerOptions).length === 0 ? {} : { providerOptions }),
	};
}

function supported(settings: Settings, quirks: Quirks, warnings: Warnings): Settings {
	const refused = new Set<string>(quirks.unsupported ?? []);
	const entries = Object.entries(settings).filter(([name, value]) => {
		if (value === undefined || !refused.has(name)) return true;
		warnings.add("unsupported-setting", `settings.${name}`, `The provider has no setting "${name}"; it was left out`);
		return false;
	});
	return Object.fromEntries(entries);
}

const levels: ReadonlySet<string> = new Set(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);

/** Levels are for every model; a budget of tokens is sent to the vendors that count in them, and as a level to the others. */
function encodeReasoning({ effort, budgetTokens, mode }: ReasoningSettings, warnings: Warnings): { readonly level?: string; readonly vendors: JsonObject } {
	if (effort !== undefined && !levels.has(effort)) {
		warnings.add("unsupported-setting", "settings.reasoning", `The AI SDK has no reasoning effort "${effort.slice(0, 100)}"; the setting was dropped`);
	}
	// Several models refuse the level `none`, and those that do not reason need no word.
	if (mode === "disabled") return { vendors: { anthropic: { thinking: { type: "disabled" } } } };
	const level = effort !== undefined && levels.has(effort) ? effort : budgetTokens === undefined ? undefined : levelOf(budgetTokens);
	const vendors: JsonObject =
		budgetTokens === undefined
			? { anthropic: mode === "adaptive" ? { thinking: { type: "adaptive" } } : {} }
			: {
					anthropic: { thinking: { type: "enabled", budgetTokens } },
					bedrock: { reasoningConfig: { type: "enabled", budgetTokens } },
					google: { thinkingConfig: { thinkingBudget: budgetTokens, includeThoughts: true } },
				};
	return { ...(level === undefined ? {} : { level }), vendors };
}

function levelOf(budgetTokens: number): string {
	return budgetTokens <= 4096 ? "low" : budgetTokens <= 16_384 ? "medium" : "high";
}

/** The AI SDK asks OpenAI for strict schemas by itself, which refuses most schemas that were not written for it. */
function encodeOutput(output: OutputFormat | undefined): JsonObject | undefined {
	if (output === undefined || output.type === "text") return undefined;
	if (output.type === "json") return { type: "json" };
	const { schema, name, description } = output;
	return { type: "json", schema, ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
}
