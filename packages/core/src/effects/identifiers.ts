import type { Runtime } from "./runtime.ts";

export type IdentifierPrefix = "req" | "ses" | "msg" | "chatcmpl" | "org" | "prj" | "key" | "inv" | "usr" | "sid" | "aud" | "crd";

/**
 * Makes ids such as `ses_5f0c...`: 24 hexadecimal digits, 96 unpredictable bits. A request's id begins with its time instead (12
 * digits of milliseconds, then 64 unpredictable bits): the ledger's index then grows at its end, not all over.
 */
export function createIdentifiers(runtime: Pick<Runtime, "now" | "randomBytes">): (prefix: IdentifierPrefix) => string {
	let pool = "";
	let offset = 0;

	function randomDigits(count: number): string {
		if (offset + count > pool.length) {
			pool = Array.from(runtime.randomBytes(poolBytes), (byte) => hexadecimal[byte]).join("");
			offset = 0;
		}
		offset += count;
		return pool.slice(offset - count, offset);
	}

	return (prefix) => {
		switch (prefix) {
			case "req":
				return `req_${runtime.now().toString(16).padStart(12, "0")}${randomDigits(16)}`;
			case "chatcmpl":
				return `chatcmpl-${randomDigits(24)}`;
			default:
				return `${prefix}_${randomDigits(24)}`;
		}
	};
}

const poolBytes = 1024;
const hexadecimal = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
