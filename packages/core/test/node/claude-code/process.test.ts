import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { claudeCodeSend } from "../../../src/node/claude-code/send.ts";
import {
	claudeCode, type ClaudeCodeOptions, ConfigurationError, type Provider, SendError, type UpstreamRequest, type UpstreamResponse,
} from "../../../src/node/index.ts";
import { claudeCode as codec } from "../../../src/rules/dialects/claude-code/index.ts";
import type { EncodeRequestOptions } from "../../../src/rules/dialects/dialect.ts";
import { ask, eventsOf, send, testGateway } from "../../gateway/support.ts";
import { fakeClaude, isAlive } from "./fake.ts";

const claude = fakeClaude();
const pids = () => [...claude.started().map(({ pid }) => pid), ...claude.grandchildren()];
const allGone = () => vi.waitFor(() => expect(pids().filter(isAlive)).toEqual([]), { timeout: 30_000 });

afterEach(allGone);

/** What a gateway would send. */
function upstreamRequest(model: string, stream: boolean, options: Partial<EncodeRequestOptions> = {}): Omit<UpstreamRequest, "signal"> {
	const prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }], settings: {} } as const;
	const { body } = codec.encodeRequest(prompt, { model, stream, quirks: {}, ...options });
	return { method: "POST", url: "http://claude-code.invalid", headers: {}, body: JSON.stringify(body), connectTimeoutMs: 1000 };
}

/** One request to a provider, without a gateway. */
function request({ send }: Provider, model: string, stream: boolean, signal = new AbortController().signal): Promise<UpstreamResponse> {
	return send === undefined ? Promise.reject(new Error("no send")) : send({ ...upstreamRequest(model, stream), signal });
}

