import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { parseJson } from "../json-fields.ts";
import { createEventStreamDecoder } from "../stream-decoder.ts";
import { createChunkDecoder } from "./chunk-decoder.ts";

const defaultMaxEventBytes = 8 * 1024 * 1024;

/**
 * Google's streams have no mark at their end: complete is an answer that said why it ended (`finishReason`, or a blocked prompt) and
 * then a clean close. The finish waits for it, because usage and grounding may come behind the reason.
 */
export function createStreamDecoder({ maxEventBytes = defaultMaxEventBytes }: StreamDecoderOptions = {}): StreamDecoder {
	const chunks = createChunkDecoder(maxEventBytes);
	return createEventStreamDecoder({ maxEventBytes }, {
		// Compatible servers end their streams as OpenAI does.
		read: ({ data }, events) => (data === "[DONE]" ? undefined : chunks.push(parseJson(data), events)),
		isFinished: () => false,
		close: chunks.finish,
	});
}
