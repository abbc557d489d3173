import { randomBytes } from "node:crypto";
import { addSecret, readSecretFile, type SecretFile } from "./secret-file.ts";

/** What stored keys of providers are sealed with: the first one seals, all of them open. */
const file: SecretFile = {
	name: "encryption-keys",
	create: () => randomBytes(32).toString("base64"),
	isGood: isEncryptionKey,
	whatIsWrong: "what is no key of 32 bytes as base64; restore it from a backup, for without it no stored key of a provider opens",
	command: "rotate-encryption-key",
	variable: "POSTERN_ENCRYPTION_KEY",
};

export function isEncryptionKey(text: string): boolean {
	return /^[A-Za-z0-9+/]{43}=$/.test(text);
}

/** @throws {StartError} */
export function readEncryptionKeys(folder: string): readonly string[] {
	return readSecretFile(folder, file);
}

/** Those behind the new one stay: servers that run meanwhile seal with them until they meet it. */
export function addEncryptionKey(folder: string): readonly string[] {
	return addSecret(folder, file);
}
