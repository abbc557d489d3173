import { normalizeBaseUrl } from "./base-url.ts";
import { cleanKey, credentialProblem, withoutCredentials } from "./credential.ts";
import { checkHeaders, secretsOf } from "./headers.ts";
import { presets } from "./presets/index.ts";
import type { Provider } from "./provider.ts";

export interface AnthropicOptions {
	readonly apiKey?: string | undefined;
	/** Customarily without `/v1`, which is added; one that has it is taken as it is. Default `https://api.anthropic.com`. */
	readonly baseUrl?: string;
	/** Sent as `anthropic-version`. Default `2023-06-01`. */
	readonly version?: string;
	/** Sent as `anthropic-beta` with every request. */
	readonly beta?: readonly string[];
	/** Sent with every request; a header of the same name as ours wins. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Models to list and to find by their bare name; the first becomes the default. Any other passes through by `anthropic/...`. */
	readonly models?: readonly string[];
}

/**
 * Anthropic's API. Without a key it is there and answers 503 with the remedy.
 * @throws {ConfigurationError} for a bad address or header.
 */
export function anthropic(options: AnthropicOptions = {}): Provider {
	const preset = presets.anthropic;
	const key = cleanKey(options.apiKey);
	const more = checkHeaders(options.headers ?? {});
	const unavailable = credentialProblem("anthropic", preset, key, more);
	const headers = {
		"content-type": "application/json",
		...(key === undefined || unavailable !== undefined ? {} : { "x-api-key": key }),
		...checkHeaders({
			"anthropic-version": options.version ?? "2023-06-01",
			...(options.beta === undefined || options.beta.length === 0 ? {} : { "anthropic-beta": options.beta.join(",") }),
		}),
		...more,
	};
	return {
		dialect: preset.dialect,
		baseUrl: normalizeBaseUrl(options.baseUrl ?? preset.baseUrl, "baseUrl", "when-missing"),
		headers,
		quirks: preset.quirks,
		secrets: secretsOf(headers),
		withApiKey: (apiKey) => anthropic({ ...options, apiKey, headers: withoutCredentials(options.headers) }),
		models: options.models ?? preset.models,
		modelPrefixes: preset.modelPrefixes,
		defaultModel: options.models?.[0] ?? preset.defaultModel,
		...(unavailable === undefined ? {} : { unavailable }),
	};
}
