import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJsonText } from "../../src/standalone/json-text.ts";

const place = (text: string): string => {
	const parsed = parseJsonText(text, "postern.json");
	return parsed.ok ? "ok" : parsed.problem.where;
};

describe("the place of a syntax error", () => {
	test.each([
		["", "postern.json:1:1"],
		['{"a": 1,}', "postern.json:1:9"],
		['{\n\t"a": 1\n\t"b": 2\n}', "postern.json:3:2"],
		['{\n\t"a": x\n}', "postern.json:2:7"],
		["{'a': 1}", "postern.json:1:2"],
		["[1, 2", "postern.json:1:6"],
		["[1,,2]", "postern.json:1:4"],
		["[1,]", "postern.json:1:4"],
		['{"a" 1}', "postern.json:1:6"],
		['{"a": "one\ntwo"}', "postern.json:1:7"],
		["// configuration\n{}", "postern.json:1:1"],
		["{} {}", "postern.json:1:4"],
		["[01]", "postern.json:1:2"],
		["[1.]", "postern.json:1:2"],
		["[truest]", "postern.json:1:2"],
	])("%j: %s", (text, expected) => {
		expect(place(text)).toBe(expected);
	});
});

test("a byte order mark is no error", () => {
	expect(parseJsonText('\ufeff{"a":1}', "postern.json")).toEqual({ ok: true, value: { a: 1 } });
});

test("comments are named as such", () => {
	expect(parseJsonText('{"a": /* one */ 1}', "f")).toMatchObject({ problem: { remedy: "JSON has no comments: remove it" } });
});

test("property: whatever JSON.parse refuses has a place inside the text, and no secret is quoted", () => {
	const secret = "sk-secret-value";
	fc.assert(
		fc.property(fc.json(), fc.nat(), fc.constantFrom("", ",", '"', "}", "]", "x", ":", "\\", "\u0001", secret), (json, where, insert) => {
			const at = where % (json.length + 1);
			const text = json.slice(0, at) + insert + json.slice(at + (insert === "" ? 1 : 0));
			const parsed = parseJsonText(text, "f");
			let valid = true;
			try {
				JSON.parse(text);
			} catch {
				valid = false;
			}
			expect(parsed.ok).toBe(valid);
			if (parsed.ok) return;
			const [, line = 0, column = 0] = parsed.problem.where.split(":").map(Number);
			const lines = text.split("\n");
			expect(line).toBeGreaterThan(0);
			expect(line).toBeLessThanOrEqual(lines.length);
			expect(column).toBeGreaterThan(0);
			expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
			expect(JSON.stringify(parsed.problem)).not.toContain(secret);
			// Where something must be removed the text did go on there.
			if (parsed.problem.remedy.startsWith("remove what follows")) expect(column).toBeLessThanOrEqual(lines[line - 1]?.length ?? 0);
		}),
		{ numRuns: 500 },
	);
});
