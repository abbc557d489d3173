import type { ByteSource } from "../rules/providers/transport.ts";

/** Reads a source to its end as UTF-8 text, or to `limit` bytes and lets go of the rest. */
export async function readAll(source: ByteSource, limit: number): Promise<{ readonly value: string; readonly isCut: boolean }> {
	const decoder = new TextDecoder();
	let value = "";
	let length = 0;
	for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
		length += chunk.length;
		value += decoder.decode(chunk, { stream: true });
		if (length > limit) {
			source.cancel();
			return { value, isCut: true };
		}
	}
	return { value: value + decoder.decode(), isCut: false };
}
