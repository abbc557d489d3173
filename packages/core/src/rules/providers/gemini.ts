import { normalizeBaseUrl } from "./base-url.ts";
import { cleanKey, credentialProblem, withoutCredentials } from "./credential.ts";
import { checkHeaders, secretsOf } from "./headers.ts";
import { presets } from "./presets/index.ts";
import type { Provider } from "./provider.ts";

export interface GeminiOptions {
	readonly apiKey?: string | undefined;
	/** Customarily without `/v1beta`, which is added; one that ends in a version is taken as it is. Default `https://generativelanguage.googleapis.com`. */
	readonly baseUrl?: string;
	/** Sent with every request; a header of the same name as ours wins. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Models to list and to find by their bare name; the first becomes the default. Any other passes through by `gemini/...`. */
	readonly models?: readonly string[];
}

/**
 * Google's Gemini API. Without a key it is there and answers 503 with the remedy.
 * @throws {ConfigurationError} for a bad address or header.
 */
export function gemini(options: GeminiOptions = {}): Provider {
	const preset = presets.gemini;
	const key = cleanKey(options.apiKey);
	const more = checkHeaders(options.headers ?? {});
	const unavailable = credentialProblem("gemini", preset, key, more);
	const headers = {
		"content-type": "application/json",
		// Never in the query, where it would stand in logs.
		...(key === undefined || unavailable !== undefined ? {} : { "x-goog-api-key": key }),
		...more,
	};
	return {
		dialect: preset.dialect,
		baseUrl: normalizeBaseUrl(options.baseUrl ?? preset.baseUrl, "baseUrl", "when-missing", "/v1beta"),
		headers,
		quirks: preset.quirks,
		secrets: secretsOf(headers),
		withApiKey: (apiKey) => gemini({ ...options, apiKey, headers: withoutCredentials(options.headers) }),
		models: options.models ?? preset.models,
		modelPrefixes: preset.modelPrefixes,
		defaultModel: options.models?.[0] ?? preset.defaultModel,
		...(unavailable === undefined ? {} : { unavailable }),
	};
}
