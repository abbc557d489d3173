import * as crypto from "node:crypto";

/** A slow function from password and salt to a hash, with the parameters that it is used with now. */
export interface KeyDerivation {
	readonly algorithm: string;
	readonly version?: number;
	readonly parameters: Readonly<Record<string, number>>;
	/** In the thread pool. */
	derive(password: string, salt: Uint8Array, parameters: Readonly<Record<string, number>>): Promise<Uint8Array>;
}

const hashBytes = 32;

/** OWASP's first choice: 19 MiB, two passes, one lane. `undefined` before Node 24.7. */
export const argon2id: KeyDerivation | undefined =
	"argon2" in crypto
		? {
				algorithm: "argon2id",
				version: 0x13,
				parameters: { m: 19_456, t: 2, p: 1 },
				derive: (password, salt, { m = 0, t = 0, p = 0 }) =>
					new Promise((resolve, reject) => {
						const options = { message: password, nonce: salt, memory: m, passes: t, parallelism: p, tagLength: hashBytes };
						crypto.argon2("argon2id", options, (error, hash) => (error === null ? resolve(hash) : reject(error)));
					}),
			}
		: undefined;

/** OWASP's choice where there is no argon2: 32 MiB, three lanes one after the other. */
export const scrypt: KeyDerivation = {
	algorithm: "scrypt",
	parameters: { ln: 15, r: 8, p: 3 },
	derive: (password, salt, { ln = 0, r = 0, p = 0 }) =>
		new Promise((resolve, reject) => {
			const cost = 2 ** ln;
			const options = { N: cost, r, p, maxmem: 128 * cost * r + 128 * r * p + 2 ** 20 };
			crypto.scrypt(password, salt, hashBytes, options, (error, hash) => (error === null ? resolve(hash) : reject(error)));
		}),
};
