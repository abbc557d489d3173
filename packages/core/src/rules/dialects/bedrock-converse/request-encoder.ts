import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Prompt, ReasoningSettings, Settings } from "../../../contract/prompt.ts";
import { encodeReasoning as encodeClaudeReasoning } from "../anthropic-messages/reasoning-encoder.ts";
import { thinkingOf } from "../anthropic-messages/model-traits.ts";
import type { EncodedRequest, EncodeRequestOptions, Quirks } from "../dialect.ts";
import { asObject } from "../json-fields.ts";
import { createWarnings, type Warnings } from "../warnings.ts";
import { encodeMessages } from "./message-encoder.ts";
import { encodeTools } from "./tools-encoder.ts";

/** Model ids are also ARNs, and stand behind a region's prefix (`eu.anthropic.claude-...`). */
export function path({ model, stream }: EncodeRequestOptions): string {
	return `/model/${encodeURIComponent(model)}/converse${stream ? "-stream" : ""}`;
}

export function encodeRequest(prompt: Prompt, { model, quirks }: EncodeRequestOptions): EncodedRequest {
	const warnings = createWarnings();
	const settings = supported(prompt.settings, quirks, warnings);
	const isClaude = /claude/i.test(model);
	const extras = encodeExtras(prompt, warnings);
	const reasoning = encodeReasoning(settings, model, isClaude, warnings);
	const inference = encodeInference(settings, model, reasoning, isClaude, warnings);
	const toolConfig = encodeTools(prompt, reasoning.isOn, warnings);
	const outputConfig = encodeOutput(prompt.output, quirks, warnings);
	const modelFields = {
		...asObject(quirks.requestFields?.["additionalModelRequestFields"]),
		...asObject(extras["additionalModelRequestFields"]),
		...reasoning.fields,
		...inference.fields,
	};
	return {
		body: {
			...quirks.requestFields,
			// Claude tells the stop sequence that was met, where it is asked for.
			...(isClaude && settings.stopSequences !== undefined ? { additionalModelResponseFieldPaths: ["/stop_sequence"] } : {}),
			...extras,
			...encodeMessages(prompt.messages, warnings),
			...(Object.keys(inference.config).length === 0 ? {} : { inferenceConfig: inference.config }),
			...(toolConfig === undefined ? {} : { toolConfig }),
			...(outputConfig === undefined ? {} : { outputConfig }),
			...(Object.keys(modelFields).length === 0 ? {} : { additionalModelRequestFields: modelFields }),
		},
		warnings: warnings.list,
	};
}

function encodeExtras({ extras }: Prompt, warnings: Warnings): JsonObject {
	if (extras === undefined || extras.dialect === "bedrock-converse") return extras?.fields ?? {};
	for (const name of Object.keys(extras.fields)) warnings.add("unsupported-setting", name, `Bedrock has no field "${name}"; it was left out`);
	return {};
}

const unsayable = ["seed", "presencePenalty", "frequencyPenalty", "user"] as const;

function supported(settings: Settings, quirks: Quirks, warnings: Warnings): Settings {
	const refused = new Set<string>([...unsayable, ...(quirks.unsupported ?? [])]);
	const entries = Object.entries(settings).filter(([name, value]) => {
		if (value === undefined || !refused.has(name)) return true;
		warnings.add("unsupported-setting", `settings.${name}`, `The provider has no setting "${name}"; it was left out`);
		return false;
	});
	return Object.fromEntries(entries);
}

interface Reasoning {
	/** For `additionalModelRequestFields`: every family of models has its own. */
	readonly fields: JsonObject;
	readonly isOn: boolean;
}

/** Where no limit was given Bedrock takes the model's own: this much is then left for the answer behind the thoughts. */
const defaultClaudeLimit = 4096;

function encodeReasoning(settings: Settings, model: string, isClaude: boolean, warnings: Warnings): Reasoning {
	const { reasoning } = settings;
	if (reasoning === undefined) return { fields: {}, isOn: false };
	if (!isClaude) return encodeEffort(reasoning, model, warnings);
	const { thinking, effort, isOn } = encodeClaudeReasoning(reasoning, model, claudeLimit(settings), warnings);
	return {
		fields: { ...(thinking === undefined ? {} : { thinking }), ...(effort === undefined ? {} : { output_config: { effort } }) },
		isOn,
	};
}

function claudeLimit({ maxOutputTokens, reasoning }: Settings): number {
	return maxOutputTokens ?? defaultClaudeLimit + (reasoning?.budgetTokens ?? 0);
}

/** OpenAI's open models take their effort under OpenAI's name. */
function encodeEffort({ effort }: ReasoningSettings, model: string, warnings: Warnings): Reasoning {
	if (/openai\.gpt-oss/i.test(model) && effort !== undefined && effort !== "none") return { fields: { reasoning_effort: effort }, isOn: false };
	if (effort !== "none") warnings.add("unsupported-setting", "settings.reasoning", "Bedrock has no word for this model's reasoning; the setting was dropped");
	return { fields: {}, isOn: false };
}

const copied = [
	["temperature", "temperature"],
	["topP", "topP"],
	["topK", "top_k"],
] as const;

/** Claude takes no sampling settings while it thinks, and the newest models never. */
function encodeInference(settings: Settings, model: string, reasoning: Reasoning, isClaude: boolean, warnings: Warnings): { config: JsonObject; fields: JsonObject } {
	const isFixed = isClaude && (reasoning.isOn || thinkingOf(model) === "adaptive");
	const config: [string, number | readonly string[]][] = [];
	const fields: [string, number][] = [];
	// A budget of thoughts counts towards the limit, and must be less than it.
	const hasBudget = asObject(reasoning.fields["thinking"])?.["budget_tokens"] !== undefined;
	const limit = settings.maxOutputTokens ?? (hasBudget ? claudeLimit(settings) : undefined);
	if (limit !== undefined) config.push(["maxTokens", limit]);
	for (const [name, wire] of copied) {
		const value = settings[name];
		if (value === undefined) continue;
		if (isFixed || (name === "topK" && !isClaude)) {
			warnings.add("unsupported-setting", `settings.${name}`, `The model takes no "${name}" here; it was left out`);
		} else if (name === "topK") fields.push([wire, value]);
		else if (value > 1) {
			warnings.add("changed-setting", `settings.${name}`, `Bedrock's ${name} ends at 1; it was lowered to 1`);
			config.push([wire, 1]);
		} else config.push([wire, value]);
	}
	if (settings.stopSequences !== undefined && settings.stopSequences.length > 0) config.push(["stopSequences", settings.stopSequences]);
	return { config: Object.fromEntries(config), fields: Object.fromEntries(fields) };
}

function encodeOutput(output: OutputFormat | undefined, quirks: Quirks, warnings: Warnings): JsonObject | undefined {
	if (output === undefined || output.type === "text") return undefined;
	if (output.type === "json-schema" && quirks.structuredOutput === "json-schema") {
		const { schema, name, description } = output;
		const jsonSchema = { schema: JSON.stringify(schema), ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
		return { textFormat: { type: "json_schema", structure: { jsonSchema } } };
	}
	warnings.add("unsupported-setting", "output", "Not every model of Bedrock has structured output; the format was not sent");
	return undefined;
}
