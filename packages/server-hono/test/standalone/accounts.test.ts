import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configurationFromEnvironment, createLog, type StandaloneConfiguration, StartError, startServer } from "../../src/standalone/index.ts";
import { rotateSessionSecret } from "../../src/standalone/rotate-session-secret.ts";
import { readSessionSecrets, rotateSessionSecrets } from "../../src/standalone/session-secrets.ts";
import { temporaryFolder } from "./postern-process.ts";

const silent = createLog("silent", []);
const ada = { email: "ada@example.com", password: "correct horse" };

function configured(env: Readonly<Record<string, string>>): StandaloneConfiguration {
	const result = configurationFromEnvironment({ PORT: "0", ...env });
	if (!result.ok) throw new Error(result.problems.map(({ where, what }) => `${where}: ${what}`).join("\n"));
	return result.value;
}

async function running<Result>(env: Readonly<Record<string, string>>, run: (url: string) => Promise<Result>): Promise<Result> {
	const server = await startServer(configured(env), silent);
	try {
		return await run(server.url);
	} finally {
		await server.close();
	}
}

async function register(url: string): Promise<{ status: number; cookie: string }> {
	const answer = await fetch(`${url}/auth/register`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(ada) });
	await answer.text();
	return { status: answer.status, cookie: answer.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
}
const me = async (url: string, cookie: string) => (await fetch(`${url}/auth/me`, { headers: { cookie } })).status;

test("people stay signed in over a restart and two rotations, not over a third one", async () => {
	const data = join(temporaryFolder(), "data");
	const env = { POSTERN_DATA: data };
	const { status, cookie } = await running(env, register);
	expect(status).toBe(201);
	expect(await running(env, (url) => me(url, cookie))).toBe(200);
	const lines: string[] = [];
	for (const expected of [200, 200, 401]) {
		expect(rotateSessionSecret(env, (line) => lines.push(line))).toBe(0);
		expect(await running(env, (url) => me(url, cookie))).toBe(expected);
	}
	expect(lines.map((line) => /(\d) verify/.exec(line)?.[1])).toEqual(["2", "3", "3"]);
	expect(lines.join()).not.toContain(readSessionSecrets(data)[0]);
});

describe("registration", () => {
	test.each([
		[{}, 201],
		[{ POSTERN_REGISTRATION: "closed" }, 403],
		[{ POSTERN_TOKEN: "token" }, 403],
		[{ POSTERN_TOKEN: "token", POSTERN_REGISTRATION: "open" }, 201],
		[{ POSTERN_TOKEN: "" , HOST: "127.0.0.1" }, 201],
	])("with %j: %i", async (env, expected) => {
		const { status } = await running({ POSTERN_DATA: join(temporaryFolder(), "data"), ...env }, register);
		expect(status).toBe(expected);
	});
});

test("secrets of the environment stand in for the file", async () => {
	const data = join(temporaryFolder(), "data");
	const secret = "a secret of the environment that is long";
	const env = { POSTERN_DATA: data, POSTERN_SESSION_SECRET: secret };
	expect((await running(env, register)).status).toBe(201);
	expect(existsSync(join(data, "session-secrets"))).toBe(false);
	expect(configured(env).secrets).toContain(secret);
	const lines: string[] = [];
	expect(rotateSessionSecret(env, (line) => lines.push(line))).toBe(1);
	expect(lines.join()).toMatch(/^POSTERN_SESSION_SECRET: is set/);
	expect(lines.join()).not.toContain(secret);
});

test("the configuration file takes what the environment does not say", () => {
	const file = JSON.stringify({ accounts: { registration: "closed" }, sessions: { cookieName: "__Host-gate", sameSite: "strict" }, cors: { origins: ["https://a.example"] }, trustProxy: 2 });
	const read = configurationFromEnvironment({}, file);
	expect(read).toMatchObject({ ok: true, value: { gateway: { accounts: { registration: "closed" }, sessions: { cookieName: "__Host-gate" }, cors: { origins: ["https://a.example"] }, trustProxy: 2 } } });
	const both = configurationFromEnvironment({ POSTERN_SESSION_SECRET: "x".repeat(32), POSTERN_CORS_ORIGINS: "https://b.example", POSTERN_TRUST_PROXY: "1", POSTERN_REGISTRATION: "open" }, file);
	expect(both).toMatchObject({
		ok: true,
		value: { gateway: { accounts: { registration: "open" }, sessions: { cookieName: "__Host-gate", secrets: ["x".repeat(32)] }, cors: { origins: ["https://b.example"] }, trustProxy: 1 } },
	});
	for (const [setting, where] of [["sessions", { cookieName: "a b" }], ["accounts", { registration: "maybe" }], ["cors", { origins: "all" }], ["trustProxy", true]] as const) {
		expect(configurationFromEnvironment({}, JSON.stringify({ [setting]: where }))).toMatchObject({ ok: false, problems: [{ where: expect.stringContaining(setting) }] });
	}
});

describe("the file of session secrets", () => {
	test("is the owner's alone, and stays as it is", () => {
		const folder = temporaryFolder();
		const [first = ""] = readSessionSecrets(folder);
		expect(first).toMatch(/^[\w-]{64}$/);
		expect(readSessionSecrets(folder)).toEqual([first]);
		if (process.platform !== "win32") expect(statSync(join(folder, "session-secrets")).mode & 0o777).toBe(0o600);
		rotateSessionSecrets(folder);
		if (process.platform !== "win32") expect(statSync(join(folder, "session-secrets")).mode & 0o777).toBe(0o600);
		expect(readSessionSecrets(folder)).toEqual([expect.not.stringMatching(first), first]);
	});

	test.runIf(process.platform !== "win32")("is not used where others can read it", () => {
		const folder = temporaryFolder();
		readSessionSecrets(folder);
		chmodSync(join(folder, "session-secrets"), 0o640);
		expect(() => readSessionSecrets(folder)).toThrow(StartError);
		expect(() => readSessionSecrets(folder)).toThrow(/can be read by others/);
	});

	test.each([["nothing", ""], ["something short", "secret\n"], ["a short one among others", `${"a".repeat(40)}\nshort\n`]])("that holds %s says so", (_what, text) => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, "session-secrets"), text, { mode: 0o600 });
		expect(() => readSessionSecrets(folder)).toThrow(/holds no secrets/);
		expect(readFileSync(join(folder, "session-secrets"), "utf8")).toBe(text);
	});

	test("that is a folder says so", () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, "session-secrets"), { mode: 0o700 });
		expect(() => readSessionSecrets(folder)).toThrow(/cannot be used \(EISDIR\)/);
	});
});
