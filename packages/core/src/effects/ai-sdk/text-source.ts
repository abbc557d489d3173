import type { ByteSource } from "../../rules/providers/transport.ts";

/** A body that is there at once. */
export function textSource(text: string): ByteSource {
	let rest: Uint8Array | undefined = new TextEncoder().encode(text);
	return {
		async read() {
			const bytes = rest;
			rest = undefined;
			return bytes;
		},
		cancel() {
			rest = undefined;
		},
	};
}
