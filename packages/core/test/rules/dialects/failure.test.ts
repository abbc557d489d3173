import { describe, expect, test } from "vitest";
import { failureFromStatus, failureOfKind, retryAfterMs, safeMessage } from "../../../src/rules/dialects/failure.ts";

describe("retryAfterMs", () => {
	test.each([
		["seconds", { "retry-after": "7" }, 7000],
		["fractions of seconds", { "retry-after": "0.25" }, 250],
		["milliseconds first", { "retry-after-ms": "120", "retry-after": "7" }, 120],
		["a date, relative to the answer's own", { "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" }, 30_000],
		["a date in the past", { "retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" }, 0],
		["a date without a date to compare with", { "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT" }, undefined],
		["nothing", {}, undefined],
		["garbage", { "retry-after": "soon" }, undefined],
		["negative", { "retry-after": "-3", date: "x" }, undefined],
	])("%s", (_, headers, expected) => {
		expect(retryAfterMs(headers)).toBe(expected);
	});
});

describe("safeMessage", () => {
	test.each([
		["Incorrect API key provided: sk-proj-abc123DEF456.", "sk-proj"],
		["invalid x-api-key sk-ant-api03-AAAABBBB", "AAAABBBB"],
		["header Authorization: Bearer abcdefgh12345", "abcdefgh12345"],
		["key AIzaSyA1234567890abcdef bad", "AIza"],
		["key AKIAIOSFODNN7EXAMPLE bad", "AKIA"],
		["token eyJhbGciOiJI.eyJzdWIiOiIx.abc bad", "eyJ"],
		["got a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4", "a1b2"],
		["Incorrect key: abcd*********wxyz", "wxyz"],
	])("redacts %s", (text, secret) => {
		const safe = safeMessage(text);
		expect(safe).not.toContain(secret);
		expect(safe).toContain("[redacted]");
	});
	test.each([
		"max_tokens: 9999999 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5-20250929",
		"api_error: bearer authentication is needed for api-version 2023-06-01",
	])("leaves an ordinary sentence alone: %s", (text) => {
		expect(safeMessage(text)).toBe(text);
	});
	test("is one line, at most 500 characters, well-formed", () => {
		const safe = safeMessage(`a\r\nb\u2028c\ud800 ${"word ".repeat(1000)}`);
		expect(safe.startsWith("a b c\ufffd word")).toBe(true);
		expect(safe.length).toBeLessThanOrEqual(500);
	});
	test("a key across the cut does not show its first half", () => {
		expect(safeMessage(`${"x ".repeat(245)}sk-ant-api03-${"A".repeat(100)}`)).not.toContain("sk-ant");
	});
});

describe("failures", () => {
	test.each([
		[400, "bad-request", "caller"],
		[401, "authentication", "gateway"],
		[402, "quota", "gateway"],
		[403, "permission", "gateway"],
		[404, "model-not-found", "caller"],
		[408, "timeout", "upstream"],
		[413, "bad-request", "caller"],
		[422, "bad-request", "caller"],
		[429, "rate-limited", "upstream"],
		[500, "upstream", "upstream"],
		[503, "overloaded", "upstream"],
		[504, "timeout", "upstream"],
		[529, "overloaded", "upstream"],
	] as const)("%i is %s, blamed on %s", (status, kind, blame) => {
		expect(failureFromStatus(status, {})).toMatchObject({ kind, blame, status });
	});
	test("only what the caller can mend carries the provider's words", () => {
		expect(failureOfKind("bad-request", {}, { message: "no such field" }).message).toBe("no such field");
		expect(failureOfKind("upstream", {}, { message: "db01 is down" }).message).toBe("The provider failed");
		expect(failureOfKind("authentication", {}, { message: "bad sk-abc" }).message).not.toContain("sk-abc");
	});
});
