import { parseArgs } from "node:util";
import { variables } from "./environment.ts";

export type Command =
	| { readonly name: "help" | "version" | Plain }
	| { readonly name: "check"; readonly file: string | undefined }
	| { readonly name: "unknown"; readonly message: string };

/** Those that take nothing. */
const plainCommands = ["start", "rotate-session-secret", "rotate-encryption-key"] as const;
type Plain = (typeof plainCommands)[number];

/** `args` without interpreter and script. */
export function readCommand(args: readonly string[]): Command {
	try {
		const { values, positionals } = parseArgs({
			args: [...args],
			allowPositionals: true,
			options: { help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "v" } },
		});
		const [name = "start", ...rest] = positionals;
		if (values.help === true || name === "help") return { name: "help" };
		if (values.version === true) return { name: "version" };
		if (name === "check" && rest.length <= 1) return { name: "check", file: rest[0] };
		const plain = plainCommands.find((known) => known === name);
		if (plain !== undefined && rest.length === 0) return { name: plain };
		if (plain !== undefined) return { name: "unknown", message: `${name} takes no arguments` };
		return { name: "unknown", message: name === "check" ? "check takes one file at most" : `there is no command ${JSON.stringify(name)}` };
	} catch (error) {
		return { name: "unknown", message: error instanceof Error ? error.message.split("\n")[0] ?? "" : String(error) };
	}
}

const nameWidth = Math.max(...Object.keys(variables).map((name) => name.length)) + 2;

export const help = `Postern: an AI gateway in front of every model provider.

  postern                start the server
  postern check [file]   check the configuration file (POSTERN_CONFIG unless named) and the environment
  postern rotate-session-secret
                         sign new sessions with a new secret from the next start; those of the last two go on
  postern rotate-encryption-key
                         seal the stored keys of providers with a new key, while servers run
  postern --help, --version

Environment (with defaults):
${Object.entries(variables)
	.map(([name, meaning]) => `  ${name.padEnd(nameWidth)}${meaning}`)
	.join("\n")}

A provider is there once its customary variable is set: OPENAI_API_KEY, ANTHROPIC_API_KEY, GROQ_API_KEY, OLLAMA_BASE_URL, ...
OPENAI_API_KEY_2, OPENAI_API_KEY_3, ... add keys to it. Each address can be moved: OPENAI_BASE_URL, ANTHROPIC_BASE_URL, ...
With no provider, a simulator answers.
Where environment and file say the same thing, the environment wins.
`;
