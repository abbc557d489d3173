import { randomBytes } from "node:crypto";
import { addSecret, readSecretFile, type SecretFile } from "./secret-file.ts";

/** How many verify after a rotation, the newest among them. */
const keptSecrets = 3;

/** What sessions are signed with, made at the first start. */
const file: SecretFile = {
	name: "session-secrets",
	create: () => randomBytes(48).toString("base64url"),
	isGood: (line) => line.length >= 32,
	whatIsWrong: "no secrets of 32 characters or more; remove it, and everybody signs in again",
	command: "rotate-session-secret",
	variable: "POSTERN_SESSION_SECRET",
};

/** @throws {StartError} */
export function readSessionSecrets(folder: string): readonly string[] {
	return readSecretFile(folder, file);
}

/** The new one signs from the next start, those behind it verify. @returns how many there are now. */
export function rotateSessionSecrets(folder: string): number {
	return addSecret(folder, file, keptSecrets).length;
}
