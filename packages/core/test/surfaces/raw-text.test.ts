import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRawTextEncoder } from "../../src/surfaces/prompt/raw-text.ts";

/** What a reader of the documented framing gets. */
function read(wire: string): string {
	let text = "";
	const parser = createParser({ onEvent: ({ event, data }) => (text += event === "json" ? JSON.parse(data).text : data) });
	// Over the wire it is UTF-8.
	parser.feed(new TextDecoder().decode(new TextEncoder().encode(wire)));
	return text;
}
function write(deltas: readonly string[]): string {
	const encoder = createRawTextEncoder();
	return deltas.map((delta) => encoder.push(delta)).join("") + encoder.close();
}

describe("raw text as events", () => {
	it("is readable lines for ordinary text", () => {
		expect(write(["Recursion", " is when"])).toBe("data: Recursion\n\ndata:  is when\n\n");
		expect(write(["a\nb"])).toBe("data: a\ndata: b\n\n");
	});

	it.each([[["[DONE]"]], [["a\r\nb"]], [["\r"]], [["\n"]], [["\n\n"]], [[" leading"]], [["data: x"]], [["\ud83d", "\ude00"]], [["\ud83d"]], [["x\udc00y"]], [[""]], [["event: error\ndata: {}"]]])(
		"%j comes out as it went in",
		(deltas) => {
			const wire = write(deltas);
			expect(read(wire)).toBe(deltas.join(""));
			expect(wire).not.toContain("data: [DONE]\n\n");
		},
	);

	it("carries any text, however it is cut", () => {
		const piece = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("[DONE]", "\r", "\n", "\r\n", "\ud83d", "\ude00", ": "));
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 12 }), (deltas) => {
				const wire = write(deltas);
				expect(read(wire)).toBe(deltas.join(""));
				expect(wire.split("\n\n")).not.toContain("data: [DONE]");
			}),
		);
	});
});
