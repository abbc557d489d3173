import type { Failure } from "../../../contract/failure.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { parseJson } from "../json-fields.ts";
import { createServerSentEventDecoder, type ServerSentEvent } from "../server-sent-events.ts";
import { createEventDecoder } from "./event-decoder.ts";

/** Complete is an answer that said so with its last event. A close or a `[DONE]` before it is an early end. */
export function createStreamDecoder(options: StreamDecoderOptions = {}): StreamDecoder {
	const serverSentEvents = createServerSentEventDecoder(options.maxEventBytes);
	const decoder = createEventDecoder();
	let isDead = false;

	function fail(failure: Failure, events: StreamEvent[]): void {
		isDead = true;
		events.push({ type: "error", failure });
	}

	function decode(decoded: readonly ServerSentEvent[] | undefined): StreamEvent[] {
		const events: StreamEvent[] = [];
		if (decoded === undefined) {
			fail(protocolFailure("The provider sent an event that is too large"), events);
			return events;
		}
		for (const { event, data } of decoded) {
			if (data === "") continue;
			const failure = data === "[DONE]" ? endedEarly : decoder.push(named(event, parseJson(data)), events);
			if (failure !== undefined) fail(failure, events);
			isDead ||= decoder.isFinished();
			if (isDead) break;
		}
		return events;
	}

	return {
		push: (bytes) => (isDead ? [] : decode(serverSentEvents.push(bytes))),
		close() {
			if (isDead) return [];
			const events = decode(serverSentEvents.close());
			if (!isDead) fail(endedEarly, events);
			return events;
		},
	};
}

const endedEarly = protocolFailure("The provider's answer ended early");

/** The type stands in the data; the event's name counts where it does not. */
function named(event: string | undefined, data: ReturnType<typeof parseJson>): ReturnType<typeof parseJson> {
	const isUnnamed = event !== undefined && typeof data === "object" && data !== null && !Array.isArray(data) && !("type" in data);
	return isUnnamed ? { ...data, type: event } : data;
}
