import { createParser, type EventSourceMessage } from "eventsource-parser";
import { readChunks } from "./body.ts";
import type { Call } from "./call.ts";
import { endedEarly, errorAt } from "./error.ts";
import { parseJson } from "./json.ts";

/**
 * Gives on what an event holds; `true` at the event that says the stream is complete.
 * @throws {PosternError} on an event that says it failed
 */
export type ReadEvent<Item> = (event: EventSourceMessage, give: (item: Item) => void, response: Response) => boolean;

/**
 * The items of an event stream, each read when it is asked for. The end of the bytes is not the end of the stream: one that
 * did not say so fails.
 */
export async function* readStream<Item>(open: () => Promise<Response>, read: ReadEvent<Item>, call: Call): AsyncGenerator<Item> {
	let chunks: AsyncGenerator<string> | undefined;
	try {
		const response = await open();
		chunks = readChunks(response, call);
		const events: EventSourceMessage[] = [];
		const items: Item[] = [];
		const parser = createParser({ onEvent: (event) => events.push(event) });
		for (let chunk = await chunks.next(); chunk.done !== true; chunk = await chunks.next()) {
			parser.feed(chunk.value);
			for (const event of events.splice(0)) {
				const isComplete = read(event, (item) => items.push(item), response);
				yield* items.splice(0);
				if (!isComplete) continue;
				// The end of the bytes is taken too, so that the connection can serve another request.
				chunks.next().catch(() => undefined);
				return;
			}
		}
		throw endedEarly(response);
	} finally {
		call.end();
		void chunks?.return(undefined);
	}
}

/** The event's data as the contract tells it. @throws {PosternError} where it is no JSON object */
export function readData<Data>(event: EventSourceMessage, response: Response): Data {
	const data = parseJson<Data>(event.data);
	if (!(data instanceof Object)) throw errorAt(response, "INVALID_RESPONSE", "An event is no JSON object");
	return data;
}
