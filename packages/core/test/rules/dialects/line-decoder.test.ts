import fc from "fast-check";
import { expect, it } from "vitest";
import { createLineDecoder } from "../../../src/rules/dialects/line-decoder.ts";
import { arbitraryText, splitsOf } from "./arbitraries.ts";

/** The lines, and whether one was too long. */
function decodePieces(pieces: readonly Uint8Array[], cap?: number) {
	const decoder = createLineDecoder(cap);
	const all = [...pieces.map((piece) => decoder.push(piece)), decoder.close(), decoder.close()];
	return { lines: all.flatMap((lines) => lines ?? []).filter((line) => line !== ""), isTooLong: all.includes(undefined) };
}

const bytes = (text: string) => new TextEncoder().encode(text);

it.each([
	["a\nb\n", ["a", "b"]],
	["a\r\nb", ["a\r", "b"]],
	["\n\n \n", [" "]],
	['{"a":"\u2028"}\n', ['{"a":"\u2028"}']],
	["", []],
])("lines of %j", (text, lines) => {
	expect(decodePieces([bytes(text)])).toEqual({ lines, isTooLong: false });
});

it("gives the same lines at every split, the cap's verdict included", () => {
	const text = fc.array(fc.oneof(arbitraryText, fc.constant("\n")), { maxLength: 12 }).map((pieces) => bytes(pieces.join("")));
	fc.assert(
		fc.property(
			text.chain((whole) => fc.tuple(fc.constant(whole), splitsOf(whole))),
			fc.nat({ max: 20 }),
			([whole, pieces], cap) => {
				expect(decodePieces(pieces, cap)).toEqual(decodePieces([whole], cap));
			},
		),
		{ numRuns: 500 },
	);
});

it("tells the lines in front of one that is too long, and nothing behind it", () => {
	expect(decodePieces([bytes("a\n12345\nb\n")], 4)).toEqual({ lines: ["a"], isTooLong: true });
	expect(decodePieces([bytes("a\n123"), bytes("45"), bytes("6\nb\n")], 4)).toEqual({ lines: ["a"], isTooLong: true });
	expect(decodePieces([bytes("1234\n1234")], 4)).toEqual({ lines: ["1234", "1234"], isTooLong: false });
});
