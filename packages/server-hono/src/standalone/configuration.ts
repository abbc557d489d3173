import type { SqliteCacheStoreOptions } from "@postern/core/node";
import { ConfigurationError, createModelTable, type GatewayOptions, type LimitOptions, type ProviderCredentials, routeProblems, surfaceIds } from "@postern/core";
import { readCache } from "./cache-file.ts";
import { type ConfigurationFile, formatPath, readConfigurationFile } from "./configuration-file.ts";
import { identifyLocalCaller } from "./local-callers.ts";
import { isLoopback } from "./loopback.ts";
import { type Environment, type EnvironmentSettings, type LogLevel, readEnvironment } from "./environment.ts";
import type { Problem } from "./problem.ts";
import { readProviders } from "./providers.ts";
import { readSignInEnvironment } from "./sign-in-environment.ts";

/** Everything that the standalone server needs to know. */
export interface StandaloneConfiguration {
	/** Absent: every address of the machine. */
	readonly host?: string;
	/** 0: any free one. */
	readonly port: number;
	/** Created with mode 0700 where it is missing. */
	readonly dataFolder: string;
	/** Where answers are kept. Absent: in memory. */
	readonly cacheFile?: SqliteCacheStoreOptions;
	readonly logLevel: LogLevel;
	readonly shutdownDeadlineMs: number;
	readonly gateway: Omit<GatewayOptions, "store" | "runtime">;
	/** The simulator answers, because no provider is configured. */
	readonly simulated: boolean;
	/** Never to be seen in a log. */
	readonly secrets: readonly string[];
	readonly warnings: readonly string[];
}

