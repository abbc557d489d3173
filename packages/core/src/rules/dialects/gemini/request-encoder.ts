import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Prompt, Settings } from "../../../contract/prompt.ts";
import type { EncodedRequest, EncodeRequestOptions, Quirks } from "../dialect.ts";
import { asObject, restOf } from "../json-fields.ts";
import { createWarnings, type Warnings } from "../warnings.ts";
import { resourceName } from "./address.ts";
import { encodeContents } from "./content-encoder.ts";
import { encodeReasoning } from "./reasoning.ts";
import { callingFields, canonicalFields, generationFields, toolConfigFields } from "./request-fields.ts";
import { encodeSchema } from "./schema-encoder.ts";
import { encodeTools, warnDropped } from "./tools-encoder.ts";

export function encodeRequest(prompt: Prompt, options: EncodeRequestOptions): EncodedRequest {
	const warnings = createWarnings();
	const extras = encodeExtras(prompt, warnings);
	const { tools, functionCallingConfig } = encodeTools(prompt, warnings);
	const toolConfig = encodeToolConfig(asObject(extras.toolConfig) ?? {}, functionCallingConfig);
	const generationConfig = {
		...withoutCanonical(asObject(extras.generationConfig), prompt.output),
		...encodeSettings(prompt.settings, options, warnings),
		...encodeOutput(prompt.output, options.quirks, warnings),
	};
	return {
		body: {
			...restOf(extras, canonicalFields),
			...encodeContents(prompt.messages, options, warnings),
			...(tools === undefined ? {} : { tools }),
			...(toolConfig === undefined ? {} : { toolConfig }),
			...(Object.keys(generationConfig).length === 0 ? {} : { generationConfig }),
		},
		warnings: warnings.list,
	};
}

/** A count is asked with the whole request in it, so that tools and instructions count too. */
export function encodeCountRequest(prompt: Prompt, options: EncodeRequestOptions): EncodedRequest {
	const { body, warnings } = encodeRequest(prompt, options);
	return { body: { generateContentRequest: { model: resourceName(options.model), ...body } }, warnings };
}

/** Fields of the caller's request that have no canonical form. */
function encodeExtras({ extras }: Prompt, warnings: Warnings): JsonObject {
	if (extras === undefined || extras.dialect === "gemini") return extras?.fields ?? {};
	for (const name of Object.keys(extras.fields)) warnings.add("unsupported-setting", name, `Gemini has no field "${name}"; it was left out`);
	return {};
}

/** Extras never take the place of what has a canonical form; an output format of another kind is none that has. */
function withoutCanonical(fields: JsonObject | undefined, output: OutputFormat | undefined): JsonObject {
	if (fields === undefined) return {};
	const { responseMimeType, responseSchema } = fields;
	const format = output === undefined && responseMimeType !== undefined ? { responseMimeType, ...(responseSchema === undefined ? {} : { responseSchema }) } : {};
	return { ...restOf(fields, generationFields), ...format };
}

function encodeToolConfig(extras: JsonObject, choice: JsonObject | undefined): JsonObject | undefined {
	const calling = { ...restOf(asObject(extras.functionCallingConfig) ?? {}, callingFields), ...choice };
	const config = { ...restOf(extras, toolConfigFields), ...(Object.keys(calling).length === 0 ? {} : { functionCallingConfig: calling }) };
	return Object.keys(config).length === 0 ? undefined : config;
}

const maxStopSequences = 5;
const copied = ["maxOutputTokens", "temperature", "topP", "topK", "seed", "presencePenalty", "frequencyPenalty"] as const;

function encodeSettings(settings: Settings, { model, quirks }: EncodeRequestOptions, warnings: Warnings): JsonObject {
	const refused = new Set<string>(["user", ...(quirks.unsupported ?? [])]);
	const kept = (name: keyof Settings): boolean => {
		if (settings[name] === undefined) return false;
		if (!refused.has(name)) return true;
		warnings.add("unsupported-setting", `settings.${name}`, `The provider has no setting "${name}"; it was left out`);
		return false;
	};
	kept("user");
	const { stopSequences = [], reasoning } = settings;
	if (stopSequences.length > maxStopSequences) {
		warnings.add("changed-setting", "settings.stopSequences", `Gemini takes ${maxStopSequences} stop sequences; the others were left out`);
	}
	const thinkingConfig = kept("reasoning") && reasoning !== undefined ? encodeReasoning(reasoning, model, warnings) : undefined;
	return {
		...Object.fromEntries(copied.filter(kept).map((name) => [name, settings[name]])),
		...(kept("stopSequences") && stopSequences.length > 0 ? { stopSequences: stopSequences.slice(0, maxStopSequences) } : {}),
		...(thinkingConfig === undefined ? {} : { thinkingConfig }),
	};
}

function encodeOutput(output: OutputFormat | undefined, quirks: Quirks, warnings: Warnings): JsonObject {
	switch (output?.type) {
		case undefined:
			return {};
		case "text":
			return { responseMimeType: "text/plain" };
		case "json":
			return { responseMimeType: "application/json" };
		case "json-schema": {
			if ((quirks.structuredOutput ?? "json-schema") !== "json-schema") return { responseMimeType: "application/json" };
			const { schema, dropped } = encodeSchema(output.schema);
			warnDropped(dropped, "output", warnings);
			return { responseMimeType: "application/json", responseJsonSchema: schema };
		}
		default:
			return output satisfies never;
	}
}
