import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isKeyPrefix, isKeyText, keyBytes, keyHash, keyText, shownPrefix } from "../../../src/rules/auth/key.ts";

const random = fc.uint8Array({ minLength: keyBytes, maxLength: keyBytes });
const prefix = fc.constantFrom("pst_", "a_", "acme-live_", "my_app_");
const key = fc.tuple(prefix, random).map(([start, bytes]) => keyText(start, bytes));

describe("the text of a key", () => {
	it("has 176 random bits between its prefix and a CRC-32 of both", () => {
		const text = keyText("pst_", Uint8Array.from({ length: keyBytes }, (_, at) => at));
		expect(text).toMatch(/^pst_[0-9A-Za-z]{36}$/);
		expect(Number(fromBase62(text.slice(-6)))).toBe(crc32(text.slice(0, -6)));
		expect(fromBase62(text.slice(4, -6))).toBe(BigInt(`0x${[...Array(keyBytes).keys()].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`));
	});

	it("tells different random parts apart, the lowest and the highest too", () => {
		fc.assert(fc.property(random, random, (one, other) => (keyText("pst_", one) === keyText("pst_", other)) === (one.join() === other.join())));
		expect(keyText("pst_", new Uint8Array(keyBytes))).toMatch(/^pst_0{30}/);
		expect(keyText("pst_", new Uint8Array(keyBytes).fill(255))).toHaveLength(40);
	});

	it("is known as a key", () => fc.assert(fc.property(key, isKeyText)));

	it("is none any more with one character changed, left out, or two changed places", () => {
		const change = fc.tuple(key, fc.nat(), fc.constantFrom(..."0aZ9_x "));
		fc.assert(
			fc.property(change, ([text, place, character]) => {
				const at = place % text.length;
				const changed = text.slice(0, at) + character + text.slice(at + 1);
				const shorter = text.slice(0, at) + text.slice(at + 1);
				const swapped = text.slice(0, at) + (text[at + 1] ?? "") + (text[at] ?? "") + text.slice(at + 2);
				return [changed, shorter, swapped].every((other) => other === text || !isKeyText(other));
			}),
		);
	});

	it.each(["", "pst_", "Bearer pst_x", "sk-ant-api03-abc", "eyJhbGciOiJIUzI1NiJ9.e30.x", "é".repeat(40), "pst_".repeat(100_000)])("%.20j is none", (text) => {
		expect(isKeyText(text)).toBe(false);
	});

	it("is none whatever stands there", () => fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => !isKeyText(text))));
});

describe("what is kept and shown of a key", () => {
	it("is its SHA-256", () => fc.assert(fc.property(key, (text) => keyHash(text) === createHash("sha256").update(text).digest("hex"))));

	it("is its prefix with eight characters: the first 12 of pst_", () => {
		const text = keyText("pst_", new Uint8Array(keyBytes).fill(7));
		expect(shownPrefix(text)).toBe(text.slice(0, 12));
		expect(shownPrefix(keyText("acme-live_", new Uint8Array(keyBytes)))).toBe("acme-live_00000000");
	});
});

it.each([
	["pst_", true],
	["acme-live_", true],
	["a_b_", true],
	["pst", false],
	["_", false],
	["Pst_", false],
	["1pst_", false],
	["p st_", false],
	["a-_", false],
	[`${"a".repeat(21)}_`, false],
])("%j can stand before keys: %s", (text, expected) => expect(isKeyPrefix(text)).toBe(expected));

function fromBase62(text: string): bigint {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	return [...text].reduce((sum, digit) => sum * 62n + BigInt(digits.indexOf(digit)), 0n);
}
