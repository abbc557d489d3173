import { describe, expect, it } from "vitest";
import { normalisePassword, readNewPassword } from "../../../src/rules/auth/password.ts";
import { readPersonName } from "../../../src/rules/auth/person-name.ts";

describe("a new password", () => {
	it.each(["12345678", "        ", "💜💜💜💜💜💜💜💜", "pass\u0000word", "ünïcödé!", "x".repeat(1024), "é".repeat(512), "日本語のパスワード"])("may be %j", (text) => {
		expect(readNewPassword(text)).toEqual({ ok: true, value: text.normalize("NFKC") });
	});

	it.each([
		["", /at least 8 characters/],
		["1234567", /at least 8 characters/],
		// Seven letters, however many code units they have.
		["💜💜💜💜💜💜💜", /at least 8 characters/],
		// Eight as typed, four as normalised.
		["e\u0301e\u0301e\u0301e\u0301", /at least 8 characters/],
		["x".repeat(1025), /1024 bytes/],
		["é".repeat(513), /1024 bytes/],
		// One character that normalises to eighteen.
		["\ufdfa".repeat(100), /1024 bytes/],
		["1234567\ud800", /Unicode/],
	])("may not be %j", (text, problem) => {
		expect(readNewPassword(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
	});

	it("is the same one from every keyboard", () => {
		expect(normalisePassword("cafe\u0301 ﬁ Å")).toBe(normalisePassword("caf\u00e9 fi A\u030a"));
	});
});

describe("a person's name", () => {
	it.each([
		["  Ada  ", "Ada"],
		["Zoe\u0308", "Zo\u00eb"],
		["'); drop table users; --", "'); drop table users; --"],
		["<script>alert(1)</script>", "<script>alert(1)</script>"],
		["علی‌رضا", "علی‌رضا"],
		["x".repeat(100), "x".repeat(100)],
	])("%j is kept as %j", (text, name) => expect(readPersonName(text)).toEqual({ ok: true, value: name }));

	it.each(["", "   ", "x".repeat(101), "Ada\r\nX: 1", "Ada\u0000", "Ada\u2028Eve", "Ada\u202e", "Ada\u2066", "\ud800"])("%j is none", (text) => {
		expect(readPersonName(text).ok).toBe(false);
	});
});
