/** The command line of Claude Code 2.1, as far as it is used here: what it takes, and what it says to what it does not take. */
export interface CommandLine {
	readonly flags: ReadonlySet<string>;
	readonly values: ReadonlyMap<string, string>;
	readonly lists: ReadonlyMap<string, readonly string[]>;
	readonly prompt: string | undefined;
}

const switches = new Set(["--print", "--verbose", "--include-partial-messages", "--strict-mcp-config", "--disable-slash-commands", "--fork-session"]);
const valued = new Set([
	"--output-format", "--input-format", "--model", "--system-prompt", "--effort", "--json-schema", "--permission-mode", "--setting-sources",
	"--settings", "--max-turns", "--resume",
]);
const variadic = new Set(["--tools", "--allowedTools", "--disallowedTools", "--mcp-config"]);
const choices: Readonly<Record<string, readonly string[]>> = {
	"--output-format": ["text", "json", "stream-json"],
	"--input-format": ["text", "stream-json"],
	"--permission-mode": ["acceptEdits", "auto", "bypassPermissions", "default", "dontAsk", "plan"],
	"--effort": ["low", "medium", "high", "xhigh", "max"],
};
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Its message is written to standard error, before the process exits with 1. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function readCommandLine(args: readonly string[]): CommandLine {
	const flags = new Set<string>();
	const values = new Map<string, string>();
	const lists = new Map<string, readonly string[]>();
	const positional: string[] = [];
	const rest = [...args];
	for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
		if (switches.has(arg)) flags.add(arg);
		else if (valued.has(arg)) {
			const value = rest.shift();
			if (value === undefined) throw new UsageError(`error: option '${arg} <value>' argument missing`);
			const known = choices[arg];
			if (known?.includes(value) === false) {
				throw new UsageError(`error: option '${arg} <value>' argument '${value}' is invalid. Allowed choices are ${known.join(", ")}.`);
			}
			values.set(arg, value);
		} else if (variadic.has(arg)) {
			const taken = [rest.shift()];
			while (rest[0]?.startsWith("-") === false) taken.push(rest.shift());
			lists.set(arg, [...(lists.get(arg) ?? []), ...taken.flatMap((value) => splitRules(value ?? ""))]);
		} else if (arg === "--") positional.push(...rest.splice(0));
		else if (arg.startsWith("-")) throw new UsageError(`error: unknown option '${arg}'`);
		else positional.push(arg);
	}
	const output = values.get("--output-format") ?? "text";
	if (output === "stream-json" && !flags.has("--verbose")) throw new UsageError("Error: When using --print, --output-format=stream-json requires --verbose");
	if (values.get("--input-format") === "stream-json" && output !== "stream-json") throw new UsageError("Error: --input-format=stream-json requires output-format=stream-json.");
	const session = values.get("--resume");
	if (session !== undefined && !uuid.test(session)) throw new UsageError("Error: --resume requires a valid session ID or session title when used with --print.");
	return { flags, values, lists, prompt: positional[0] };
}

/** `Read,Bash(git log:*) Grep` is three rules: commas and spaces in brackets belong to the rule. */
function splitRules(text: string): readonly string[] {
	return text.match(/[^\s,(]+(\([^)]*\))?/g) ?? [];
}
