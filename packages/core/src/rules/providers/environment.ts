import { anthropic } from "./anthropic.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { cleanKey } from "./credential.ts";
import { gemini } from "./gemini.ts";
import { openai } from "./openai.ts";
import { type OpenAiCompatiblePreset, openaiCompatible } from "./openai-compatible.ts";
import { baseUrlVariable, type PresetName, presets } from "./presets.ts";
import type { Provider } from "./provider.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The providers that an environment names by their customary variables: those whose key is set, and local ones whose address
 * is. `<NAME>_BASE_URL` moves any of them.
 * @throws {ConfigurationError} naming the variable.
 */
export function vendorsFromEnvironment(env: Environment): Record<string, Provider> {
	const providers: Record<string, Provider> = {};
	for (const name of Object.keys(presets) as PresetName[]) {
		const preset = presets[name];
		const apiKey = cleanKey(env[preset.keyVariable]);
		const baseUrl = cleanKey(env[baseUrlVariable(name)]);
		const isThere = preset.needsKey ? apiKey !== undefined : apiKey !== undefined || baseUrl !== undefined;
		if (isThere) providers[name] = withVariableNames(name, () => build(name, env, apiKey, baseUrl));
	}
	return providers;
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
function withVariableNames(name: PresetName, make: () => Provider): Provider {
	try {
		return make();
	} catch (error) {
		if (!(error instanceof ConfigurationError)) throw error;
		throw new ConfigurationError(error.message.replace(/^baseUrl/, baseUrlVariable(name)), { cause: error });
	}
}
