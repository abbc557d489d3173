import type { JsonObject } from "../../contract/json.ts";
import type { Quirks } from "../../rules/dialects/dialect.ts";
import { ConfigurationError } from "../../rules/providers/configuration-error.ts";
import { checkHeaders, secretsOf } from "../../rules/providers/headers.ts";
import type { Provider } from "../../rules/providers/provider.ts";
import { type AiSdkModel, type AiSdkProvider, specificationVersions, versionOf } from "./model.ts";
import { modelSend } from "./model-send.ts";

export interface AiSdkOptions {
	/**
	 * Model ids to list; the first becomes the default. Any other id passes through to a provider by `name/id`. A single model is
	 * known by these names only; default its own id.
	 */
	readonly models?: readonly string[];
	/** The AI SDK's options by vendor that every request carries; they win over those made of the caller's settings. */
	readonly providerOptions?: Readonly<Record<string, JsonObject>>;
	/** Given to the model with every request. */
	readonly headers?: Readonly<Record<string, string>>;
	/** `structuredOutput: "json-object"` or `"none"` for a model that takes no JSON schema: the schema is put into the prompt then. */
	readonly quirks?: Quirks;
}

/**
 * Any language model of the Vercel AI SDK as a provider: one model, or all models of one of its providers. The model keeps its own
 * key, address and middleware; retries, fallbacks and clocks are the gateway's.
 * @throws {ConfigurationError} for what is no model of version 2, 3 or 4 of the specification, and for a bad header.
 */
export function fromAiSdk(source: AiSdkModel | AiSdkProvider, options: AiSdkOptions = {}): Provider {
	const model = isModel(source) ? checked(source) : undefined;
	const models = options.models ?? (model === undefined ? [] : [model.modelId]);
	const headers = checkHeaders(options.headers ?? {});
	const [defaultModel] = models;
	return {
		dialect: "ai-sdk",
		baseUrl: "http://ai-sdk.invalid",
		headers,
		quirks: {
			...(model === undefined || knowsSchemas(model) ? {} : { structuredOutput: "json-object" }),
			...(options.providerOptions === undefined ? {} : { requestFields: { providerOptions: options.providerOptions } }),
			...options.quirks,
		},
		secrets: secretsOf(headers),
		models,
		modelPrefixes: [],
		...(defaultModel === undefined ? {} : { defaultModel }),
		send: modelSend(isModel(source) ? only(source, models) : maker(source)),
	};
}

function isModel(source: AiSdkModel | AiSdkProvider): source is AiSdkModel {
	return "doGenerate" in source && "doStream" in source;
}

function checked(model: AiSdkModel): AiSdkModel {
	if (versionOf(model) !== undefined) return model;
	throw new ConfigurationError(`model must be an AI SDK language model of specification ${specificationVersions.join(", ")}; got ${String(model.specificationVersion).slice(0, 20)}`);
}

/** OpenAI-compatible models tell it, and would otherwise leave the schema out. */
function knowsSchemas(model: AiSdkModel): boolean {
	return Reflect.get(model, "supportsStructuredOutputs") !== false;
}

function only(model: AiSdkModel, names: readonly string[]): (modelId: string) => AiSdkModel {
	return (modelId) => {
		if (names.includes(modelId)) return model;
		throw Object.assign(new Error(`The provider has no model "${modelId}"`), { name: "AI_NoSuchModelError" });
	};
}

function maker(source: AiSdkProvider): (modelId: string) => AiSdkModel {
	if (typeof source === "function") return (modelId) => checked(source(modelId));
	if (typeof source.languageModel === "function") return (modelId) => checked(source.languageModel(modelId));
	throw new ConfigurationError("model must be an AI SDK language model, or a provider of them");
}
