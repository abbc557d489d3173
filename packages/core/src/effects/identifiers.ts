import type { Runtime } from "./runtime.ts";

export type IdentifierPrefix = "req" | "ses" | "msg" | "chatcmpl" | "org" | "prj" | "key" | "inv" | "usr" | "sid" | "aud" | "crd";

/**
 * Makes ids such as `ses_5f0c...`: 24 hexadecimal digits, 96 unpredictable bits. A request's id begins with its time instead (12
 * digits of milliseconds, then 64 unpredictable bits): the ledger's index then grows at its end, not all over.
 */
export function createIdentifiers(runtime: Pick<Runtime, "now" | "randomBytes">): (prefix: IdentifierPrefix) => string {
	let pool: Uint8Array = new Uint8Array();
	let offset = 0;

	function randomDigits(bytes: number): string {
		if (offset + bytes > pool.length) {
			pool = runtime.randomBytes(poolBytes);
			offset = 0;
		}
		let digits = "";
		for (const end = offset + bytes; offset < end; offset++) digits += hexadecimal[pool[offset] ?? 0];
		return digits;
	}

	return (prefix) => {
		switch (prefix) {
			case "req":
				return `req_${runtime.now().toString(16).padStart(12, "0")}${randomDigits(8)}`;
			case "chatcmpl":
				return `chatcmpl-${randomDigits(12)}`;
			default:
				return `${prefix}_${randomDigits(12)}`;
		}
	};
}

const poolBytes = 4096;
const hexadecimal = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
