import { isEncryptionKey } from "./encryption-keys.ts";
import { closestName, type Problem } from "./problem.ts";
import { signInVariables } from "./sign-in-variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The standalone server's own variables, as `postern --help` tells them. */
export const variables = {
	PORT: "port to listen on, 0 for any free one (8420)",
	HOST: "address to listen on (every one with a token, 127.0.0.1 without)",
	POSTERN_TOKEN: "token that callers send; set but empty: no authentication",
	POSTERN_CONFIG: "path of a JSON file with providers, routes, limits and more",
	POSTERN_DATA: "folder of the database (./.postern)",
	POSTERN_CACHE_PATH: "file in which answers from the cache are kept, for all servers that name it (in memory)",
	POSTERN_SESSION_SECRET: "what sessions are signed with, 32 characters or more; a new one before the old, with a comma (a file in the data folder)",
	POSTERN_ENCRYPTION_KEY: "what stored keys of providers are sealed with, 32 bytes as base64; a new one before the old, with a comma (a file in the data folder)",
	POSTERN_REGISTRATION: "open or closed: whether anybody may make an account (open without a token, closed with one)",
	POSTERN_CORS_ORIGINS: "pages of other origins that may call, with commas: https://app.example.com (none)",
	POSTERN_TRUST_PROXY: "how many proxies stand in front and tell who asks (0)",
	...signInVariables,
	POSTERN_ALLOWED_TOOLS: 'tools that requests may use, a JSON array such as ["Read"] (all)',
	POSTERN_DISALLOWED_TOOLS: "tools that no request may use, a JSON array (none)",
	POSTERN_MAX_STREAMING: "streams at once on the text surface, 0 refuses all (3)",
	POSTERN_MAX_NONSTREAMING: "other requests at once on the text surface, 0 refuses all (5)",
	POSTERN_RETENTION_RECORDS_DAYS: "days for which usage records are kept (for ever)",
	POSTERN_RETENTION_ROLLUPS_DAYS: "days for which their sums are kept, for analytics (for ever)",
	POSTERN_RETENTION_AUDIT_DAYS: "days for which the audit log is kept (for ever)",
	POSTERN_LOG_LEVEL: `${logLevels.join(", ")} (info)`,
	POSTERN_SHUTDOWN_DEADLINE_MS: "how long running requests may take after SIGTERM (10000)",
} as const;

export interface EnvironmentSettings {
	readonly port: number;
	readonly host: string | undefined;
	/** Empty: no authentication, asked for by name. */
	readonly token: string | undefined;
	readonly dataFolder: string;
	readonly cachePath: string | undefined;
	/** The newest first. */
	readonly sessionSecrets: readonly string[] | undefined;
	/** The first one seals. */
	readonly encryptionKeys: readonly string[] | undefined;
	readonly registration: "open" | "closed" | undefined;
	readonly corsOrigins: readonly string[] | undefined;
	readonly trustProxy: number | undefined;
	readonly allowedTools: readonly string[] | undefined;
	readonly disallowedTools: readonly string[] | undefined;
	readonly maxStreaming: number | undefined;
	readonly maxNonStreaming: number | undefined;
	readonly recordsDays: number | undefined;
	readonly rollupsDays: number | undefined;
	readonly auditDays: number | undefined;
	readonly logLevel: LogLevel;
	readonly shutdownDeadlineMs: number;
	readonly problems: readonly Problem[];
	readonly warnings: readonly string[];
}

