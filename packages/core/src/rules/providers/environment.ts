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

/**
 * The providers that an environment names by their customary variables: those whose key is set, clouds whose place is set too, and
 * local ones whose address is. `<NAME>_BASE_URL` moves any of them.
 * @throws {ConfigurationError} naming the variable.
 */
export function vendorsFromEnvironment(env: Environment): Record<string, Provider> {
	const providers: Record<string, Provider> = {};
	for (const name of Object.keys(presets) as PresetName[]) {
		const preset = presets[name];
		const apiKey = cleanKey(env[preset.keyVariable]);
		const baseUrl = cleanKey(env[baseUrlVariable(name)]);
		const isThere = preset.needsKey ? apiKey !== undefined : apiKey !== undefined || baseUrl !== undefined;
		if (isThere) providers[name] = withVariableName("baseUrl", baseUrlVariable(name), () => build(name, env, apiKey, baseUrl));
	}
	return { ...providers, ...cloudsFromEnvironment(env) };
}

/** Clouds have a place beside the key: both must be told. AWS's own keys mean nothing here, for they are set for many other reasons. */
function cloudsFromEnvironment(env: Environment): Record<string, Provider> {
	const azureKey = cleanKey(env["AZURE_OPENAI_API_KEY"]);
	const endpoint = cleanKey(env["AZURE_OPENAI_ENDPOINT"]);
	const bedrockKey = cleanKey(env["AWS_BEARER_TOKEN_BEDROCK"]);
	const region = cleanKey(env["AWS_REGION"]);
	return {
		...(azureKey === undefined || endpoint === undefined
			? {}
			: { azure: withVariableName("baseUrl", "AZURE_OPENAI_ENDPOINT", () => azureOpenAi({ baseUrl: endpoint, apiKey: azureKey })) }),
		...(bedrockKey === undefined || region === undefined
			? {}
			: { bedrock: withVariableName("region", "AWS_REGION", () => bedrock({ region, apiKey: bedrockKey })) }),
	};
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
function withVariableName(option: string, variable: string, make: () => Provider): Provider {
	try {
		return make();
	} catch (error) {
		if (!(error instanceof ConfigurationError)) throw error;
		const { message } = error;
		throw new ConfigurationError(message.startsWith(option) ? variable + message.slice(option.length) : message, { cause: error });
	}
}
