import { normalizeBaseUrl } from "./base-url.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { cleanKey, credentialProblem, withoutCredentials } from "./credential.ts";
import { checkHeaders, secretsOf } from "./headers.ts";
import type { OpenAiApi } from "./openai-compatible.ts";
import type { Provider } from "./provider.ts";

export interface AzureOpenAiOptions {
	/** The resource's name: `acme` stands for `https://acme.openai.azure.com`. Either this or `baseUrl`. */
	readonly resource?: string | undefined;
	/** The resource's address, with or without `/openai` and `/openai/v1` behind it. */
	readonly baseUrl?: string | undefined;
	readonly apiKey?: string | undefined;
	/** Sent with every request; a header of the same name as ours wins. `authorization` takes a token of Microsoft Entra. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Absent, `v1` or `preview`: the v1 API. A date such as `2024-10-21`: the older API, which has the deployment in its path. */
	readonly apiVersion?: string;
	/** The deployment that answers where no model is named. Default: the first of `models`. */
	readonly deployment?: string;
	/** Names of deployments, to list and to find by their bare name. Any other passes through by `azure/...`. */
	readonly models?: readonly string[];
	/** Which API is asked. Default `chat`; `responses` is there in the v1 API only. */
	readonly api?: OpenAiApi;
}

const credential = { needsKey: true, keyVariable: "AZURE_OPENAI_API_KEY" } as const;

/**
 * OpenAI's models at Azure: OpenAI's dialect, where a model's name is the name of a deployment. Without a key it is there and answers 503
 * with the remedy.
 * @throws {ConfigurationError} for a missing or bad address, a bad header and for a version that is none.
 */
export function azureOpenAi(options: AzureOpenAiOptions): Provider {
	const { apiVersion = "v1", api = "chat", deployment } = options;
	if (!/^(v1|preview|\d{4}-\d{2}-\d{2}(-preview)?)$/.test(apiVersion)) {
		throw new ConfigurationError("apiVersion must be v1, preview or a date such as 2024-10-21");
	}
	const isDated = /^\d/.test(apiVersion);
	if (isDated && api === "responses") throw new ConfigurationError("api: responses needs the v1 API: leave apiVersion out");
	const key = cleanKey(options.apiKey);
	const more = checkHeaders(options.headers ?? {});
	const unavailable = credentialProblem("azure", credential, key, more);
	const headers = {
		"content-type": "application/json",
		...(key === undefined || unavailable !== undefined ? {} : { "api-key": key }),
		...more,
	};
	const models = [...new Set([...(deployment === undefined ? [] : [deployment]), ...(options.models ?? [])])];
	const [defaultModel] = models;
	return {
		dialect: api === "responses" ? "openai-responses" : "openai-chat",
		baseUrl: `${resourceAddress(options)}/openai${isDated ? "" : "/v1"}`,
		...(apiVersion === "v1" ? {} : { query: `api-version=${apiVersion}` }),
		headers,
		quirks: { base64Embeddings: true, ...(isDated ? { modelInPath: true } : {}) },
		secrets: secretsOf(headers),
		withApiKey: (apiKey) => azureOpenAi({ ...options, apiKey, headers: withoutCredentials(options.headers) }),
		models,
		modelPrefixes: [],
		...(defaultModel === undefined ? {} : { defaultModel }),
		...(unavailable === undefined ? {} : { unavailable }),
	};
}

function resourceAddress({ resource, baseUrl }: AzureOpenAiOptions): string {
	if (baseUrl !== undefined) return normalizeBaseUrl(baseUrl, "baseUrl", "when-bare", "").replace(/\/openai(\/v1)?$/, "");
	if (resource === undefined) throw new ConfigurationError("resource is missing: pass resource or baseUrl");
	if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(resource)) throw new ConfigurationError("resource must be the bare name of the Azure resource");
	return `https://${resource}.openai.azure.com`;
}
