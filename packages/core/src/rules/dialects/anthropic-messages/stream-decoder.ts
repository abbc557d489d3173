import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asObject, parseJson } from "../json-fields.ts";
import { createEventStreamDecoder } from "../stream-decoder.ts";
import { createMessageReader } from "./message-reader.ts";

const defaultMaxEventBytes = 8 * 1024 * 1024;

export function createStreamDecoder({ maxEventBytes = defaultMaxEventBytes }: StreamDecoderOptions = {}): StreamDecoder {
	let partCount = 0;
	const message = createMessageReader(maxEventBytes, () => String(partCount++));
	return createEventStreamDecoder({ maxEventBytes }, {
		read: ({ data }, events) => message.read(asObject(parseJson(data)), events),
		isFinished: message.isFinished,
		close: () => protocolFailure("The provider's stream ended before its answer was complete"),
	});
}
