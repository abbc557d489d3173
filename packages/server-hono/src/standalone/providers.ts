import { anthropic, ConfigurationError, gemini, openai, openaiCompatible, presets, type Provider, providersFromEnvironment, simulator } from "@postern/core";
import type { ProviderEntry } from "./configuration-file.ts";
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";

type PresetName = keyof typeof presets;
const presetNames = Object.keys(presets) as PresetName[];

/** What a provider of the configuration file can be made from. `openai-compatible` is a server of unknown make. */
export const providerKinds = [...presetNames, "openai-compatible", "simulator"] as const;
type ProviderKind = (typeof providerKinds)[number];

export interface ProviderSettings {
	readonly providers: Readonly<Record<string, Provider>>;
	readonly problems: readonly Problem[];
}

/**
 * The file's providers and those that the environment names. For one that both name, key and address of the environment win.
 * With none at all the simulator answers.
 */
export function readProviders(entries: Readonly<Record<string, ProviderEntry>>, env: Environment): ProviderSettings {
	const problems: Problem[] = [];
	const providers: Record<string, Provider> = {};
	const attempt = <Value>(where: string, make: () => Value): Value | undefined => {
		try {
			return make();
		} catch (error) {
			if (!(error instanceof ConfigurationError)) throw error;
			problems.push(problemOf(where, error.message));
			return undefined;
		}
	};
	for (const [name, entry] of Object.entries(entries)) {
		const found = problemsOfEntry(name, entry, env);
		problems.push(...found);
		const provider = found.length > 0 ? undefined : attempt(`providers.${name}`, () => makeProvider(name, entry, env));
		if (provider !== undefined) providers[name] = provider;
	}
	for (const [name, provider] of Object.entries(attempt("environment", () => providersFromEnvironment(env)) ?? {})) {
		// Where the environment names no vendor it gives the simulator, which is not wanted beside the file's own.
		if (name !== "sim") providers[name] ??= provider;
	}
	if (Object.keys(providers).length === 0 && problems.length === 0) providers["sim"] = simulator();
	return { providers, problems };
}

function kindOf(name: string, entry: ProviderEntry): ProviderKind | undefined {
	return entry.preset ?? providerKinds.find((kind) => kind === name) ?? (entry.baseUrl === undefined ? undefined : "openai-compatible");
}

function problemsOfEntry(name: string, entry: ProviderEntry, env: Environment): Problem[] {
	const where = `providers.${name}`;
	const kind = kindOf(name, entry);
	if (kind === undefined) return [{ where, what: "says neither what it is nor where", remedy: "give preset or baseUrl" }];
	if (kind === "openai-compatible" && entry.baseUrl === undefined) return [{ where, what: "has no address", remedy: "give baseUrl" }];
	if (kind === "anthropic" && entry.headers !== undefined) {
		return [{ where: `${where}.headers`, what: "cannot be set for anthropic", remedy: "remove it" }];
	}
	if (entry.apiKeyEnv === undefined) return [];
	if (entry.apiKey !== undefined) return [{ where, what: "has both apiKey and apiKeyEnv", remedy: "keep one of them" }];
	if ((env[entry.apiKeyEnv] ?? "").trim() !== "") return [];
	return [{ where: `${where}.apiKeyEnv`, what: `the variable ${entry.apiKeyEnv} is not set`, remedy: "set it, or remove the provider" }];
}

function makeProvider(name: string, entry: ProviderEntry, env: Environment): Provider {
	const kind = kindOf(name, entry) ?? "openai-compatible";
	const vendor = presetNames.find((preset) => preset === name && preset === kind);
	const apiKey = (vendor && filled(env[presets[vendor].keyVariable])) ?? (entry.apiKeyEnv === undefined ? entry.apiKey : env[entry.apiKeyEnv]);
	const baseUrl = (vendor && filled(env[`${vendor.toUpperCase()}_BASE_URL`])) ?? entry.baseUrl;
	const common = {
		...(apiKey === undefined ? {} : { apiKey }),
		...(baseUrl === undefined ? {} : { baseUrl }),
		...(entry.models === undefined ? {} : { models: entry.models }),
	};
	const headers = entry.headers === undefined ? {} : { headers: entry.headers };
	switch (kind) {
		case "simulator":
			return simulator();
		case "anthropic":
			return anthropic(common);
		case "gemini":
			return gemini({ ...common, ...headers });
		case "openai":
			return entry.headers === undefined ? openai(common) : openaiCompatible({ ...common, ...headers, preset: kind });
		case "openai-compatible":
			return openaiCompatible({ ...common, ...headers });
		default:
			return openaiCompatible({ ...common, ...headers, preset: kind });
	}
}

function filled(value: string | undefined): string | undefined {
	return value === undefined || value.trim() === "" ? undefined : value;
}

/** `baseUrl is not a URL: write it like ...` or `OPENAI_BASE_URL must ...` as place, fault and remedy. */
function problemOf(where: string, message: string): Problem {
	const [, field, rest] = /^(\w+) (.+)$/s.exec(message) ?? [undefined, undefined, message];
	const [what = message, ...remedy] = rest?.split(": ") ?? [];
	const place = where === "environment" ? (field ?? where) : `${where}${field === undefined ? "" : `.${field}`}`;
	return { where: place, what, remedy: remedy.length === 0 ? "correct it" : remedy.join(": ") };
}
