import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Passwords } from "../../effects/runtime.ts";
import { argon2id, type KeyDerivation, scrypt } from "./key-derivation.ts";
import { formatPhc, parsePhc, type PasswordHash } from "./phc-string.ts";

const saltBytes = 16;

/**
 * Passwords on Node: argon2id where it is there (24.7), scrypt before. What either made is verified by both, as far as Node can.
 * @param preferred what new passwords are hashed with.
 */
export function nodePasswords(preferred: KeyDerivation = argon2id ?? scrypt): Passwords {
	const known = new Map([argon2id, scrypt, preferred].flatMap((each) => (each === undefined ? [] : [[each.algorithm, each] as const])));

	function isCurrent({ algorithm, version, parameters }: PasswordHash): boolean {
		const wanted = Object.entries(preferred.parameters);
		return algorithm === preferred.algorithm && version === preferred.version && wanted.every(([name, value]) => parameters[name] === value);
	}

	return {
		async hash(password) {
			const { algorithm, version, parameters } = preferred;
			const salt = randomBytes(saltBytes);
			const hash = await preferred.derive(password, salt, parameters);
			return formatPhc({ algorithm, parameters, salt, hash, ...(version === undefined ? {} : { version }) });
		},
		async verify(password, text) {
			const stored = parsePhc(text);
			const derivation = known.get(stored?.algorithm ?? "");
			if (stored === undefined || derivation === undefined) throw new Error("A stored password hash is of a kind that this runtime cannot verify");
			const hash = await derivation.derive(password, stored.salt, stored.parameters);
			if (hash.length !== stored.hash.length || !timingSafeEqual(hash, stored.hash)) return "no";
			return isCurrent(stored) ? "yes" : "yes-rehash";
		},
	};
}
