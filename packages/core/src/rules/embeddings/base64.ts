/**
 * Base64 (RFC 4648 4) of bytes, over tables: a request can bring thousands of vectors, and what every runtime has (`btoa`, `atob`) wants
 * the bytes as a string of characters first, which takes several times as long.
 */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const padding = 0x3d;
const codes = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
const values = new Uint8Array(256);
codes.forEach((code, value) => (values[code] = value));
const ascii = new TextDecoder();

export function encodeBase64(bytes: Uint8Array): string {
	const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(padding);
	let place = 0;
	for (let index = 0; index < bytes.length; index += 3) {
		const left = bytes.length - index;
		const group = (at(bytes, index) << 16) | (at(bytes, index + 1) << 8) | at(bytes, index + 2);
		out[place++] = at(codes, group >> 18);
		out[place++] = at(codes, (group >> 12) & 63);
		if (left > 1) out[place++] = at(codes, (group >> 6) & 63);
		if (left > 2) out[place++] = at(codes, group & 63);
	}
	return ascii.decode(out);
}

/** @param text is base64: whole groups of four characters, padded. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
	const missing = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
	const bytes = new Uint8Array((text.length / 4) * 3 - missing);
	for (let index = 0, place = 0; index < text.length; index += 4) {
		const group = (valueAt(text, index) << 18) | (valueAt(text, index + 1) << 12) | (valueAt(text, index + 2) << 6) | valueAt(text, index + 3);
		// What is beyond the end is not written.
		bytes[place++] = group >> 16;
		bytes[place++] = group >> 8;
		bytes[place++] = group;
	}
	return bytes;
}

function valueAt(text: string, index: number): number {
	return at(values, text.charCodeAt(index));
}

function at(bytes: Uint8Array, index: number): number {
	return bytes[index] ?? 0;
}
