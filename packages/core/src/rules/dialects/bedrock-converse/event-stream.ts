import { crc32 } from "../../checksums/crc32.ts";

/** One message of an event stream: its headers (those that are text) and its payload. */
export interface EventStreamMessage {
	readonly headers: Readonly<Record<string, string>>;
	readonly payload: Uint8Array;
}

/** Why a stream cannot be read on. */
export type EventStreamProblem = "too-large" | "damaged";

export interface EventStreamDecoder {
	/** @returns the messages completed by these bytes, and what is wrong with those behind them. After a problem the decoder is dead. */
	push(bytes: Uint8Array): { readonly messages: readonly EventStreamMessage[]; readonly problem?: EventStreamProblem };
	/** Whether the bytes so far end with a whole message: a stream that ends elsewhere was cut. */
	isAtBoundary(): boolean;
}

/** Total length, length of the headers, checksum of both; behind the payload stands the checksum of the whole message. */
const preludeLength = 12;
const checksumLength = 4;
const maxHeadersLength = 128 * 1024;

/**
 * Bytes to messages of `application/vnd.amazon.eventstream`, sans-IO. Gives the same messages at every split of the bytes; lengths are
 * believed only once their checksum is right, and no message may grow past `maxMessageBytes`.
 */
export function createEventStreamDecoder(maxMessageBytes = 8 * 1024 * 1024): EventStreamDecoder {
	let buffer = new Uint8Array(4096);
	let start = 0;
	let end = 0;
	let isDead = false;

	function append(bytes: Uint8Array): void {
		if (end + bytes.length > buffer.length) {
			const kept = end - start;
			const target = kept + bytes.length <= buffer.length ? buffer : new Uint8Array(Math.max(buffer.length * 2, kept + bytes.length));
			target.set(buffer.subarray(start, end));
			buffer = target;
			start = 0;
			end = kept;
		}
		buffer.set(bytes, end);
		end += bytes.length;
	}

	/** @returns `undefined` where the message is not complete yet. */
	function next(): EventStreamMessage | EventStreamProblem | undefined {
		if (end - start < preludeLength) return undefined;
		const view = new DataView(buffer.buffer, start, end - start);
		if (crc32(buffer.subarray(start, start + 8)) !== view.getUint32(8)) return "damaged";
		const length = view.getUint32(0);
		const headersLength = view.getUint32(4);
		if (length > maxMessageBytes) return "too-large";
		if (headersLength > maxHeadersLength || preludeLength + headersLength + checksumLength > length) return "damaged";
		if (end - start < length) return undefined;
		// A copy: the buffer is written over.
		const message = buffer.slice(start, start + length);
		start += length;
		if (crc32(message.subarray(0, -checksumLength)) !== view.getUint32(length - checksumLength)) return "damaged";
		const headers = readHeaders(message.subarray(preludeLength, preludeLength + headersLength));
		return headers === undefined ? "damaged" : { headers, payload: message.subarray(preludeLength + headersLength, -checksumLength) };
	}

	return {
		isAtBoundary: () => start === end,
		push(bytes) {
			const messages: EventStreamMessage[] = [];
			if (isDead) return { messages };
			append(bytes);
			for (;;) {
				const message = next();
				if (message === undefined) return { messages };
				if (typeof message === "string") {
					isDead = true;
					return { messages, problem: message };
				}
				messages.push(message);
			}
		},
	};
}

/** Bytes of a value by its type; types 6 (bytes) and 7 (text) tell their length in front. */
const fixedLengths: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const textType = 7;

/** @returns `undefined` where the headers cannot be read. */
function readHeaders(bytes: Uint8Array): Record<string, string> | undefined {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const headers: [string, string][] = [];
	const text = new TextDecoder();
	let offset = 0;
	while (offset < bytes.length) {
		const nameEnd = offset + 1 + view.getUint8(offset);
		if (nameEnd >= bytes.length) return undefined;
		const type = view.getUint8(nameEnd);
		const isMeasured = type === 6 || type === textType;
		const valueStart = nameEnd + (isMeasured ? 3 : 1);
		if (valueStart > bytes.length) return undefined;
		const length = isMeasured ? view.getUint16(nameEnd + 1) : fixedLengths[type];
		if (length === undefined || valueStart + length > bytes.length) return undefined;
		if (type === textType) headers.push([text.decode(bytes.subarray(offset + 1, nameEnd)), text.decode(bytes.subarray(valueStart, valueStart + length))]);
		offset = valueStart + length;
	}
	return Object.fromEntries(headers);
}
