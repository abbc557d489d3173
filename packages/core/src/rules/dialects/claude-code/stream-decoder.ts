import type { Failure } from "../../../contract/failure.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asObject, parseJson } from "../json-fields.ts";
import { createLineDecoder } from "../line-decoder.ts";
import { createLineReader } from "./line-reader.ts";

const defaultMaxEventBytes = 8 * 1024 * 1024;

/**
 * Lines of JSON, up to a `result`. A line that is none was printed by something else than the protocol (a runtime's warning) and may
 * tell of the operator's machine: it is skipped.
 */
export function createStreamDecoder({ maxEventBytes = defaultMaxEventBytes }: StreamDecoderOptions = {}): StreamDecoder {
	const lines = createLineDecoder(maxEventBytes);
	const reader = createLineReader(maxEventBytes);
	let isDead = false;

	function die(failure: Failure, events: StreamEvent[]): void {
		isDead = true;
		events.push({ type: "error", failure });
	}

	function decode(received: readonly string[] | undefined): StreamEvent[] {
		const events: StreamEvent[] = [];
		if (received === undefined) die(protocolFailure("Claude Code told a line that is too long"), events);
		for (const line of received ?? []) {
			// `send` says so that the process is well.
			if (line === "") reader.live(events);
			const data = asObject(parseJson(line));
			const failure = data === undefined ? undefined : reader.read(data, events);
			if (failure !== undefined) die(failure, events);
			isDead ||= reader.isFinished();
			if (isDead) return events;
		}
		return events;
	}

	return {
		push: (bytes) => (isDead ? [] : decode(lines.push(bytes))),
		close() {
			if (isDead) return [];
			const events = decode(lines.close()?.filter((line) => line !== ""));
			if (!isDead) die(protocolFailure("Claude Code ended before its answer was complete"), events);
			return events;
		},
	};
}
