import type { Passwords } from "../effects/runtime.ts";

/** Passwords without the slowness, and a record of the work that was asked for. */
export interface FakePasswords extends Passwords {
	/** In order: what was done, with which hash. */
	readonly work: readonly { readonly kind: "hash" | "verify"; readonly hash: string }[];
}

/** @param version stands for the parameters: another one makes `verify` ask for a new hash. */
export function fakePasswords(version = 1): FakePasswords {
	const work: { kind: "hash" | "verify"; hash: string }[] = [];
	const hashOf = (password: string, by: string) => `$fake$v=${by}$${encodeURIComponent(password.toWellFormed())}`;
	return {
		work,
		async hash(password) {
			const hash = hashOf(password, String(version));
			work.push({ kind: "hash", hash });
			return hash;
		},
		async verify(password, hash) {
			work.push({ kind: "verify", hash });
			const made = /^\$fake\$v=(\d+)\$/.exec(hash)?.[1] ?? "";
			if (hash !== hashOf(password, made)) return "no";
			return made === String(version) ? "yes" : "yes-rehash";
		},
	};
}
