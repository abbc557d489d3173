import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { parseJson } from "../json-fields.ts";
import { createEventStreamDecoder } from "../stream-decoder.ts";
import { createEventDecoder } from "./event-decoder.ts";

/** Complete is an answer that said so with its last event. A close or a `[DONE]` before it is an early end. */
export function createStreamDecoder(options: StreamDecoderOptions = {}): StreamDecoder {
	const decoder = createEventDecoder();
	return createEventStreamDecoder(options, {
		read: ({ event, data }, events) => (data === "[DONE]" ? endedEarly : decoder.push(named(event, parseJson(data)), events)),
		isFinished: decoder.isFinished,
		close: () => endedEarly,
	});
}

const endedEarly = protocolFailure("The provider's answer ended early");

/** The type stands in the data; the event's name counts where it does not. */
function named(event: string | undefined, data: ReturnType<typeof parseJson>): ReturnType<typeof parseJson> {
	const isUnnamed = event !== undefined && typeof data === "object" && data !== null && !Array.isArray(data) && !("type" in data);
	return isUnnamed ? { ...data, type: event } : data;
}
