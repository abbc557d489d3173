import fc from "fast-check";
import { expect, it } from "vitest";
import type { StreamEvent } from "../../../src/contract/stream-event.ts";
import { splitsOf } from "./arbitraries.ts";
import { expectWellFormed } from "./well-formed.ts";

/** Bytes of a stream as no honest provider sends it: known data, hostile JSON and noise in frames of every kind, or no frames at all. */
export function hostileWire(known: fc.Arbitrary<string>, hostileJson: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
	const encoder = new TextEncoder();
	const data = fc.oneof({ weight: 4, arbitrary: known }, hostileJson, fc.constant("[DONE]"), fc.string());
	const field = fc.constantFrom("data: ", "data:", ": ", "event: error\ndata: ");
	const line = fc.tuple(data, field).map(([text, name]) => `${name}${text}\n\n`);
	return fc.oneof(
		{ weight: 4, arbitrary: fc.array(line, { maxLength: 10 }).map((lines) => encoder.encode(lines.join(""))) },
		fc.uint8Array({ maxLength: 200 }),
	);
}

/** The law of every stream decoder. @param also what else has to hold of the events. */
export function itDecodesAlikeAtEverySplit(
	wire: fc.Arbitrary<Uint8Array>,
	decodePieces: (pieces: readonly Uint8Array[]) => StreamEvent[],
	also: (events: readonly StreamEvent[]) => void = () => {},
): void {
	it("gives the same events at every split of any bytes, and is well-formed", () => {
		fc.assert(
			fc.property(
				wire.chain((whole) => fc.tuple(fc.constant(whole), splitsOf(whole))),
				([whole, pieces]) => {
					const events = decodePieces([whole]);
					expect(decodePieces(pieces)).toEqual(events);
					expectWellFormed(events);
					also(events);
				},
			),
			{ numRuns: 400 },
		);
	});
}
