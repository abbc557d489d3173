import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createServerSentEventDecoder, type ServerSentEvent } from "../../../src/rules/dialects/server-sent-events.ts";
import { splitsOf } from "./arbitraries.ts";

function decode(pieces: readonly Uint8Array[], cap?: number): { events: ServerSentEvent[]; isOverflowed: boolean } {
	const decoder = createServerSentEventDecoder(cap);
	const events: ServerSentEvent[] = [];
	for (const piece of pieces) events.push(...(decoder.push(piece) ?? []));
	const last = decoder.close();
	return { events: [...events, ...(last ?? [])], isOverflowed: last === undefined };
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe("server-sent events", () => {
	it.each([
		["a space behind the colon or none (envoy #2470)", "data:1\n\ndata: 2\n\n", ["1", "2"]],
		["CRLF and CR", "data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n", ["1", "2", "3"]],
		["several data lines", "data: 1\ndata: 2\n\n", ["1\n2"]],
		["comments (openrouter.ai)", ": OPENROUTER PROCESSING\n\ndata: 1\n\n", ["1"]],
		["an end without its blank line", "data: 1\n\ndata: 2", ["1", "2"]],
		["a byte order mark", "\uFEFFdata: 1\n\n", ["1"]],
		["text that looks like a mis-read byte order mark", "\u00ef\u00bb\u00bfdata: 1\n\ndata: 2\n\n", ["2"]],
	])("reads %s at every split", (_, text, expected) => {
		const whole = bytes(text);
		for (let at = 0; at <= whole.length; at++) {
			expect(decode([whole.subarray(0, at), whole.subarray(at)]).events.map((event) => event.data)).toEqual(expected);
		}
		expect(decode([...whole].map((byte) => Uint8Array.of(byte))).events.map((event) => event.data)).toEqual(expected);
	});

	it("gives the events before the one that is too large, at every split", () => {
		const whole = bytes(`data: 12345678\n\ndata: ${"x".repeat(9)}\n\ndata: never\n\n`);
		for (let at = 0; at <= whole.length; at++) {
			const { events, isOverflowed } = decode([whole.subarray(0, at), whole.subarray(at)], 8);
			expect(events).toEqual([{ event: undefined, data: "12345678" }]);
			expect(isOverflowed).toBe(true);
		}
	});

	it("stops buffering an event that never ends", () => {
		const decoder = createServerSentEventDecoder(1024);
		decoder.push(bytes("data: "));
		for (let index = 0; index < 100; index++) decoder.push(bytes("x".repeat(64)));
		expect(decoder.push(bytes("\n\ndata: late\n\n"))).toBeUndefined();
		expect(decoder.close()).toBeUndefined();
	});

	it("gives the same at every split of any bytes", () => {
		const line = fc.oneof(fc.constantFrom("data: a", "data:", ": c", "event: e", "id: 1", "", "retry: x", "\u{1F600}data: b"), fc.string());
		const text = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r", "\r\n", "\n\n"))).map((lines) => lines.flat().join(""));
		fc.assert(
			fc.property(
				text.chain((value) => splitsOf(bytes(value))),
				(pieces) => {
					const whole = Buffer.concat(pieces);
					expect(decode(pieces)).toEqual(decode([whole]));
				},
			),
		);
	});
});
