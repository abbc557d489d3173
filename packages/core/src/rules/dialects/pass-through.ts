import type { StreamEvent } from "../../contract/stream-event.ts";
import { hasContent } from "../routing/commit.ts";
import type { PassedText, PassThroughCodec, ProviderCodec } from "./dialect.ts";
import { protocolFailure } from "./failure.ts";

export interface PassThroughOptions {
	/** The usage was asked for by the gateway alone. */
	readonly hidesUsage: boolean;
	/** The most characters one frame may have before the stream counts as broken. Default 8 Mi. */
	readonly maxFrameLength?: number;
}

/** Sans-IO, like a stream decoder. Events come beside the passed text: all of them until the first content, then only what is not a delta's. */
export interface PassThrough {
	push(bytes: Uint8Array): (StreamEvent | PassedText)[];
	close(): (StreamEvent | PassedText)[];
}

/**
 * Lets a provider's stream pass untouched to a caller of the same dialect, unknown fields and events included, and taps it: until
 * the first content everything is decoded, since it may still fail; from then on only frames that are no plain delta. A frame
 * that holds an error is not passed: callers get errors in the gateway's words.
 */
export function createPassThrough(codec: ProviderCodec, passThrough: PassThroughCodec, options: PassThroughOptions): PassThrough {
	const { hidesUsage, maxFrameLength = 8 * 1024 * 1024 } = options;
	const decoder = codec.createStreamDecoder();
	const text = new TextDecoder();
	const encoder = new TextEncoder();
	let rest = "";
	let isCommitted = false;
	let isOver = false;

	function take(received: string): (StreamEvent | PassedText)[] {
		const { frames, rest: begun } = splitFrames(rest + received);
		rest = begun;
		const events: StreamEvent[] = [];
		let passed = "";
		let deltaCount = 0;
		for (const frame of frames) {
			if (isOver) break;
			const isDelta = isCommitted && passThrough.isDelta(frame);
			if (isDelta) deltaCount++;
			else if (!decode(decoder.push(encoder.encode(frame)), events)) break;
			passed += hidesUsage ? passThrough.withoutUsage(frame) : frame;
		}
		if (!isOver && rest.length > maxFrameLength) {
			isOver = true;
			events.push({ type: "error", failure: protocolFailure("The provider sent an event that is too large") });
		}
		return passed === "" ? events : [{ type: "passed", text: passed, deltaCount }, ...events];
	}

	/** @returns whether the frame may be passed on. */
	function decode(decoded: readonly StreamEvent[], events: StreamEvent[]): boolean {
		events.push(...decoded);
		isCommitted ||= hasContent(decoded);
		const last = decoded.at(-1)?.type;
		isOver = last === "finish" || last === "error";
		return last !== "error";
	}

	return {
		push: (bytes) => (isOver ? [] : take(text.decode(bytes, { stream: true }))),
		close() {
			if (isOver) return [];
			const left = rest + text.decode();
			rest = "";
			const taken = left.trim() === "" ? [] : take(`${left}\n\n`);
			if (isOver) return taken;
			const closing: StreamEvent[] = [];
			const isEnded = decode(decoder.close(), closing);
			const mark: PassedText = { type: "passed", text: passThrough.endMark, deltaCount: 0 };
			return [...taken, ...(isEnded ? [mark] : []), ...closing];
		},
	};
}

/** Frames end with a blank line; line ends are LF or CRLF (WHATWG HTML 9.2.5; nobody sends CR alone). */
function splitFrames(text: string): { readonly frames: readonly string[]; readonly rest: string } {
	const frames: string[] = [];
	let start = 0;
	for (;;) {
		const lf = text.indexOf("\n\n", start);
		const crlf = text.indexOf("\r\n\r\n", start);
		if (lf < 0 && crlf < 0) return { frames, rest: start === 0 ? text : text.slice(start) };
		const end = crlf >= 0 && (lf < 0 || crlf < lf) ? crlf + 4 : lf + 2;
		frames.push(text.slice(start, end));
		start = end;
	}
}