async function textOf({ body }: UpstreamResponse): Promise<string> {
	const chunks: Uint8Array[] = [];
	for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

describe("a caller who hangs up", () => {
	it.each(["hang", "stubborn", "parent"])("ends the process in the middle of a stream: %s", async (model) => {
		const gateway = testGateway({ providers: { claude: claude.provider() } });
		const hangUp = new AbortController();
		const response = await send(gateway, "/v1/stream", { body: { prompt: "Hi", model: `claude/${model}` }, signal: hangUp.signal });
		const reader = response.body?.getReader();
		expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("Begun");
		await reader?.cancel();
		hangUp.abort();
		await allGone();
	});

	it("ends the process while it says nothing, whole and streamed", async () => {
		const gateway = testGateway({ providers: { claude: claude.provider() } });
		for (const path of ["/v1/prompt", "/v1/stream"]) {
			const hangUp = new AbortController();
			const before = claude.started().length;
			const answer = ask(gateway, path, { body: { prompt: "Hi", model: "claude/mute" }, signal: hangUp.signal }).catch(() => undefined);
			await vi.waitFor(() => expect(claude.started().length).toBe(before + 1), { timeout: 30_000 });
			hangUp.abort();
			await answer;
		}
		await allGone();
	});

	it("gets no process where the request was over before it began", async () => {
		const before = claude.started().length;
		await expect(request(claude.provider(), "echo", true, AbortSignal.abort())).rejects.toMatchObject({ name: "SendError", reason: "aborted" });
		expect(claude.started().length).toBe(before);
	});
});

describe("a limit of time", () => {
	it("ends a whole answer before it began", async () => {
		const { status, body } = await request(claude.provider({ wholeMs: 300 }), "mute", false);
		const report = new TextDecoder().decode(await body.read());
		expect(codec.decodeFailure(status, {}, report)).toMatchObject({ kind: "timeout", message: "Claude Code did not finish its answer in time" });
	});

	it("ends a stream with an error", async () => {
		const gateway = testGateway({ providers: { claude: claude.provider({ streamMs: 5000 }) } });
		const { text } = await ask(gateway, "/stream", { body: { prompt: "Hi", model: "claude/hang" } });
		const events = eventsOf(text);
		expect(events.map(({ event }) => event)).toEqual(["session", "text", "error", "done"]);
		expect(events[2]?.data).toMatchObject({ code: "TIMEOUT_ERROR" });
	});
});

describe("a process", () => {
	it("that leaves another behind does not leave it for long, nor its answer unread", async () => {
		const output = await textOf(await request(claude.provider(), "leaver", true));
		expect(output).toContain('"type":"result"');
		expect(output).not.toContain("postern_process");
		await allGone();
	});

	it("is read no faster than somebody asks", async () => {
		const { body } = await request(claude.provider(), "flood", true);
		const file = join(claude.home, "written");
		const written = () => (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0);
		await body.read();
		let before = -1;
		await vi.waitFor(() => {
			const now = written();
			const isStill = now > 0 && now === before;
			before = now;
			expect(isStill).toBe(true);
		}, { timeout: 30_000, interval: 300 });
		expect(written()).toBeLessThan(2 * 1024 * 1024);
		body.cancel();
		await expect(body.read()).rejects.toBeInstanceOf(SendError);
		await allGone();
	});

	it("beyond the number that may run at once is not started, and one that has ended makes room", async () => {
		const provider = claude.provider({ maxProcesses: 1 });
		const first = await request(provider, "hang", true);
		const second = await request(provider, "echo", true);
		expect(codec.decodeFailure(second.status, {}, await textOf(second))).toMatchObject({ kind: "overloaded" });
		first.body.cancel();
		await allGone();
		await vi.waitFor(async () => expect((await request(provider, "echo", true)).status).toBe(200), { timeout: 30_000 });
	});

	it("that cannot be started says what to do", async () => {
		const provider = { ...claude.provider({ executable: join(claude.home, "gone") }) };
		const { status, body } = await request(provider, "echo", true);
		expect(codec.decodeFailure(status, {}, new TextDecoder().decode(await body.read()))).toMatchObject({ kind: "permission", blame: "gateway", code: "ENOENT" });
	});

	it("tells the operator alone what it says on standard error", async () => {
		let heard = "";
		const response = await request(claude.provider({ onStderr: (text) => (heard += text) }), "crash", false);
		const failure = codec.decodeFailure(response.status, {}, await textOf(response));
		expect(heard).toContain("sk-ant-secret");
		expect(JSON.stringify(failure)).not.toContain("secret");
	});
});

it("that runs tools says while it is silent that it is well", async () => {
	const env = { PATH: process.env["PATH"], HOME: claude.home, ANTHROPIC_API_KEY: "k" };
	const ask = claudeCodeSend({ executable: claude.executable, cwd: claude.home, env, wholeMs: 60_000, streamMs: 60_000, maxProcesses: 1, silenceMs: 50 });
	const asked = (allowed: readonly string[]) => ask({ ...upstreamRequest("hang", true, { toolPolicy: { allowed, disallowed: [] } }), signal: new AbortController().signal });
	const { body } = await asked(["Read"]);
	const lines: string[] = [];
	while (lines.at(-1) !== "\n") lines.push(new TextDecoder().decode(await body.read()));
	expect(lines.join("")).toContain("Begun");
	body.cancel();
	await expect(body.read()).rejects.toMatchObject({ reason: "aborted" });
});

it("does not outlive the gateway's own process", async () => {
	const entry = join(import.meta.dirname, "../../../src/node/index.ts");
	const request = JSON.stringify(upstreamRequest("stubborn", true));
	const options = JSON.stringify({ executable: claude.executable, cwd: claude.home, env: { PATH: process.env["PATH"], HOME: claude.home, ANTHROPIC_API_KEY: "k" } });
	const code = `import { claudeCode } from ${JSON.stringify(entry)};
		const { body } = await claudeCode(${options}).send({ ...${request}, signal: new AbortController().signal });
		await body.read();
		process.exit(0);`;
	await promisify(execFile)(process.execPath, ["--conditions=postern-source", "--input-type=module", "--eval", code]);
	await allGone();
});

describe("its environment", () => {
	const variablesOf = async (options: ClaudeCodeOptions) => {
		await textOf(await request(claude.provider(options), "echo", false));
		return claude.started().at(-1)?.variables ?? [];
	};

	it("is the one that is given, with what keeps callers apart", async () => {
		const variables = await variablesOf({ env: { PATH: process.env["PATH"], HOME: claude.home, CLAUDE_CODE_OAUTH_TOKEN: "t", MORE: "1" } });
		expect(variables).toEqual(expect.arrayContaining(["CLAUDE_CODE_OAUTH_TOKEN", "MORE", "CLAUDE_CODE_DISABLE_ATTACHMENTS", "CLAUDE_CODE_DISABLE_AUTO_MEMORY"]));
	});

	it("has no token of a subscription beside a key", async () => {
		const env = { PATH: process.env["PATH"], HOME: claude.home, CLAUDE_CODE_OAUTH_TOKEN: "t" };
		expect(await variablesOf({ env, apiKey: "sk-ant-key" })).not.toContain("CLAUDE_CODE_OAUTH_TOKEN");
		expect(await variablesOf({ env: { ...env, ANTHROPIC_API_KEY: "k" } })).not.toContain("CLAUDE_CODE_OAUTH_TOKEN");
		expect(claudeCode({ executable: claude.executable, env, apiKey: "sk-ant-key" }).secrets).toEqual(["sk-ant-key"]);
	});

	it("has nothing of the gateway's own secrets", async () => {
		vi.stubEnv("POSTERN_TOKEN", "secret");
		vi.stubEnv("OPENAI_API_KEY", "secret");
		vi.stubEnv("ANTHROPIC_API_KEY", "sk-ant-mine");
		vi.stubEnv("HOME", claude.home);
		const provider = claudeCode({ executable: claude.executable, cwd: claude.home });
		vi.unstubAllEnvs();
		await textOf(await request(provider, "echo", false));
		const variables = claude.started().at(-1)?.variables ?? [];
		expect(variables).toEqual(expect.arrayContaining(["ANTHROPIC_API_KEY", "HOME", "PATH"]));
		expect(variables.filter((name) => name === "POSTERN_TOKEN" || name === "OPENAI_API_KEY")).toEqual([]);
	});
});

it.each([
	[{ cwd: "/nowhere/at/all" }, "cwd is not a folder"],
	[{ wholeMs: 0 }, "wholeMs is a whole number of at least 1, not 0"],
	[{ maxProcesses: 1.5 }, "maxProcesses is a whole number of at least 1, not 1.5"],
])("refuses %j", (options, message) => {
	expect(() => claudeCode(options)).toThrow(ConfigurationError);
	expect(() => claudeCode(options)).toThrow(message);
});
