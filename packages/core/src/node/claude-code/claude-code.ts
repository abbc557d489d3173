import { defaultModel } from "../../rules/dialects/claude-code/request-encoder.ts";
import { ConfigurationError } from "../../rules/providers/configuration-error.ts";
import type { Provider } from "../../rules/providers/provider.ts";
import { environmentOf, passedVariables, secretsOf, type Variables } from "./environment.ts";
import { isExecutable, isFolder } from "./executable.ts";
import { claudeCodeSend } from "./send.ts";

export interface ClaudeCodeOptions {
	/** A path, or a name to be found in `PATH`. Default `claude`. */
	readonly executable?: string;
	/** Of Anthropic's API. Default: what the environment and the login of Claude Code say. */
	readonly apiKey?: string | undefined;
	/**
	 * The process's whole environment. Default: of the gateway's own, the system's variables and those of Claude Code (`ANTHROPIC_*`,
	 * `CLAUDE_CODE_*`). With an `ANTHROPIC_API_KEY` a `CLAUDE_CODE_OAUTH_TOKEN` is left out.
	 */
	readonly env?: Variables;
	/** Where it works, and where its sessions belong to. Default: the gateway's own working directory. */
	readonly cwd?: string;
	/**
	 * The tools that Claude Code may run on this machine, such as `["Read", "Bash(git log:*)"]`; the gateway's policy and the request
	 * narrow it. Default: those of the gateway's `tools.allowed`, and none where it has no such list.
	 */
	readonly tools?: readonly string[];
	/** Which of the operator's settings files, with their hooks and permissions, hold for callers too. Default: none. */
	readonly settingSources?: readonly ("user" | "project" | "local")[];
	/** Further arguments, such as `["--mcp-config", "servers.json"]` or `["--max-turns", "5"]`. */
	readonly args?: readonly string[];
	/** Models to list; the first answers where none is named. Others pass through. Default `default` (Claude Code's choice), `opus`, `sonnet`, `haiku`. */
	readonly models?: readonly string[];
	/** The longest that a whole answer may take, in milliseconds. Default 5 min. */
	readonly wholeMs?: number;
	/** The longest that a streamed answer may take. Default 10 min. */
	readonly streamMs?: number;
	/** Processes at once; further requests find the provider overloaded. Default 10. */
	readonly maxProcesses?: number;
	/** Told of what the processes say on standard error, for the operator's log. Callers never see it. */
	readonly onStderr?: (text: string) => void;
}

/**
 * The command line of Claude Code as a provider: one process per request, without a shell. Where it is not installed the provider is
 * there and answers 503 with the remedy.
 * @throws {ConfigurationError} for a folder that is none, and for limits that are no whole numbers above 0.
 */
export function claudeCode(options: ClaudeCodeOptions = {}): Provider {
	const { executable = "claude", cwd = process.cwd(), tools, settingSources, args, onStderr } = options;
	const { models = [defaultModel, "opus", "sonnet", "haiku"], wholeMs = 300_000, streamMs = 600_000, maxProcesses = 10 } = options;
	for (const [name, value] of Object.entries({ wholeMs, streamMs, maxProcesses })) {
		if (!Number.isSafeInteger(value) || value < 1) throw new ConfigurationError(`${name} is a whole number of at least 1, not ${value}`);
	}
	if (!isFolder(cwd)) throw new ConfigurationError(`cwd is not a folder: create ${cwd}, or name another`);
	const apiKey = options.apiKey?.trim() === "" ? undefined : options.apiKey?.trim();
	const env = environmentOf(options.env ?? passedVariables(process.env), apiKey);
	const [firstModel] = models;
	return {
		dialect: "claude-code",
		baseUrl: "http://claude-code.invalid",
		headers: {},
		quirks: {
			requestFields: {
				...(tools === undefined ? {} : { tools }),
				...(settingSources === undefined ? {} : { settingSources }),
				...(args === undefined ? {} : { args }),
			},
		},
		secrets: secretsOf(env),
		models,
		modelPrefixes: [],
		...(firstModel === undefined ? {} : { defaultModel: firstModel }),
		...(isExecutable(executable, cwd, env) ? {} : { unavailable: notInstalled(executable) }),
		send: claudeCodeSend({ executable, cwd, env, wholeMs, streamMs, maxProcesses, silenceMs: 15_000, onStderr }),
	};
}

function notInstalled(executable: string): string {
	return `Claude Code is not installed: there is no program ${executable}. Install it (npm install --global @anthropic-ai/claude-code), or set executable`;
}
