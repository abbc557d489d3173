import { describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/standalone/environment.ts";

describe("defaults and good values", () => {
	test("nothing set", () => {
		expect(readEnvironment({})).toEqual({
			port: 8420,
			host: undefined,
			token: undefined,
			dataFolder: "./.postern",
			sessionSecrets: undefined,
			registration: undefined,
			corsOrigins: undefined,
			trustProxy: undefined,
			allowedTools: undefined,
			disallowedTools: undefined,
			maxStreaming: undefined,
			maxNonStreaming: undefined,
			logLevel: "info",
			shutdownDeadlineMs: 10_000,
			problems: [],
			warnings: [],
		});
	});

	test.each([
		[{ PORT: "0" }, { port: 0 }],
		[{ PORT: "" }, { port: 8420 }],
		[{ PORT: " 9000\n" }, { port: 9000 }],
		[{ HOST: "[::1]" }, { host: "::1" }],
		[{ POSTERN_TOKEN: "" }, { token: "" }],
		[{ POSTERN_TOKEN: "secret\n" }, { token: "secret" }],
		[{ POSTERN_ALLOWED_TOOLS: '["Read","Glob"]' }, { allowedTools: ["Read", "Glob"] }],
		[{ POSTERN_MAX_STREAMING: "0", POSTERN_MAX_NONSTREAMING: "7" }, { maxStreaming: 0, maxNonStreaming: 7 }],
		[{ POSTERN_SESSION_SECRET: `${"a".repeat(32)}, ${"b".repeat(40)},` }, { sessionSecrets: ["a".repeat(32), "b".repeat(40)] }],
		[{ POSTERN_RETENTION_RECORDS_DAYS: "90", POSTERN_RETENTION_ROLLUPS_DAYS: "800" }, { recordsDays: 90, rollupsDays: 800 }],
		[{ POSTERN_RETENTION_AUDIT_DAYS: "400" }, { auditDays: 400, recordsDays: undefined, rollupsDays: undefined }],
		[{ POSTERN_REGISTRATION: "Closed" }, { registration: "closed" }],
		[{ POSTERN_CORS_ORIGINS: "https://a.example,http://localhost:5173" }, { corsOrigins: ["https://a.example", "http://localhost:5173"] }],
		[{ POSTERN_TRUST_PROXY: "1" }, { trustProxy: 1 }],
		[{ POSTERN_LOG_LEVEL: "WARN" }, { logLevel: "warn" }],
		[{ POSTERN_SHUTDOWN_DEADLINE_MS: "0" }, { shutdownDeadlineMs: 0 }],
	])("%j", (env, expected) => {
		expect(readEnvironment(env)).toMatchObject({ ...expected, problems: [], warnings: [] });
	});
});

describe("bad values are problems that name the variable and never quote it", () => {
	test.each([
		["PORT", "http"],
		["PORT", "65536"],
		["PORT", "-1"],
		["PORT", "80.5"],
		["POSTERN_TOKEN", "  "],
		["POSTERN_TOKEN", "two words"],
		["POSTERN_TOKEN", "schlüssel"],
		["POSTERN_ALLOWED_TOOLS", "Read,Glob"],
		["POSTERN_ALLOWED_TOOLS", '"Read"'],
		["POSTERN_DISALLOWED_TOOLS", '["Read", 1]'],
		["POSTERN_DISALLOWED_TOOLS", '{"Read": true}'],
		["POSTERN_SESSION_SECRET", "too short to sign with"],
		["POSTERN_SESSION_SECRET", `${"a".repeat(32)},short`],
		["POSTERN_RETENTION_AUDIT_DAYS", "00"],
		["POSTERN_RETENTION_AUDIT_DAYS", "a year"],
		["POSTERN_REGISTRATION", "maybe"],
		["POSTERN_CORS_ORIGINS", "*"],
		["POSTERN_CORS_ORIGINS", "https://a.example/path"],
		["POSTERN_TRUST_PROXY", "yes"],
		["POSTERN_MAX_STREAMING", "many"],
		["POSTERN_MAX_STREAMING", "-3"],
		["POSTERN_MAX_NONSTREAMING", "1e3"],
		["POSTERN_LOG_LEVEL", "loud"],
		["POSTERN_SHUTDOWN_DEADLINE_MS", "10s"],
	])("%s=%j", (name, value) => {
		const { problems } = readEnvironment({ [name]: value });
		expect(problems).toHaveLength(1);
		expect(problems[0]).toMatchObject({ where: name });
		expect(problems[0]?.remedy).not.toBe("");
		if (value.trim() !== "") expect(problems[0]?.what).not.toContain(value);
	});

	test("all of them are told at once", () => {
		const { problems } = readEnvironment({ PORT: "x", POSTERN_LOG_LEVEL: "y", POSTERN_MAX_STREAMING: "z" });
		expect(problems.map(({ where }) => where).sort()).toEqual(["PORT", "POSTERN_LOG_LEVEL", "POSTERN_MAX_STREAMING"]);
	});
});

describe("warnings", () => {
	test("an empty list of tools counts as not set", () => {
		expect(readEnvironment({ POSTERN_ALLOWED_TOOLS: "[]" })).toMatchObject({
			allowedTools: undefined,
			problems: [],
			warnings: ["POSTERN_ALLOWED_TOOLS is an empty list and counts as not set"],
		});
	});

	test.each([
		["POSTERN_TOKN", "POSTERN_TOKEN"],
		["POSTERN_MAX_STREMAING", "POSTERN_MAX_STREAMING"],
		["POSTERN_DISALOWED_TOOLS", "POSTERN_DISALLOWED_TOOLS"],
	])("%s is taken for %s", (name, meant) => {
		expect(readEnvironment({ [name]: "x" }).warnings).toEqual([`${name} is not a known variable: did you mean ${meant}?`]);
	});

	test("variables of others are left alone", () => {
		expect(readEnvironment({ POSTERN_TEST_POSTGRES_URL: "x", POSTERN_RECORDED_DIR: "y", TOKEN: "z" }).warnings).toEqual([]);
	});
});