/** An empty variable counts as one that is not set, but for the token, where it is a decision. */
export function readEnvironment(env: Environment): EnvironmentSettings {
	const problems: Problem[] = [];
	const warnings: string[] = misspelt(env);
	const text = (name: keyof typeof variables): string | undefined => {
		const value = env[name]?.trim();
		return value === "" ? undefined : value;
	};
	const wholeNumber = (name: keyof typeof variables, largest: number, example: string): number | undefined => {
		const value = text(name);
		if (value === undefined) return undefined;
		if (/^\d+$/.test(value) && Number(value) <= largest) return Number(value);
		problems.push({ where: name, what: `is not a whole number from 0 to ${largest}`, remedy: `write one, such as ${example}` });
		return undefined;
	};
	const days = (name: keyof typeof variables): number | undefined => {
		const value = wholeNumber(name, 36_500, "90");
		if (value !== 0) return value;
		problems.push({ where: name, what: "is 0, which would keep nothing", remedy: "write a number of days, such as 90, or leave it out to keep all" });
		return undefined;
	};
	const tools = (name: keyof typeof variables): readonly string[] | undefined => {
		const value = text(name);
		if (value === undefined) return undefined;
		const list = stringArray(value);
		if (list === undefined) problems.push({ where: name, what: "is not a JSON array of texts", remedy: 'write it like ["Read","Glob"]' });
		if (list?.length === 0) warnings.push(`${name} is an empty list and counts as not set`);
		return list === undefined || list.length === 0 ? undefined : list;
	};
	const list = (name: keyof typeof variables, isGood: (item: string) => boolean, what: string, remedy: string): readonly string[] | undefined => {
		const items = text(name)?.split(",").map((item) => item.trim()).filter((item) => item !== "");
		if (items?.every(isGood) === false) problems.push({ where: name, what, remedy });
		return items?.length === 0 ? undefined : items;
	};
	const registration = text("POSTERN_REGISTRATION")?.toLowerCase();
	if (registration !== undefined && registration !== "open" && registration !== "closed") {
		problems.push({ where: "POSTERN_REGISTRATION", what: "is neither open nor closed", remedy: "write one of them" });
	}
	const token = env["POSTERN_TOKEN"]?.trim();
	if (token === "" && env["POSTERN_TOKEN"] !== "") {
		problems.push({ where: "POSTERN_TOKEN", what: "is blank", remedy: "give a token, or set it to nothing at all for no authentication" });
	} else if (token !== undefined && !/^[\x21-\x7e]*$/.test(token)) {
		problems.push({ where: "POSTERN_TOKEN", what: "has characters that no header can carry", remedy: "use letters, digits and signs of ASCII without spaces" });
	}
	const level = text("POSTERN_LOG_LEVEL")?.toLowerCase() ?? "info";
	const logLevel = logLevels.find((known) => known === level);
	if (logLevel === undefined) problems.push({ where: "POSTERN_LOG_LEVEL", what: "is not a log level", remedy: `write one of ${logLevels.join(", ")}` });
	return {
		port: wholeNumber("PORT", 65_535, "8420") ?? 8420,
		host: text("HOST")?.replace(/^\[(.*)\]$/, "$1"),
		token,
		dataFolder: text("POSTERN_DATA") ?? "./.postern",
		cachePath: text("POSTERN_CACHE_PATH"),
		sessionSecrets: list("POSTERN_SESSION_SECRET", isLongEnough, "is too short", "use 32 random characters or more, such as those of openssl rand -base64 48"),
		encryptionKeys: list("POSTERN_ENCRYPTION_KEY", isEncryptionKey, "is not 32 bytes as base64", "use what openssl rand -base64 32 gives"),
		registration: registration === "open" || registration === "closed" ? registration : undefined,
		corsOrigins: list("POSTERN_CORS_ORIGINS", isOrigin, "has something that is no origin", "write them like https://app.example.com, without a path"),
		trustProxy: wholeNumber("POSTERN_TRUST_PROXY", 10, "1"),
		allowedTools: tools("POSTERN_ALLOWED_TOOLS"),
		disallowedTools: tools("POSTERN_DISALLOWED_TOOLS"),
		maxStreaming: wholeNumber("POSTERN_MAX_STREAMING", 1_000_000, "3"),
		maxNonStreaming: wholeNumber("POSTERN_MAX_NONSTREAMING", 1_000_000, "5"),
		recordsDays: days("POSTERN_RETENTION_RECORDS_DAYS"),
		rollupsDays: days("POSTERN_RETENTION_ROLLUPS_DAYS"),
		auditDays: days("POSTERN_RETENTION_AUDIT_DAYS"),
		logLevel: logLevel ?? "info",
		shutdownDeadlineMs: wholeNumber("POSTERN_SHUTDOWN_DEADLINE_MS", 86_400_000, "10000") ?? 10_000,
		problems,
		warnings,
	};
}

function isLongEnough(secret: string): boolean {
	return secret.length >= 32;
}

function isOrigin(text: string): boolean {
	return URL.canParse(text) && new URL(text).origin === text;
}

function stringArray(text: string): readonly string[] | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "") ? value : undefined;
	} catch {
		return undefined;
	}
}

/** A token under a misspelt name would be no token: worth a word. */
function misspelt(env: Environment): string[] {
	const known = Object.keys(variables);
	return Object.keys(env)
		.filter((name) => name.startsWith("POSTERN_") && !known.includes(name))
		.flatMap((name) => {
			const closest = closestName(name, known);
			return closest === undefined ? [] : [`${name} is not a known variable: did you mean ${closest}?`];
		});
}