export type ConfigurationResult =
	| { readonly ok: true; readonly value: StandaloneConfiguration }
	| { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Environment and configuration file as one configuration, or all that is wrong with them. Where both say the same thing the
 * environment wins.
 * @param fileName names the file in problems.
 */
export function configurationFromEnvironment(env: Environment, configFileText?: string, fileName = "POSTERN_CONFIG"): ConfigurationResult {
	const settings = readEnvironment(env);
	const read = configFileText === undefined ? { ok: true as const, value: {} } : readConfigurationFile(configFileText, fileName);
	const file: ConfigurationFile = read.ok ? read.value : {};
	const { providers, problems: providerProblems } = readProviders(file.providers ?? {}, env);
	const { signIn, secrets: signInSecrets, problems: signInProblems } = readSignInEnvironment(env, file.signIn);
	const { cache, file: cacheFile, problems: cacheProblems } = readCache(file, settings.cachePath);
	const problems = [
		...settings.problems,
		...cacheProblems,
		...signInProblems,
		...(read.ok ? [] : read.problems),
		...providerProblems,
		...(read.ok && providerProblems.length === 0 ? modelProblems(file, Object.keys(providers)) : []),
		...(read.ok ? factProblems(file) : []),
		...hostProblems(settings),
	];
	if (problems.length > 0) return { ok: false, problems };
	const host = settings.host ?? (settings.token === undefined || settings.token === "" ? "127.0.0.1" : undefined);
	const { tools: _, limits: __, providers: ___, cache: ____, signIn: _____, ...rest } = file;
	return {
		ok: true,
		value: {
			...(host === undefined ? {} : { host }),
			port: settings.port,
			dataFolder: settings.dataFolder,
			...(cacheFile === undefined ? {} : { cacheFile }),
			logLevel: settings.logLevel,
			shutdownDeadlineMs: settings.shutdownDeadlineMs,
			gateway: {
				surfaces: surfaceIds,
				...rest,
				providers,
				tools: mergeTools(file, settings),
				limits: mergeLimits(file, settings),
				retention: mergeRetention(file, settings),
				...(cache === undefined ? {} : { cache }),
				...mergeAccounts(file, settings),
				...(signIn === undefined ? {} : { signIn }),
				...(settings.token === undefined ? { identify: identifyLocalCaller } : { token: settings.token }),
			},
			simulated: Object.keys(file.providers ?? {}).length === 0 && Object.keys(providers).length === 1 && "sim" in providers,
			secrets: [...secretsOf(settings, file, Object.values(providers)), ...signInSecrets],
			warnings: settings.warnings,
		},
	};
}

/** The environment's list stands in for the file's of the same name. */
function mergeTools(file: ConfigurationFile, settings: EnvironmentSettings): NonNullable<GatewayOptions["tools"]> {
	const allowed = settings.allowedTools ?? file.tools?.allowed;
	const disallowed = settings.disallowedTools ?? file.tools?.disallowed;
	return { ...(allowed === undefined ? {} : { allowed }), ...(disallowed === undefined ? {} : { disallowed }) };
}

function mergeRetention({ retention }: ConfigurationFile, { recordsDays, rollupsDays, auditDays }: EnvironmentSettings): NonNullable<GatewayOptions["retention"]> {
	return {
		...retention,
		...(recordsDays === undefined ? {} : { recordsDays }),
		...(rollupsDays === undefined ? {} : { rollupsDays }),
		...(auditDays === undefined ? {} : { auditDays }),
	};
}

function mergeLimits(file: ConfigurationFile, settings: EnvironmentSettings): LimitOptions {
	return {
		...file.limits,
		...(settings.maxStreaming === undefined ? {} : { streaming: settings.maxStreaming }),
		...(settings.maxNonStreaming === undefined ? {} : { nonStreaming: settings.maxNonStreaming }),
	};
}

/**
 * Who may make an account may use models. Behind a token that is for the operator to say; without one only this machine's callers
 * come in at all.
 */
function mergeAccounts(file: ConfigurationFile, settings: EnvironmentSettings): Pick<GatewayOptions, "accounts" | "sessions" | "encryptionKeys" | "cors" | "trustProxy"> {
	const registration = settings.registration ?? file.accounts?.registration ?? (settings.token === undefined || settings.token === "" ? "open" : "closed");
	const { sessionSecrets, encryptionKeys, corsOrigins, trustProxy } = settings;
	return {
		accounts: { ...file.accounts, registration },
		...(sessionSecrets === undefined ? {} : { sessions: { ...file.sessions, secrets: sessionSecrets } }),
		...(encryptionKeys === undefined ? {} : { encryptionKeys }),
		...(corsOrigins === undefined ? {} : { cors: { ...file.cors, origins: corsOrigins } }),
		...(trustProxy === undefined ? {} : { trustProxy }),
	};
}

/** What the form of the file cannot say: that tiers ascend, that a model is there. */
function factProblems({ models }: ConfigurationFile): Problem[] {
	try {
		createModelTable(models);
		return [];
	} catch (error) {
		if (!(error instanceof ConfigurationError)) throw error;
		return [{ where: "models", what: error.message, remedy: "correct it, or take it out" }];
	}
}

/** Targets and the default model must lead somewhere: found now, not by the first caller. */
function modelProblems({ routes = {}, defaultModel }: ConfigurationFile, providers: readonly string[]): Problem[] {
	const told = (definition: unknown, where: readonly PropertyKey[]): Problem[] =>
		routeProblems(definition, providers).map(({ path, what, remedy }) => ({ where: formatPath([...where, ...path]), what, remedy }));
	return [
		...Object.entries(routes).flatMap(([name, definition]) => told(definition, ["routes", name])),
		...(defaultModel === undefined || Object.hasOwn(routes, defaultModel)
			? []
			: told([defaultModel], []).map((problem) => ({ ...problem, where: "defaultModel" }))),
	];
}

function hostProblems({ host, token }: EnvironmentSettings): Problem[] {
	if (token !== undefined || host === undefined || isLoopback(host)) return [];
	return [
		{
			where: "HOST",
			what: "is open to other machines, and there is no token",
			remedy: 'set POSTERN_TOKEN, or set it to nothing at all (POSTERN_TOKEN="") for no authentication, or leave HOST at 127.0.0.1',
		},
	];
}

function secretsOf(settings: EnvironmentSettings, file: ConfigurationFile, providers: readonly ProviderCredentials[]): readonly string[] {
	const keys = Object.values(file.providers ?? {}).flatMap((entry) => entry.apiKey ?? []).map((key) => key.trim());
	const all = [settings.token ?? "", ...(settings.sessionSecrets ?? []), ...(settings.encryptionKeys ?? []), ...keys, ...providers.flat().flatMap((provider) => provider.secrets)];
	return [...new Set(all.filter((secret) => secret !== ""))];
}
