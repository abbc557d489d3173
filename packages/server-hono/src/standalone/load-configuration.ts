import { readFileSync } from "node:fs";
import { type ConfigurationResult, configurationFromEnvironment } from "./configuration.ts";
import type { Environment } from "./environment.ts";

/** Reads the file that is named here or by `POSTERN_CONFIG`, if any, and makes the configuration of it and the environment. */
export function loadConfiguration(env: Environment, file?: string): ConfigurationResult {
	const named = env["POSTERN_CONFIG"]?.trim();
	const path = file ?? (named === "" ? undefined : named);
	if (path === undefined) return configurationFromEnvironment(env);
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
		const where = file === undefined ? "POSTERN_CONFIG" : file;
		return { ok: false, problems: [{ where, what: `the file ${path} cannot be read (${reason})`, remedy: "name one that can, or leave it out" }] };
	}
	return configurationFromEnvironment(env, text, path);
}
