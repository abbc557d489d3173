import type { Failure } from "../../../contract/failure.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { parseJson } from "../json-fields.ts";
import { createServerSentEventDecoder, type ServerSentEvent } from "../server-sent-events.ts";
import { createChunkDecoder } from "./chunk-decoder.ts";

/**
 * Complete is an answer that said how it ended (`finish_reason`) and then either `[DONE]` or a clean close: many compatible vendors
 * leave the mark out, none leaves the reason out. The finish waits for that end, because the usage comes behind the reason.
 */
export function createStreamDecoder(options: StreamDecoderOptions = {}): StreamDecoder {
	const serverSentEvents = createServerSentEventDecoder(options.maxEventBytes);
	const chunks = createChunkDecoder();
	let isDead = false;

	function fail(failure: Failure, events: StreamEvent[]): void {
		isDead = true;
		events.push({ type: "error", failure });
	}

	function finish(events: StreamEvent[]): void {
		isDead = true;
		const failure = chunks.finish(events);
		if (failure !== undefined) events.push({ type: "error", failure });
	}

	function decode(decoded: readonly ServerSentEvent[] | undefined): StreamEvent[] {
		const events: StreamEvent[] = [];
		if (decoded === undefined) {
			fail(protocolFailure("The provider sent an event that is too large"), events);
			return events;
		}
		for (const { event, data } of decoded) {
			if (data === "") continue;
			if (data === "[DONE]") finish(events);
			else {
				const chunk = parseJson(data);
				// Groq names the event and may leave the envelope out.
				const isBareError = event === "error" && typeof chunk === "object" && chunk !== null && !("error" in chunk);
				const failure = chunks.push(isBareError ? { error: chunk } : chunk, events);
				if (failure !== undefined) fail(failure, events);
			}
			if (isDead) break;
		}
		return events;
	}

	return {
		push: (bytes) => (isDead ? [] : decode(serverSentEvents.push(bytes))),
		close() {
			if (isDead) return [];
			const events = decode(serverSentEvents.close());
			if (!isDead) finish(events);
			return events;
		},
	};
}
