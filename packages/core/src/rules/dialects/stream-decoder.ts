import type { Failure } from "../../contract/failure.ts";
import type { StreamEvent } from "../../contract/stream-event.ts";
import type { StreamDecoder, StreamDecoderOptions } from "./dialect.ts";
import { protocolFailure } from "./failure.ts";
import { createServerSentEventDecoder, type ServerSentEvent } from "./server-sent-events.ts";

/** What a dialect makes of the server-sent events of one answer. What it returns breaks the stream. */
export interface EventReader {
	/** `data` is never empty. */
	read(event: ServerSentEvent, events: StreamEvent[]): Failure | undefined;
	/** The answer is complete: what follows is not looked at. */
	isFinished(): boolean;
	/** The bytes have ended before that. */
	close(events: StreamEvent[]): Failure | undefined;
}

/** The stream decoder of a dialect that speaks server-sent events: caps, the one end, and death after it. */
export function createEventStreamDecoder({ maxEventBytes }: StreamDecoderOptions, reader: EventReader): StreamDecoder {
	const serverSentEvents = createServerSentEventDecoder(maxEventBytes);
	let isDead = false;

	function end(failure: Failure | undefined, events: StreamEvent[]): void {
		isDead = failure !== undefined || reader.isFinished();
		if (failure !== undefined) events.push({ type: "error", failure });
	}

	function decode(received: readonly ServerSentEvent[] | undefined): StreamEvent[] {
		const events: StreamEvent[] = [];
		if (received === undefined) end(protocolFailure("The provider sent an event that is too large"), events);
		for (const event of received ?? []) {
			if (isDead) break;
			if (event.data !== "") end(reader.read(event, events), events);
		}
		return events;
	}

	return {
		push: (bytes) => (isDead ? [] : decode(serverSentEvents.push(bytes))),
		close() {
			if (isDead) return [];
			const events = decode(serverSentEvents.close());
			if (!isDead) end(reader.close(events), events);
			isDead = true;
			return events;
		},
	};
}
