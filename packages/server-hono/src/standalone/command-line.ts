import { parseArgs } from "node:util";
import { variables } from "./environment.ts";

export type Command =
	| { readonly name: "start" | "help" | "version" | "rotate-session-secret" }
	| { readonly name: "check"; readonly file: string | undefined }
	| { readonly name: "unknown"; readonly message: string };

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
		if ((name === "start" || name === "rotate-session-secret") && rest.length === 0) return { name };
		const surplus = name === "check" || name === "start" || name === "rotate-session-secret" ? `${name} takes ${name === "check" ? "one file at most" : "no arguments"}` : `there is no command ${JSON.stringify(name)}`;
		return { name: "unknown", message: surplus };
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
