import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "./problem.ts";

/** One key a line, the newest first: it seals, all of them open. */
const fileName = "encryption-keys";

/**
 * What stored keys of providers are sealed with, made at the first start: mode 0600, and never half there.
 * @throws {StartError} where the file cannot be read or written, holds what is no key, or others can read it.
 */
export function readEncryptionKeys(folder: string): readonly string[] {
	const path = join(folder, fileName);
	try {
		if (!existsSync(path)) makeFile(path, [newKey()]);
		if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
			throw new StartError(`POSTERN_DATA: the file ${path} can be read by others; take that from them (chmod 600), then run postern rotate-encryption-key`);
		}
		const keys = readFileSync(path, "utf8").split("\n").map((line) => line.trim()).filter((line) => line !== "");
		if (keys.length === 0 || !keys.every(isEncryptionKey)) {
			throw new StartError(`POSTERN_DATA: the file ${path} holds what is no key of 32 bytes as base64; restore it from a backup, for without it no stored key of a provider opens`);
		}
		return keys;
	} catch (error) {
		throw error instanceof StartError ? error : unusable(path, error);
	}
}

/** Puts a new key in front. Those behind it stay: servers that run meanwhile seal with them until they meet the new one. */
export function addEncryptionKey(folder: string): readonly string[] {
	const path = join(folder, fileName);
	const keys = [newKey(), ...readEncryptionKeys(folder)];
	try {
		writeWhole(path, keys, renameSync);
	} catch (error) {
		throw unusable(path, error);
	}
	return keys;
}

export function isEncryptionKey(text: string): boolean {
	return /^[A-Za-z0-9+/]{43}=$/.test(text);
}

/** Where two servers start at once, the second one finds what the first one wrote. */
function makeFile(path: string, keys: readonly string[]): void {
	try {
		writeWhole(path, keys, linkSync);
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
	}
}

function writeWhole(path: string, keys: readonly string[], put: (from: string, to: string) => void): void {
	const next = `${path}.${process.pid}.new`;
	try {
		writeFileSync(next, `${keys.join("\n")}\n`, { mode: 0o600 });
		chmodSync(next, 0o600);
		put(next, path);
	} finally {
		rmSync(next, { force: true });
	}
}

function newKey(): string {
	return randomBytes(32).toString("base64");
}

function unusable(path: string, error: unknown): StartError {
	const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
	return new StartError(`POSTERN_DATA: the file ${path} cannot be used (${reason}); change its owner, or set POSTERN_ENCRYPTION_KEY`, { cause: error });
}
