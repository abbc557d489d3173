import type { Failure } from "../../../contract/failure.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { parseJson } from "../json-fields.ts";
import { createServerSentEventDecoder, type ServerSentEvent } from "../server-sent-events.ts";
import { createChunkDecoder } from "./chunk-decoder.ts";

const defaultMaxEventBytes = 8 * 1024 * 1024;

/**
 * Google's streams have no mark at their end: complete is an answer that said why it ended (`finishReason`, or a blocked prompt) and
 * then a clean close. The finish waits for it, because usage and grounding may come behind the reason.
 */
export function createStreamDecoder({ maxEventBytes = defaultMaxEventBytes }: StreamDecoderOptions = {}): StreamDecoder {
	const serverSentEvents = createServerSentEventDecoder(maxEventBytes);
	const chunks = createChunkDecoder(maxEventBytes);
	let isDead = false;

	function fail(failure: Failure, events: StreamEvent[]): void {
		isDead = true;
		events.push({ type: "error", failure });
	}

	function decode(decoded: readonly ServerSentEvent[] | undefined): StreamEvent[] {
		const events: StreamEvent[] = [];
		if (decoded === undefined) fail(protocolFailure("The provider sent an event that is too large"), events);
		for (const { data } of decoded ?? []) {
			if (isDead) break;
			// Compatible servers end their streams as OpenAI does.
			if (data === "" || data === "[DONE]") continue;
			const failure = chunks.push(parseJson(data), events);
			if (failure !== undefined) fail(failure, events);
		}
		return events;
	}

	return {
		push: (bytes) => (isDead ? [] : decode(serverSentEvents.push(bytes))),
		close() {
			if (isDead) return [];
			const events = decode(serverSentEvents.close());
			if (isDead) return events;
			isDead = true;
			const failure = chunks.finish(events);
			if (failure !== undefined) events.push({ type: "error", failure });
			return events;
		},
	};
}
