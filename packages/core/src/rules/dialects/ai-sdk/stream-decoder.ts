import type { Failure } from "../../../contract/failure.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asObject, parseJson } from "../json-fields.ts";
import { createLineDecoder } from "../line-decoder.ts";
import { createPartDecoder } from "./part-decoder.ts";

const defaultMaxEventBytes = 8 * 1024 * 1024;

/** One stream part of a language model a line. Complete is an answer with a `finish`; an `error` part is its end as well. */
export function createStreamDecoder({ maxEventBytes = defaultMaxEventBytes }: StreamDecoderOptions = {}): StreamDecoder {
	const decoder = createLineDecoder(maxEventBytes);
	const parts = createPartDecoder({ cap: maxEventBytes, isWhole: false });
	let isDead = false;

	function end(failure: Failure | undefined, events: StreamEvent[]): void {
		isDead = failure !== undefined || parts.isFinished();
		if (failure !== undefined) events.push({ type: "error", failure });
	}

	function read(lines: readonly string[] | undefined): StreamEvent[] {
		const events: StreamEvent[] = [];
		if (lines === undefined) end(protocolFailure("The model sent a part that is too large"), events);
		for (const line of lines ?? []) {
			if (isDead) break;
			if (line.trim() === "") continue;
			const part = asObject(parseJson(line));
			end(part === undefined ? protocolFailure("The model sent a part that is not a JSON object") : parts.read(part, line.length, events), events);
		}
		return events;
	}

	return {
		push: (bytes) => (isDead ? [] : read(decoder.push(bytes))),
		close() {
			if (isDead) return [];
			const events = read(decoder.close());
			if (!isDead) end(protocolFailure("The model's stream ended before its answer was complete"), events);
			isDead = true;
			return events;
		},
	};
}
