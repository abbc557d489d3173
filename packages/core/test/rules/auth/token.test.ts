import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bearerToken, isSameSecret } from "../../../src/rules/auth/token.ts";

describe("comparing secrets", () => {
	it("agrees with equality, except that the empty secret opens nothing", () => {
		fc.assert(fc.property(fc.string(), fc.string(), (first, second) => isSameSecret(first, second) === (first === second && first !== "")));
		fc.assert(fc.property(fc.string({ minLength: 1 }), (secret) => isSameSecret(secret, secret)));
	});
	it("does not take a repetition or a beginning of the secret", () => {
		expect(isSameSecret("abab", "ab")).toBe(false);
		expect(isSameSecret("a", "ab")).toBe(false);
		expect(isSameSecret("", "ab")).toBe(false);
	});
});

describe("the bearer token of a header", () => {
	it.each([
		["Bearer abc", "abc"],
		["bearer abc", "abc"],
		["BEARER   abc ", "abc"],
		["Basic abc", undefined],
		["Bearer", undefined],
		["Bearer a b", undefined],
		["Bearer a, Bearer b", undefined],
		[undefined, undefined],
	])("%j -> %j", (header, token) => expect(bearerToken(header)).toBe(token));
});
