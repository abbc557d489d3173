import type { ByteSource } from "../rules/providers/transport.ts";

const utf8 = new TextDecoder();

/** Reads a source to its end as UTF-8 text, or to `limit` bytes and lets go of the rest. */
export async function readAll(source: ByteSource, limit: number): Promise<{ readonly value: string; readonly isCut: boolean }> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for (;;) {
		const chunk = await source.read();
		if (chunk === undefined) break;
		chunks.push(chunk);
		length += chunk.length;
		if (length <= limit) continue;
		source.cancel();
		break;
	}
	return { value: utf8.decode(joinBytes(chunks, length)), isCut: length > limit };
}

export function joinBytes(chunks: readonly Uint8Array[], size: number): Uint8Array {
	const [first] = chunks;
	if (first !== undefined && chunks.length === 1) return first;
	const joined = new Uint8Array(size);
	let offset = 0;
	for (const chunk of chunks) {
		joined.set(chunk, offset);
		offset += chunk.byteLength;
	}
	return joined;
}
