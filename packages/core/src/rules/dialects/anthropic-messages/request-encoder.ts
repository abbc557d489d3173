import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Prompt, Settings } from "../../../contract/prompt.ts";
import type { EncodedRequest, EncodeRequestOptions, Quirks } from "../dialect.ts";
import { asObject } from "../json-fields.ts";
import { encodeMessages } from "./message-encoder.ts";
import { thinkingOf } from "./model-traits.ts";
import { type EncodedReasoning, encodeReasoning } from "./reasoning-encoder.ts";
import { canonicalFields } from "./request-fields.ts";
import { encodeTools } from "./tools-encoder.ts";
import { createWarnings, type Warnings } from "../warnings.ts";

const defaultMaxOutputTokens = 4096;

export function encodeRequest(prompt: Prompt, options: EncodeRequestOptions): EncodedRequest {
	const warnings = createWarnings();
	const settings = supportedSettings(prompt.settings, options.quirks, warnings);
	const maxTokens = outputLimit(settings, options.quirks, warnings);
	const { reasoning, body } = encodeShared(prompt, settings, options, maxTokens, warnings);
	return {
		body: {
			...body,
			max_tokens: maxTokens,
			...(options.stream ? { stream: true } : {}),
			...(settings.stopSequences === undefined ? {} : { stop_sequences: settings.stopSequences }),
			...encodeSampling(settings, options.model, reasoning.isOn, warnings),
			...encodeUser(prompt, settings),
		},
		warnings: warnings.list,
		...encodeHeaders(prompt),
	};
}

/** A count is asked with the same fields, less what concerns the answer alone. */
export function encodeCountRequest(prompt: Prompt, options: EncodeRequestOptions): EncodedRequest {
	const warnings = createWarnings();
	const settings = supportedSettings(prompt.settings, options.quirks, warnings);
	const { body } = encodeShared(prompt, settings, options, Number.MAX_SAFE_INTEGER, warnings);
	const counted = Object.entries(body).filter(([name]) => countedFields.has(name));
	return { body: Object.fromEntries(counted), warnings: warnings.list, ...encodeHeaders(prompt) };
}

const countedFields: ReadonlySet<string> = new Set([
	"model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control", "context_management", "mcp_servers",
]);

function encodeShared(
	prompt: Prompt,
	settings: Settings,
	options: EncodeRequestOptions,
	maxTokens: number,
	warnings: Warnings,
): { readonly reasoning: EncodedReasoning; readonly body: JsonObject } {
	const reasoning = encodeReasoning(settings.reasoning, options.model, maxTokens, warnings);
	const outputConfig = encodeOutputConfig(prompt, reasoning, options.quirks, warnings);
	return {
		reasoning,
		body: {
			...encodeExtras(prompt, warnings),
			model: options.model,
			...encodeMessages(prompt.messages, warnings),
			...encodeTools(prompt, reasoning.isOn, warnings),
			...(reasoning.thinking === undefined ? {} : { thinking: reasoning.thinking }),
			...(outputConfig === undefined ? {} : { output_config: outputConfig }),
		},
	};
}

function encodeHeaders({ extras }: Prompt): Pick<EncodedRequest, "headers"> {
	return extras?.dialect === "anthropic-messages" && extras.headers !== undefined ? { headers: extras.headers } : {};
}

/** Fields of the caller's request that have no canonical form; they never take the place of one that has. */
function encodeExtras(prompt: Prompt, warnings: Warnings): JsonObject {
	const fields = Object.entries(prompt.extras?.fields ?? {});
	if (prompt.extras?.dialect === "anthropic-messages") {
		return Object.fromEntries(fields.filter(([name]) => !canonicalFields.has(name)));
	}
	for (const [name] of fields) {
		warnings.add("unsupported-setting", name, `Anthropic has no field "${name}"; it was left out`);
	}
	return {};
}

function ownExtra(prompt: Prompt, name: "output_config" | "metadata"): JsonObject | undefined {
	return prompt.extras?.dialect === "anthropic-messages" ? asObject(prompt.extras.fields[name]) : undefined;
}

function encodeUser(prompt: Prompt, settings: Settings): JsonObject {
	const own = ownExtra(prompt, "metadata");
	if (settings.user === undefined && own === undefined) return {};
	return { metadata: { ...own, ...(settings.user === undefined ? {} : { user_id: settings.user }) } };
}

function outputLimit(settings: Settings, quirks: Quirks, warnings: Warnings): number {
	if (settings.maxOutputTokens !== undefined) return settings.maxOutputTokens;
	const limit = quirks.defaultMaxOutputTokens ?? defaultMaxOutputTokens;
	warnings.add("changed-setting", "settings.maxOutputTokens", `Anthropic demands an output limit; ${limit} tokens were set`);
	return limit;
}

/** Settings that this dialect has no field for, and those that the vendor is known to refuse. */
function supportedSettings(settings: Settings, quirks: Quirks, warnings: Warnings): Settings {
	const refused = new Set([...unsayable, ...(quirks.unsupported ?? [])]);
	const entries = Object.entries(settings).filter(([name, value]) => {
		if (value === undefined || !refused.has(name)) return true;
		warnings.add("unsupported-setting", `settings.${name}`, `The provider has no setting "${name}"; it was left out`);
		return false;
	});
	return Object.fromEntries(entries);
}
const unsayable = ["seed", "presencePenalty", "frequencyPenalty"] as const;

const samplingFields = [
	["temperature", "temperature"],
	["topP", "top_p"],
	["topK", "top_k"],
] as const;

/** Models that think fix their sampling themselves, and the newest models always do: both refuse these settings. */
function encodeSampling(settings: Settings, model: string, isThinking: boolean, warnings: Warnings): JsonObject {
	const isFixed = thinkingOf(model) === "adaptive";
	const entries: [string, number][] = [];
	for (const [name, wire] of samplingFields) {
		const value = settings[name];
		if (value === undefined) continue;
		const isDefault = name === "temperature" && value === 1;
		if (isFixed || (isThinking && !isDefault && !(name === "topP" && value >= 0.95))) {
			const reason = isFixed ? "This model takes" : "While it reasons, the model takes";
			warnings.add("unsupported-setting", `settings.${name}`, `${reason} no "${name}"; it was left out`);
		} else if (name === "temperature" && value > 1) {
			warnings.add("changed-setting", "settings.temperature", "Anthropic's temperature ends at 1; it was lowered to 1");
			entries.push([wire, 1]);
		} else entries.push([wire, value]);
	}
	return Object.fromEntries(entries);
}

function encodeOutputConfig(prompt: Prompt, reasoning: EncodedReasoning, quirks: Quirks, warnings: Warnings): JsonObject | undefined {
	const own = ownExtra(prompt, "output_config");
	const format = encodeFormat(prompt.output, quirks, warnings);
	if (own === undefined && format === undefined && reasoning.effort === undefined) return undefined;
	return {
		...own,
		...(reasoning.effort === undefined ? {} : { effort: reasoning.effort }),
		...(format === undefined ? {} : { format }),
	};
}

function encodeFormat(output: OutputFormat | undefined, quirks: Quirks, warnings: Warnings): JsonObject | undefined {
	if (output === undefined || output.type === "text") return undefined;
	if (output.type === "json-schema" && (quirks.structuredOutput ?? "json-schema") === "json-schema") {
		return { type: "json_schema", schema: output.schema };
	}
	const message =
		output.type === "json" ? "Anthropic has no JSON mode without a schema" : "The provider has no structured output of its own";
	warnings.add("unsupported-setting", "output", `${message}; the format was not sent`);
	return undefined;
}
