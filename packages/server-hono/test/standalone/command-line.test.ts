import { describe, expect, test } from "vitest";
import { help, readCommand } from "../../src/standalone/command-line.ts";
import { variables } from "../../src/standalone/environment.ts";

describe("commands", () => {
	test.each([
		[[], { name: "start" }],
		[["start"], { name: "start" }],
		[["check"], { name: "check", file: undefined }],
		[["check", "postern.json"], { name: "check", file: "postern.json" }],
		[["rotate-session-secret"], { name: "rotate-session-secret" }],
		[["rotate-encryption-key"], { name: "rotate-encryption-key" }],
		[["--help"], { name: "help" }],
		[["check", "-h"], { name: "help" }],
		[["--version"], { name: "version" }],
	])("%j", (args, expected) => {
		expect(readCommand(args)).toEqual(expected);
	});

	test.each([[["chekc"]], [["start", "now"]], [["rotate-session-secret", "now"]], [["check", "a", "b"]], [["--port", "80"]]])("unknown: %j", (args) => {
		expect(readCommand(args)).toMatchObject({ name: "unknown", message: expect.stringMatching(/./) });
	});
});

test("help names every variable", () => {
	for (const name of Object.keys(variables)) expect(help).toContain(name);
});
