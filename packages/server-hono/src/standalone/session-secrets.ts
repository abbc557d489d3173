import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "./problem.ts";

/** One secret a line, the newest first. */
const fileName = "session-secrets";
/** How many verify after a rotation, the newest among them. */
const keptSecrets = 3;

/**
 * What sessions are signed with, made at the first start: mode 0600, and never half there.
 * @throws {StartError} where the file cannot be read or written, holds no secret, or others can read it.
 */
export function readSessionSecrets(folder: string): readonly string[] {
	const path = join(folder, fileName);
	if (!existsSync(path)) write(path, [newSecret()], linkSync);
	return readSecrets(path);
}

/** Puts a new secret in front: it signs from the next start, those behind it verify. @returns how many there are now. */
export function rotateSessionSecrets(folder: string): number {
	const secrets = [newSecret(), ...readSessionSecrets(folder)].slice(0, keptSecrets);
	write(join(folder, fileName), secrets, renameSync);
	return secrets.length;
}

/** @param place puts the written file there: a rename replaces, a link leaves alone what another server wrote at the same time. */
function write(path: string, secrets: readonly string[], place: (from: string, to: string) => void): void {
	const next = `${path}.${process.pid}.new`;
	try {
		rmSync(next, { force: true });
		writeFileSync(next, `${secrets.join("\n")}\n`, { mode: 0o600, flag: "wx" });
		place(next, path);
	} catch (error) {
		if (!isCode(error, "EEXIST")) throw unusable(path, error);
	} finally {
		rmSync(next, { force: true });
	}
}

function readSecrets(path: string): readonly string[] {
	let text: string;
	try {
		if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
			throw new StartError(`POSTERN_DATA: the file ${path} can be read by others; take that from them (chmod 600), then run postern rotate-session-secret`);
		}
		text = readFileSync(path, "utf8");
	} catch (error) {
		throw error instanceof StartError ? error : unusable(path, error);
	}
	const secrets = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
	if (secrets.length === 0 || secrets.some((secret) => secret.length < 32)) {
		throw new StartError(`POSTERN_DATA: the file ${path} holds no secrets of 32 characters or more; remove it, and everybody signs in again`);
	}
	return secrets;
}

function newSecret(): string {
	return randomBytes(48).toString("base64url");
}

function unusable(path: string, error: unknown): StartError {
	const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
	return new StartError(`POSTERN_DATA: the file ${path} cannot be used (${reason}); change its owner, or set POSTERN_SESSION_SECRET`, { cause: error });
}

function isCode(error: unknown, code: string): boolean {
	return error instanceof Error && "code" in error && error.code === code;
}
