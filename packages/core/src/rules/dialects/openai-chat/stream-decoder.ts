import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { parseJson } from "../json-fields.ts";
import { createEventStreamDecoder } from "../stream-decoder.ts";
import { createChunkDecoder } from "./chunk-decoder.ts";

/**
 * Complete is an answer that said how it ended (`finish_reason`) and then either `[DONE]` or a clean close: many compatible vendors
 * leave the mark out, none leaves the reason out. The finish waits for that end, because the usage comes behind the reason.
 */
export function createStreamDecoder(options: StreamDecoderOptions = {}): StreamDecoder {
	const chunks = createChunkDecoder();
	let isFinished = false;

	return createEventStreamDecoder(options, {
		read({ event, data }, events) {
			if (data === "[DONE]") {
				isFinished = true;
				return chunks.finish(events);
			}
			const chunk = parseJson(data);
			// Groq names the event and may leave the envelope out.
			const isBareError = event === "error" && typeof chunk === "object" && chunk !== null && !("error" in chunk);
			return chunks.push(isBareError ? { error: chunk } : chunk, events);
		},
		isFinished: () => isFinished,
		close: chunks.finish,
	});
}
