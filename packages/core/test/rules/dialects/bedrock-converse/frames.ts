import { crc32 } from "node:zlib";
import type { Json, JsonObject } from "../../../../src/contract/json.ts";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import type { StreamDecoderOptions } from "../../../../src/rules/dialects/dialect.ts";
import { bedrockConverse } from "../../../../src/rules/dialects/bedrock-converse/index.ts";

/** One message of an event stream, as Amazon writes it. */
export function frame(headers: Readonly<Record<string, string>>, payload: Uint8Array): Uint8Array {
	const head = Buffer.concat(
		Object.entries(headers).map(([name, value]) => {
			const text = Buffer.from(value);
			const length = Buffer.alloc(2);
			length.writeUInt16BE(text.length);
			return Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), Buffer.from([7]), length, text]);
		}),
	);
	return seal(head, payload);
}

/** Headers as bytes, for those that no text header can say. */
export function seal(head: Uint8Array, payload: Uint8Array): Uint8Array {
	const prelude = Buffer.alloc(12);
	prelude.writeUInt32BE(16 + head.length + payload.length, 0);
	prelude.writeUInt32BE(head.length, 4);
	prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
	const body = Buffer.concat([prelude, head, payload]);
	const checksum = Buffer.alloc(4);
	checksum.writeUInt32BE(crc32(body));
	return Buffer.concat([body, checksum]);
}

const json = (value: Json) => new TextEncoder().encode(JSON.stringify(value));

export function event(type: string, data: JsonObject): Uint8Array {
	// `p` pads messages to hide the length of what is said.
	return frame({ ":event-type": type, ":content-type": "application/json", ":message-type": "event" }, json({ ...data, p: "abcdefgh" }));
}

export function exception(type: string, data: JsonObject): Uint8Array {
	return frame({ ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" }, json(data));
}

export const start = event("messageStart", { role: "assistant" });
export const delta = (contentBlockIndex: number, value: JsonObject) => event("contentBlockDelta", { contentBlockIndex, delta: value });
export const stop = (contentBlockIndex: number) => event("contentBlockStop", { contentBlockIndex });
export const tool = (contentBlockIndex: number, toolUseId: string, name: string) => event("contentBlockStart", { contentBlockIndex, start: { toolUse: { toolUseId, name } } });
export const end = (stopReason: string, rest: JsonObject = {}) => event("messageStop", { stopReason, ...rest });
export const metadata = event("metadata", {
	usage: { inputTokens: 5, outputTokens: 7, totalTokens: 42, cacheReadInputTokens: 20, cacheWriteInputTokens: 10 },
	metrics: { latencyMs: 300 },
});

export function decodePieces(pieces: readonly Uint8Array[], options?: StreamDecoderOptions): StreamEvent[] {
	const decoder = bedrockConverse.createStreamDecoder(options);
	return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
}
