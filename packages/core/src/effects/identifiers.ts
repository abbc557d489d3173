import type { Runtime } from "./runtime.ts";

export type IdentifierPrefix = "req" | "ses" | "msg" | "chatcmpl";

/** Makes ids such as `req_5f0c...`: 24 hexadecimal digits, 96 unpredictable bits. Bytes are fetched for many ids at once. */
export function createIdentifiers(runtime: Pick<Runtime, "randomBytes">): (prefix: IdentifierPrefix) => string {
	let pool: Uint8Array = new Uint8Array();
	let offset = 0;
	return (prefix) => {
		if (offset >= pool.length) {
			pool = runtime.randomBytes(bytesPerId * idsPerPool);
			offset = 0;
		}
		let text = prefix === "chatcmpl" ? "chatcmpl-" : `${prefix}_`;
		for (const end = offset + bytesPerId; offset < end; offset++) text += hexadecimal[pool[offset] ?? 0];
		return text;
	};
}

const bytesPerId = 12;
const idsPerPool = 64;
const hexadecimal = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
