import type { Quirks } from "../dialects/dialect.ts";
import { normalizeBaseUrl } from "./base-url.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { cleanKey, credentialProblem, withoutCredentials } from "./credential.ts";
import { checkHeaders, secretsOf } from "./headers.ts";
import type { Preset } from "./preset.ts";
import { type PresetName, presets } from "./presets/index.ts";
import type { Provider } from "./provider.ts";

export interface OpenAiCompatibleOptions {
	/** With or without `/v1`. May be left out with a preset. */
	readonly baseUrl?: string;
	/** Without one nothing is sent as authorization. */
	readonly apiKey?: string | undefined;
	/** A vendor's known address, habits and models. */
	readonly preset?: OpenAiCompatiblePreset;
	/** Sent with every request; a header of the same name as ours wins. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Models to list and to find by their bare name; the first becomes the default. */
	readonly models?: readonly string[];
	/** Merged over the preset's, field by field. */
	readonly quirks?: Quirks;
	/** Which of OpenAI's APIs it is asked by. Default `chat`, which every server has; `responses` carries more of a model's reasoning. */
	readonly api?: OpenAiApi;
}
export type OpenAiApi = "chat" | "responses";
export type OpenAiCompatiblePreset = Exclude<PresetName, "anthropic" | "gemini">;

/** What a server of unknown make can be trusted with. */
const unknownServer: Omit<Preset, "baseUrl"> = {
	dialect: "openai-chat",
	keyVariable: "",
	needsKey: false,
	quirks: { maxTokensField: "max_tokens", developerRole: false },
	modelPrefixes: [],
	models: [],
};

/**
 * Any server with OpenAI's chat completions or responses: a vendor by its preset, or an address of your own.
 * @throws {ConfigurationError} for a bad address or header, and where there is neither address nor preset.
 */
export function openaiCompatible(options: OpenAiCompatibleOptions): Provider {
	const preset: Omit<Preset, "baseUrl"> & { readonly baseUrl?: string } =
		options.preset === undefined ? unknownServer : presets[options.preset];
	const address = options.baseUrl ?? preset.baseUrl;
	if (address === undefined) throw new ConfigurationError("baseUrl is missing: pass baseUrl or preset");
	const key = cleanKey(options.apiKey);
	const more = checkHeaders(options.headers ?? {});
	const unavailable = credentialProblem(options.preset ?? "openaiCompatible", preset, key, more);
	const headers = {
		"content-type": "application/json",
		...(key === undefined || unavailable !== undefined ? {} : { authorization: `Bearer ${key}` }),
		...more,
	};
	const defaultModel = options.models?.[0] ?? preset.defaultModel;
	return {
		dialect: options.api === "responses" ? "openai-responses" : preset.dialect,
		baseUrl: normalizeBaseUrl(address, "baseUrl", "when-bare"),
		headers,
		quirks: { ...preset.quirks, ...options.quirks },
		secrets: secretsOf(headers),
		withApiKey: (apiKey) => openaiCompatible({ ...options, apiKey, headers: withoutCredentials(options.headers) }),
		models: options.models ?? preset.models,
		modelPrefixes: preset.modelPrefixes,
		...(defaultModel === undefined ? {} : { defaultModel }),
		...(unavailable === undefined ? {} : { unavailable }),
	};
}
