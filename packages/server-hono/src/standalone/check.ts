import { ConfigurationError, createGateway } from "@postern/core";
import type { Environment } from "./environment.ts";
import { loadConfiguration } from "./load-configuration.ts";
import { formatProblem } from "./problem.ts";

/**
 * `postern check [file]`: prints every problem on a line of its own, or what a start would give.
 * @returns the exit code.
 */
export async function check(env: Environment, file: string | undefined, print: (line: string) => void): Promise<number> {
	const result = loadConfiguration(env, file);
	if (!result.ok) {
		for (const problem of result.problems) print(formatProblem(problem));
		return 1;
	}
	const { gateway: options, host, port, warnings, simulated } = result.value;
	try {
		// In memory: what only the gateway itself can find wrong, without touching the data folder.
		// The server itself makes a file of session secrets where none is set.
		const sessions = { ...options.sessions, secrets: options.sessions?.secrets ?? ["a stand-in for the file of secrets"] };
		const gateway = createGateway({ ...options, sessions });
		await gateway.close();
		for (const warning of [...warnings, ...gateway.warnings]) print(`warning: ${warning}`);
	} catch (error) {
		if (!(error instanceof ConfigurationError)) throw error;
		print(`configuration: ${error.message}`);
		return 1;
	}
	const providers = Object.entries(options.providers).map(([name, made]) => {
		const count = [made].flat().length;
		return count === 1 ? name : `${name} (${count} keys)`;
	});
	print(`ok: ${host ?? "every address"}, port ${port}; providers: ${providers.join(", ")}${simulated ? " (the simulator)" : ""}`);
	return 0;
}
