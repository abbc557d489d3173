import type { Issue } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Prompt, Settings } from "../../../contract/prompt.ts";
import type { GenerateContentRequest } from "../../../contract/wire/gemini.ts";
import type { CallerRequest, Decoded, RequestAddress } from "../dialect.ts";
import { asArray, asObject, asText, isShallow, restOf } from "../json-fields.ts";
import { decodeContents, decodeSystem } from "./content-decoder.ts";
import { decodeReasoning } from "./reasoning.ts";
import { callingFields, canonicalFields, generationFields, toolConfigFields } from "./request-fields.ts";
import { decodeSchema } from "./schema-decoder.ts";
import { decodeToolChoice, decodeTools } from "./tools-decoder.ts";

/** The deepest that schemas and arguments may nest: beyond it they could be read but not written again. */
const maxDepth = 200;

/** Reads what the schema has checked; issues are what it cannot say. */
export function decodeRequest(checked: GenerateContentRequest, address: RequestAddress = { model: "", stream: false }): Decoded<CallerRequest, readonly Issue[]> {
	// The body came as JSON and has passed the schema, whose loose objects know their other fields as `unknown` only.
	const body = checked as JsonObject;
	const issues: Issue[] = [];
	if (!isShallow(body, maxDepth)) return { ok: false, problem: [{ path: "", message: `must not nest deeper than ${maxDepth} levels` }] };
	const generation = asObject(body.generationConfig) ?? {};
	const toolConfig = asObject(body.toolConfig) ?? {};
	const calling = asObject(toolConfig.functionCallingConfig);
	if (typeof generation.candidateCount === "number" && generation.candidateCount > 1) {
		issues.push({ path: "generationConfig.candidateCount", message: "must be 1: ask once for each answer" });
	}
	const tools = decodeTools(body.tools);
	const toolChoice = decodeToolChoice(calling, tools, issues);
	const output = decodeOutput(generation);
	const fields = decodeExtras(body, generation, toolConfig, output);
	const prompt: Prompt = {
		messages: [...decodeSystem(body.systemInstruction), ...decodeContents(body.contents, issues)],
		...(tools.length === 0 ? {} : { tools }),
		...(toolChoice === undefined ? {} : { toolChoice }),
		...(output === undefined ? {} : { output }),
		settings: decodeSettings(generation),
		...(Object.keys(fields).length === 0 ? {} : { extras: { dialect: "gemini", fields } }),
	};
	if (issues.length > 0) return { ok: false, problem: issues };
	return { ok: true, value: { ...address, prompt } };
}

function decodeOutput(generation: JsonObject): OutputFormat | undefined {
	const type = asText(generation.responseMimeType);
	if (type === "text/plain") return { type: "text" };
	if (type !== "application/json") return undefined;
	const subset = asObject(generation.responseSchema);
	const schema = asObject(generation.responseJsonSchema) ?? (subset === undefined ? undefined : decodeSchema(subset));
	return schema === undefined ? { type: "json" } : { type: "json-schema", schema };
}

const numbers = ["temperature", "topP", "topK", "maxOutputTokens", "seed", "presencePenalty", "frequencyPenalty"] as const;

function decodeSettings(generation: JsonObject): Settings {
	const told = numbers.flatMap((name) => (typeof generation[name] === "number" ? [[name, generation[name]] as const] : []));
	const stopSequences = asArray(generation.stopSequences)?.filter((sequence) => typeof sequence === "string");
	const thinking = asObject(generation.thinkingConfig);
	return {
		...Object.fromEntries(told),
		...(stopSequences === undefined || stopSequences.length === 0 ? {} : { stopSequences }),
		...(thinking === undefined ? {} : { reasoning: decodeReasoning(thinking) }),
	};
}

/** Unknown fields, those inside `generationConfig` and `toolConfig` too, and an output of a kind that has no canonical form. */
function decodeExtras(body: JsonObject, generation: JsonObject, toolConfig: JsonObject, output: OutputFormat | undefined): JsonObject {
	const { responseMimeType, responseSchema } = generation;
	const format = output === undefined && asText(responseMimeType) !== undefined ? { responseMimeType, ...(responseSchema ? { responseSchema } : {}) } : undefined;
	const generationRest = restOf(generation, generationFields);
	const calling = restOf(asObject(toolConfig.functionCallingConfig) ?? {}, callingFields);
	const toolRest = restOf(toolConfig, toolConfigFields);
	return {
		...restOf(body, canonicalFields),
		...(generationRest === undefined && format === undefined ? {} : { generationConfig: { ...generationRest, ...format } }),
		...(calling === undefined && toolRest === undefined
			? {}
			: { toolConfig: { ...toolRest, ...(calling === undefined ? {} : { functionCallingConfig: calling }) } }),
	};
}
