import { describe, expect, it } from "vitest";
import { readPeriod } from "../../../src/rules/usage/period.ts";

const now = Date.UTC(2026, 10, 22, 12);

describe("a time that cannot be asked about", () => {
	it.each([
		["0000-01-01", /years 1971 to 8999/],
		["0001-06-15T12:00:00Z", /years 1971 to 8999/],
		["1970-12-31", /years 1971 to 8999/],
		["9000-01-01", /years 1971 to 8999/],
		["99999-01-01", /years 1971 to 8999/],
		["+010000-01-01T00:00:00Z", /years 1971 to 8999/],
		["8999-12-31T23:00:00-05:00", /years 1971 to 8999/],
		["-000001-01-01", /years 1971 to 8999/],
		["yesterday", /neither a date/],
		["2026-11", /neither a date/],
		["2026-99-99", /neither a date/],
		["2026-02-30", /neither a date/],
		["2026-11-22T25:00:00Z", /neither a date/],
	])("%s", (text, message) => {
		for (const path of ["from", "to"] as const) {
			expect(readPeriod({ [path]: text }, now)).toEqual({ ok: false, problem: [{ path, message: expect.stringMatching(message) }] });
		}
	});

	it("is none at the edges of what can", () => {
		expect(readPeriod({ from: "1971-01-01", to: "8999-12-31" }, now)).toMatchObject({ ok: true });
	});
});
