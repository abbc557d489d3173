import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFinal, readIdempotencyKey } from "../../../src/rules/idempotency/key.ts";

describe("idempotency keys", () => {
	it.each([
		["8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"],
		['"8e03978e-40d5"', "8e03978e-40d5"],
		['  "a" ', "a"],
		['"a\\"b\\\\c"', 'a"b\\c'],
		["a".repeat(255), "a".repeat(255)],
		[`"${"a".repeat(255)}"`, "a".repeat(255)],
		["a,b;c=1", "a,b;c=1"],
		['a"', 'a"'],
	])("%s is the key %s", (header, key) => expect(readIdempotencyKey(header)).toBe(key));

	it.each(["", "  ", '""', '"a', '"a"b', '"a", "b"', "a, b", "a b", '"a b"', '"a\\b"', "a".repeat(256), "\u00e9", '"a";p=1', "a\tb"])("%j is none", (header) => {
		expect(readIdempotencyKey(header)).toBe(undefined);
	});

	it("are the same in quotes and without", () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 255 }), (key) => {
				fc.pre(!key.startsWith('"'));
				expect(readIdempotencyKey(key)).toBe(key);
				expect(readIdempotencyKey(`"${key.replaceAll(/["\\]/g, "\\$&")}"`)).toBe(key);
			}),
		);
	});
});

it.each([
	[200, true], [201, true], [204, true], [400, true], [404, true], [422, true],
	[402, false], [408, false], [409, false], [429, false], [499, false], [500, false], [501, false], [502, false], [503, false], [504, false],
])("an answer with status %i is final: %s", (status, expected) => expect(isFinal(status)).toBe(expected));
