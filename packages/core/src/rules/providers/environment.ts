import { anthropic } from "./anthropic.ts";
import { azureOpenAi } from "./azure-openai.ts";
import { bedrock } from "./bedrock.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { cleanKey } from "./credential.ts";
import { gemini } from "./gemini.ts";
import { openai } from "./openai.ts";
import { type OpenAiCompatiblePreset, openaiCompatible } from "./openai-compatible.ts";
import { baseUrlVariable, type PresetName, presets } from "./presets/index.ts";
import type { Provider } from "./provider.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** One or more credentials of one provider. */
export type ProviderCredentials = Provider | readonly Provider[];

/**
 * The providers that an environment names by their customary variables: those whose key is set, clouds whose place is set too, and
 * local ones whose address is. `<NAME>_BASE_URL` moves any of them; numbered keys beside the first make several credentials.
 * @throws {ConfigurationError} naming the variable.
 */
export function vendorsFromEnvironment(env: Environment): Record<string, ProviderCredentials> {
	const providers: Record<string, ProviderCredentials> = {};
	for (const name of Object.keys(presets) as PresetName[]) {
		const preset = presets[name];
		const keys = apiKeysFromEnvironment(env, preset.keyVariable);
		const baseUrl = cleanKey(env[baseUrlVariable(name)]);
		const isThere = keys.length > 0 || (!preset.needsKey && baseUrl !== undefined);
		if (isThere) {
			const make = (apiKey: string | undefined) => build(name, env, apiKey, baseUrl);
			providers[name] = withVariableName("baseUrl", baseUrlVariable(name), () => withEachKey(keys, make));
		}
	}
	return { ...providers, ...cloudsFromEnvironment(env) };
}

/**
 * The keys that a variable and its numbered siblings hold: `OPENAI_API_KEY`, `OPENAI_API_KEY_2`, `OPENAI_API_KEY_3`, .... Numbers may
 * be left out, so that a key can be taken away without renaming the others.
 */
export function apiKeysFromEnvironment(env: Environment, variable: string): readonly string[] {
	const numbered = Object.keys(env)
		.filter((name) => name.startsWith(`${variable}_`) && /^[1-9]\d*$/.test(name.slice(variable.length + 1)))
		.sort((first, second) => first.length - second.length || (first < second ? -1 : 1));
	const keys = [variable, ...numbered].flatMap((name) => cleanKey(env[name]) ?? []);
	return [...new Set(keys)];
}

/** A provider for each key, or the one that does without. */
function withEachKey(keys: readonly string[], make: (apiKey: string | undefined) => Provider): ProviderCredentials {
	return keys.length <= 1 ? make(keys[0]) : keys.map(make);
}

/** Clouds have a place beside the key: both must be told. AWS's own keys mean nothing here, for they are set for many other reasons. */
function cloudsFromEnvironment(env: Environment): Record<string, ProviderCredentials> {
	const azureKeys = apiKeysFromEnvironment(env, "AZURE_OPENAI_API_KEY");
	const baseUrl = cleanKey(env["AZURE_OPENAI_ENDPOINT"]);
	const bedrockKeys = apiKeysFromEnvironment(env, "AWS_BEARER_TOKEN_BEDROCK");
	const region = cleanKey(env["AWS_REGION"]);
	return {
		...(azureKeys.length === 0 || baseUrl === undefined
			? {}
			: { azure: withVariableName("baseUrl", "AZURE_OPENAI_ENDPOINT", () => withEachKey(azureKeys, (apiKey) => azureOpenAi({ baseUrl, apiKey }))) }),
		...(bedrockKeys.length === 0 || region === undefined
			? {}
			: { bedrock: withVariableName("region", "AWS_REGION", () => withEachKey(bedrockKeys, (apiKey) => bedrock({ region, apiKey }))) }),
	};
}

/** A vendor by its name, at its own address. @returns `undefined` for a name that is none's, and for those who take no key. */
export function vendorWithKey(name: string, apiKey: string): Provider | undefined {
	return Object.hasOwn(presets, name) && presets[name as PresetName].needsKey ? build(name as PresetName, {}, apiKey, undefined) : undefined;
}

function build(name: PresetName, env: Environment, apiKey: string | undefined, baseUrl: string | undefined): Provider {
	const common = { apiKey, ...(baseUrl === undefined ? {} : { baseUrl }) };
	if (name === "anthropic") return anthropic(common);
	if (name === "gemini") return gemini(common);
	if (name !== "openai") return openaiCompatible({ ...common, preset: name satisfies OpenAiCompatiblePreset });
	const organization = cleanKey(env["OPENAI_ORG_ID"]);
	const project = cleanKey(env["OPENAI_PROJECT_ID"]);
	return openai({
		...common,
		...(organization === undefined ? {} : { organization }),
		...(project === undefined ? {} : { project }),
	});
}

/** Whoever set a variable is told of the variable, not of an option. */
function withVariableName(option: string, variable: string, make: () => ProviderCredentials): ProviderCredentials {
	try {
		return make();
	} catch (error) {
		if (!(error instanceof ConfigurationError)) throw error;
		const { message } = error;
		throw new ConfigurationError(message.startsWith(option) ? variable + message.slice(option.length) : message, { cause: error });
	}
}
