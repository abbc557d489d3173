/** Variables of a process, by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What a program needs to find itself, its user, its network and Claude Code's own settings. Upper case: Windows writes `Path`. */
const passed: ReadonlySet<string> = new Set([
	"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "HOMEDRIVE", "HOMEPATH",
]);
const passedPrefixes = ["LC_", "XDG_", "ANTHROPIC_", "CLAUDE_CODE_", "CLAUDE_CONFIG_"];

/** The gateway's other secrets (its token, other vendors' keys) are no business of a program that may run tools. */
export function passedVariables(all: Variables): Variables {
	return Object.fromEntries(
		Object.entries(all).filter(([name]) => {
			const upper = name.toUpperCase();
			return passed.has(upper) || passedPrefixes.some((prefix) => upper.startsWith(prefix));
		}),
	);
}

/**
 * What holds unless the operator says otherwise: no reading of files that a prompt names (`@path`), no memory that goes from one caller
 * to the next, nothing left running, and few retries, for the gateway makes its own.
 */
const defaults = {
	CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
	CLAUDE_CODE_DISABLE_FILE_MENTIONS: "1",
	CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
	CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
	CLAUDE_CODE_MAX_RETRIES: "2",
};

/** @param given the whole environment. A key of the API goes before a token of a subscription, which would be taken otherwise. */
export function environmentOf(given: Variables, apiKey: string | undefined): Variables {
	const variables: Variables = { ...defaults, ...given, ...(apiKey === undefined ? {} : { ANTHROPIC_API_KEY: apiKey }) };
	if ((variables["ANTHROPIC_API_KEY"] ?? "") === "") return variables;
	const { CLAUDE_CODE_OAUTH_TOKEN: _, ...withoutToken } = variables;
	return withoutToken;
}

export function secretsOf(variables: Variables): readonly string[] {
	const names = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
	return names.flatMap((name) => variables[name] ?? []).filter((secret) => secret !== "");
}
