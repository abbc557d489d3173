import { withoutCredentials } from "./credential.ts";
import { type OpenAiApi, openaiCompatible } from "./openai-compatible.ts";
import type { Provider } from "./provider.ts";

export interface OpenAiOptions {
	readonly apiKey?: string | undefined;
	/** Customarily with `/v1`; an address without a path gets it. Default `https://api.openai.com/v1`. */
	readonly baseUrl?: string;
	/** Sent as `openai-organization`. */
	readonly organization?: string;
	/** Sent as `openai-project`. */
	readonly project?: string;
	/** Sent with every request; a header of the same name as ours wins. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Models to list and to find by their bare name; the first becomes the default. Any other passes through by `openai/...`. */
	readonly models?: readonly string[];
	/** Which API is asked. Default `chat`; `responses` carries the state of a model's reasoning from turn to turn. */
	readonly api?: OpenAiApi;
}

/**
 * OpenAI's API. Without a key it is there and answers 503 with the remedy.
 * @throws {ConfigurationError} for a bad address or header.
 */
export function openai(options: OpenAiOptions = {}): Provider {
	const provider = openaiCompatible({
		preset: "openai",
		apiKey: options.apiKey,
		...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
		...(options.models === undefined ? {} : { models: options.models }),
		...(options.api === undefined ? {} : { api: options.api }),
		headers: {
			...(options.organization === undefined ? {} : { "openai-organization": options.organization }),
			...(options.project === undefined ? {} : { "openai-project": options.project }),
			...options.headers,
		},
	});
	// Another account's key is refused beside this one's organisation and project.
	const { organization: _, project: __, ...rest } = options;
	return { ...provider, withApiKey: (apiKey) => openai({ ...rest, apiKey, headers: withoutCredentials(options.headers) }) };
}
