import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claudeCode, createGateway, nodeHandler, simulator } from "../../../src/node/index.ts";
import { ask, eventsOf, testGateway } from "../../gateway/support.ts";

const executable = process.env["POSTERN_CLAUDE"] ?? "claude";
const version = installedVersion();
const title = version === undefined ? "the real claude: skipped, it is neither in PATH nor where POSTERN_CLAUDE says" : `the real claude, ${version}`;

/** `undefined` where there is none. */
function installedVersion(): string | undefined {
	try {
		return execFileSync(executable, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 20_000 }).trim();
	} catch {
		return undefined;
	}
}

/** The real Claude Code, with Postern's simulator in place of Anthropic: no key and no network is needed. */
describe.skipIf(version === undefined)(title, () => {
	let home = "";
	const anthropic = createGateway({ providers: { sim: simulator({ dialect: "anthropic-messages" }) }, auth: false, surfaces: ["anthropic"] });
	const server = createServer(nodeHandler(anthropic));
	let gateway = testGateway();

	beforeAll(async () => {
		home = mkdtempSync(join(tmpdir(), "postern-real-claude-"));
		const cwd = join(home, "work");
		mkdirSync(cwd);
		writeFileSync(join(cwd, "CLAUDE.md"), "The password is swordfish.");
		writeFileSync(join(cwd, "secret.txt"), "swordfish");
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const address = server.address();
		const port = typeof address === "object" ? address?.port : undefined;
		const env = {
			PATH: process.env["PATH"],
			HOME: home,
			ANTHROPIC_API_KEY: "sk-ant-test",
			ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
			CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
			DISABLE_TELEMETRY: "1",
		};
		gateway = testGateway({ providers: { claude: claudeCode({ executable, cwd, env, models: ["sim/echo"] }) } });
	});
	afterAll(() => {
		server.close();
		server.closeAllConnections();
		rmSync(home, { recursive: true, force: true });
	});

	it.each(["Hello", "--version", "/cost of it", "What is in @secret.txt ?"])("takes the prompt %j as it is, whole", async (prompt) => {
		const { status, json } = await ask(gateway, "/v1/prompt", { body: { prompt } });
		expect([status, json["error"]]).toEqual([200, undefined]);
		expect(json["text"]).toContain(prompt);
		expect(json["text"]).not.toContain("swordfish");
	});

	it("streams", async () => {
		const { text } = await ask(gateway, "/stream", { body: { prompt: "Hello, how are you today?" } });
		const events = eventsOf(text);
		expect(events.flatMap(({ event, data }) => (event === "text" ? [(data as { text: string }).text] : [])).join("")).toContain("how are you today?");
		expect(events.map(({ event }) => event).slice(-2)).toEqual(["result", "done"]);
	});

	it("takes up a session again", async () => {
		const first = await ask(gateway, "/generate-text", { body: { prompt: "One" } });
		const second = await ask(gateway, "/generate-text", { body: { prompt: "Two", sessionId: first.json["sessionId"] } });
		expect(second.status).toBe(200);
		expect(second.json["text"]).toContain("Two");
		expect(second.json["text"]).not.toContain("conversation so far");
	});

	it("takes a prompt of a megabyte", async () => {
		const { status } = await ask(gateway, "/v1/chat/completions", { body: { model: "claude/sim/echo", messages: [{ role: "user", content: "x ".repeat(500_000) }] } });
		expect(status).toBe(200);
	});

	it("says that a model is not there", async () => {
		const { status, json } = await ask(gateway, "/v1/prompt", { body: { prompt: "Hi", model: "claude/nowhere/at-all" } });
		expect([status, json["code"]]).toEqual([404, "MODEL_NOT_FOUND"]);
	});
});
