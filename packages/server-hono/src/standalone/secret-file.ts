import { chmodSync, existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "./problem.ts";

/** A file of secrets in the data folder, one a line, the newest first: mode 0600, and never half there. */
export interface SecretFile {
	readonly name: string;
	create(): string;
	isGood(line: string): boolean;
	/** Behind "the file ... holds": what is wrong where a line is not good, and the remedy. */
	readonly whatIsWrong: string;
	/** The command that puts a new one in front. */
	readonly command: string;
	/** What goes before the file. */
	readonly variable: string;
}

/**
 * Makes the file where it is missing.
 * @throws {StartError} where it cannot be read or written, a line is not good, there is none, or others can read it.
 */
export function readSecretFile(folder: string, file: SecretFile): readonly string[] {
	const path = join(folder, file.name);
	try {
		if (!existsSync(path)) makeFile(path, file);
		if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
			throw new StartError(`POSTERN_DATA: the file ${path} can be read by others; take that from them (chmod 600), then run postern ${file.command}`);
		}
		const lines = readFileSync(path, "utf8").split("\n").map((line) => line.trim()).filter((line) => line !== "");
		if (lines.length === 0 || !lines.every(file.isGood)) throw new StartError(`POSTERN_DATA: the file ${path} holds ${file.whatIsWrong}`);
		return lines;
	} catch (error) {
		throw unusable(path, file, error);
	}
}

/** Puts a new secret in front. @param keep how many there are then at most. @returns all of them. */
export function addSecret(folder: string, file: SecretFile, keep = Number.POSITIVE_INFINITY): readonly string[] {
	const path = join(folder, file.name);
	const secrets = [file.create(), ...readSecretFile(folder, file)].slice(0, keep);
	try {
		writeWhole(path, secrets, renameSync);
	} catch (error) {
		throw unusable(path, file, error);
	}
	return secrets;
}

/** Where two servers start at once, the second one finds what the first one wrote. */
function makeFile(path: string, file: SecretFile): void {
	try {
		writeWhole(path, [file.create()], linkSync);
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
	}
}

function writeWhole(path: string, secrets: readonly string[], put: (from: string, to: string) => void): void {
	const next = `${path}.${process.pid}.new`;
	try {
		writeFileSync(next, `${secrets.join("\n")}\n`, { mode: 0o600 });
		chmodSync(next, 0o600);
		put(next, path);
	} finally {
		rmSync(next, { force: true });
	}
}

function unusable(path: string, { variable }: SecretFile, error: unknown): StartError {
	if (error instanceof StartError) return error;
	const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
	return new StartError(`POSTERN_DATA: the file ${path} cannot be used (${reason}); change its owner, or set ${variable}`, { cause: error });
}
