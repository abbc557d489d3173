/** Few enough to be arguments of one call. */
const chunkLength = 0x8000;

/** Bytes as base64, with what every runtime has. */
export function toBase64(bytes: Uint8Array): string {
	let binary = "";
	for (let start = 0; start < bytes.length; start += chunkLength) binary += String.fromCharCode(...bytes.subarray(start, start + chunkLength));
	return btoa(binary);
}
