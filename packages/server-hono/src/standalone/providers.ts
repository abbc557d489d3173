import { apiKeysFromEnvironment, type AwsCredentials, ConfigurationError, type ProviderCredentials, providersFromEnvironment, simulator } from "@postern/core";
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";
import { type ProviderEntry, type ProviderKind, providerKinds } from "./provider-entry.ts";
import { knowledgeOf } from "./provider-kinds.ts";

export interface ProviderSettings {
	readonly providers: Readonly<Record<string, ProviderCredentials>>;
	readonly problems: readonly Problem[];
}

/**
 * The file's providers and those that the environment names. For one that both name, keys and address of the environment win.
 * With none at all the simulator answers.
 */
export function readProviders(entries: Readonly<Record<string, ProviderEntry>>, env: Environment): ProviderSettings {
	const problems: Problem[] = [];
	const providers: Record<string, ProviderCredentials> = {};
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
		const where = `providers.${name}`;
		const kind = kindOf(name, entry);
		if (kind === undefined) {
			problems.push({ where, what: "says neither what it is nor where", remedy: "give preset or baseUrl" });
			continue;
		}
		const found = problemsOfEntry(where, entry, kind, env);
		problems.push(...found);
		const made = found.length > 0 ? undefined : attempt(where, () => makeProvider(name, entry, kind, env));
		if (made !== undefined) providers[name] = made;
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

function problemsOfEntry(where: string, entry: ProviderEntry, kind: ProviderKind, env: Environment): Problem[] {
	const known = new Set<string>(["preset", ...knowledgeOf(kind).settings]);
	const foreign = Object.keys(entry).filter((setting) => !known.has(setting));
	if (foreign.length > 0) {
		return foreign.map((setting) => ({ where: `${where}.${setting}`, what: `cannot be set for ${kind}`, remedy: "remove it" }));
	}
	if (kind === "openai-compatible" && entry.baseUrl === undefined) return [{ where, what: "has no address", remedy: "give baseUrl" }];
	if (kind === "bedrock" && regionOf(entry, env) === undefined) return [{ where, what: "has no region", remedy: "give region, or set AWS_REGION" }];
	const given = (["apiKey", "apiKeyEnv", "credentials"] as const).filter((setting) => entry[setting] !== undefined);
	if (given.length > 1) return [{ where, what: `has both ${given.join(" and ")}`, remedy: "keep one of them" }];
	const variables = listOf(entry.apiKeyEnv).map((variable, index) => ({
		variable,
		place: typeof entry.apiKeyEnv === "string" ? `${where}.apiKeyEnv` : `${where}.apiKeyEnv[${index}]`,
	}));
	if (entry.credentials === "environment") {
		for (const variable of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) variables.push({ variable, place: `${where}.credentials` });
	}
	return variables
		.filter(({ variable }) => filled(env[variable]) === undefined)
		.map(({ variable, place }) => ({ where: place, what: `the variable ${variable} is not set`, remedy: "set it, or remove the provider" }));
}

function makeProvider(name: string, entry: ProviderEntry, kind: ProviderKind, env: Environment): ProviderCredentials {
	const { preset: _, apiKey, apiKeyEnv, credentials: given, ...settings } = entry;
	const { make, variables } = knowledgeOf(kind);
	const customary = name === kind && given === undefined ? variables : undefined;
	const customaryKeys = customary === undefined ? [] : apiKeysFromEnvironment(env, customary.apiKey);
	const ownKeys = [...listOf(apiKey), ...listOf(apiKeyEnv).flatMap((variable) => filled(env[variable]) ?? [])];
	const baseUrl = filled(env[customary?.baseUrl ?? ""]) ?? entry.baseUrl;
	const region = kind === "bedrock" ? regionOf(entry, env) : undefined;
	const credentials = given === "environment" ? awsCredentials(env) : given;
	const options = {
		...settings,
		...(baseUrl === undefined ? {} : { baseUrl }),
		...(region === undefined ? {} : { region }),
		...(credentials === undefined ? {} : { credentials }),
	};
	const [key, ...others] = customaryKeys.length > 0 ? customaryKeys : new Set(ownKeys);
	const first = make({ ...options, apiKey: key });
	return others.length === 0 ? first : [first, ...others.map((other) => make({ ...options, apiKey: other }))];
}

/** The variable says where the machine runs; the file knows better where the model does. */
function regionOf(entry: ProviderEntry, env: Environment): string | undefined {
	return entry.region ?? filled(env["AWS_REGION"]);
}

function awsCredentials(env: Environment): AwsCredentials {
	const sessionToken = filled(env["AWS_SESSION_TOKEN"]);
	return {
		accessKeyId: env["AWS_ACCESS_KEY_ID"]?.trim() ?? "",
		secretAccessKey: env["AWS_SECRET_ACCESS_KEY"]?.trim() ?? "",
		...(sessionToken === undefined ? {} : { sessionToken }),
	};
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
	return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

function filled(value: string | undefined): string | undefined {
	const text = value?.trim();
	return text === "" ? undefined : text;
}

/** `baseUrl is not a URL: write it like ...` or `OPENAI_BASE_URL must ...` as place, fault and remedy. */
function problemOf(where: string, message: string): Problem {
	const [, field, rest] = /^([\w.-]+):? (.+)$/s.exec(message) ?? [undefined, undefined, message];
	const [what = message, ...remedy] = rest?.split(": ") ?? [];
	const place = where === "environment" ? (field ?? where) : `${where}${field === undefined ? "" : `.${field}`}`;
	return { where: place, what, remedy: remedy.length === 0 ? "correct it" : remedy.join(": ") };
}
