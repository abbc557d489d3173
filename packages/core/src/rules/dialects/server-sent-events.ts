import { createParser } from "eventsource-parser";

/** One server-sent event: its name, where it has one, and its data with `\n` between data lines. */
export interface ServerSentEvent {
	readonly event: string | undefined;
	readonly data: string;
}

export interface ServerSentEventDecoder {
	/**
	 * @returns the events completed by these bytes; `undefined` once an event outgrew the cap: the decoder is dead then. Events
	 * completed before it in the same bytes come first, and `undefined` at the next call.
	 */
	push(bytes: Uint8Array): ServerSentEvent[] | undefined;
	/** The bytes have ended. An event whose last blank line is missing still counts: several vendors leave it out. */
	close(): ServerSentEvent[] | undefined;
}

/** Field name, colon and space stand in the parser's buffer too: its own cap must not bite before ours. */
const fieldNameRoom = 64;

/**
 * Bytes to server-sent events (WHATWG HTML 9.2), sans-IO. Gives the same events at every split of the bytes, inside
 * multi-byte characters and between CR and LF too. No event may grow past `maxEventBytes` UTF-16 units.
 */
export function createServerSentEventDecoder(maxEventBytes = 8 * 1024 * 1024): ServerSentEventDecoder {
	const text = new TextDecoder();
	let events: ServerSentEvent[] = [];
	let isDead = false;
	const parser = createParser({
		maxBufferSize: maxEventBytes + fieldNameRoom,
		// A large event that arrives in one piece never stands in the parser's buffer: counted here as well.
		onEvent({ event, data }) {
			if (data.length > maxEventBytes || (event?.length ?? 0) > maxEventBytes) isDead = true;
			else if (!isDead) events.push({ event, data });
		},
		onError(error) {
			if (error.type === "max-buffer-size-exceeded") isDead = true;
		},
	});
	// TextDecoder has taken the byte order mark away; the parser looks for one, mis-read, in front of its first line only.
	parser.feed("\n");

	function feed(chunk: string): ServerSentEvent[] | undefined {
		if (isDead) return undefined;
		events = [];
		if (chunk !== "") parser.feed(chunk);
		return isDead && events.length === 0 ? undefined : events;
	}

	return {
		push: (bytes) => feed(text.decode(bytes, { stream: true })),
		close: () => feed(`${text.decode()}\n\n`),
	};
}
