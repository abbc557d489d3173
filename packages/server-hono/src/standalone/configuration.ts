import { type GatewayOptions, type LimitOptions, type Provider, surfaceIds } from "@postern/core";
import { type ConfigurationFile, formatPath, instead, readConfigurationFile } from "./configuration-file.ts";
import { identifyLocalCaller } from "./local-callers.ts";
import { isLoopback } from "./loopback.ts";
import { type Environment, type EnvironmentSettings, type LogLevel, readEnvironment } from "./environment.ts";
import type { Problem } from "./problem.ts";
import { readProviders } from "./providers.ts";

/** Everything that the standalone server needs to know. */
export interface StandaloneConfiguration {
	/** Absent: every address of the machine. */
	readonly host?: string;
	/** 0: any free one. */
	readonly port: number;
	/** Created with mode 0700 where it is missing. */
	readonly dataFolder: string;
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
	const problems = [
		...settings.problems,
		...(read.ok ? [] : read.problems),
		...providerProblems,
		...(read.ok && providerProblems.length === 0 ? modelProblems(file, Object.keys(providers)) : []),
		...hostProblems(settings),
	];
	if (problems.length > 0) return { ok: false, problems };
	const host = settings.host ?? (settings.token === undefined || settings.token === "" ? "127.0.0.1" : undefined);
	const { tools: _, limits: __, providers: ___, ...rest } = file;
	return {
		ok: true,
		value: {
			...(host === undefined ? {} : { host }),
			port: settings.port,
			dataFolder: settings.dataFolder,
			logLevel: settings.logLevel,
			shutdownDeadlineMs: settings.shutdownDeadlineMs,
			gateway: {
				surfaces: surfaceIds,
				...rest,
				providers,
				tools: mergeTools(file, settings),
				limits: mergeLimits(file, settings),
				...(settings.token === undefined ? { identify: identifyLocalCaller } : { token: settings.token }),
			},
			simulated: Object.keys(file.providers ?? {}).length === 0 && Object.keys(providers).length === 1 && "sim" in providers,
			secrets: secretsOf(settings, file, Object.values(providers)),
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

function mergeLimits(file: ConfigurationFile, settings: EnvironmentSettings): LimitOptions {
	return {
		...file.limits,
		...(settings.maxStreaming === undefined ? {} : { streaming: settings.maxStreaming }),
		...(settings.maxNonStreaming === undefined ? {} : { nonStreaming: settings.maxNonStreaming }),
	};
}

/** Targets and the default model must lead somewhere: found now, not by the first caller. */
function modelProblems(file: ConfigurationFile, providers: readonly string[]): Problem[] {
	const check = (target: string, path: readonly PropertyKey[], aliases: readonly string[]): Problem[] => {
		if (aliases.includes(target)) return [];
		const where = formatPath(path);
		const slash = target.indexOf("/");
		if (slash < 1 || slash === target.length - 1) return [{ where, what: "is not provider/model", remedy: "write it like openai/gpt-4o-mini" }];
		const provider = target.slice(0, slash);
		return providers.includes(provider)
			? []
			: [{ where, what: `names a provider that is not there: ${provider}`, remedy: providers.length === 0 ? "configure it" : instead(provider, providers) }];
	};
	const routes = Object.entries(file.routes ?? {});
	return [
		...routes.flatMap(([route, targets]) => targets.flatMap((target, index) => check(target, ["routes", route, index], []))),
		...(file.defaultModel === undefined
			? []
			: check(
					file.defaultModel,
					["defaultModel"],
					routes.map(([route]) => route),
				)),
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

function secretsOf(settings: EnvironmentSettings, file: ConfigurationFile, providers: readonly Provider[]): readonly string[] {
	const keys = Object.values(file.providers ?? {}).map((entry) => entry.apiKey?.trim() ?? "");
	const all = [settings.token ?? "", ...keys, ...providers.flatMap((provider) => provider.secrets)];
	return [...new Set(all.filter((secret) => secret !== ""))];
}
