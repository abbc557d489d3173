import { makeDataFolder } from "./data-folder.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { formatProblem, StartError } from "./problem.ts";
import { rotateSessionSecrets } from "./session-secrets.ts";

/** `postern rotate-session-secret`. @returns the exit code. */
export function rotateSessionSecret(env: Environment, print: (line: string) => void): number {
	const { dataFolder, sessionSecrets } = readEnvironment(env);
	if (sessionSecrets !== undefined) {
		const remedy = "write a new one before it, with a comma between them, and take the old one out when its sessions are over";
		print(formatProblem({ where: "POSTERN_SESSION_SECRET", what: "is set, and goes before the file", remedy }));
		return 1;
	}
	try {
		const count = rotateSessionSecrets(makeDataFolder(dataFolder));
		print(`ok: a new secret signs from the next start of the server; ${count} verify`);
		return 0;
	} catch (error) {
		if (!(error instanceof StartError)) throw error;
		print(error.message);
		return 1;
	}
}
