import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";

const script = join(import.meta.dirname, "run.sh");
const folder = mkdtempSync(join(tmpdir(), "postern-example-"));
const env = {
	PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
	PORT: "0",
	POSTERN_DATA: folder,
};
let server: ChildProcess;
let url = "";

beforeAll(async () => {
	server = spawn(script, { env, stdio: ["ignore", "pipe", "inherit"] });
	const { stdout } = server;
	if (stdout === null) throw new Error("no output");
	for await (const line of createInterface(stdout)) {
		const start: { url?: string } = JSON.parse(line);
		if (start.url === undefined) continue;
		url = start.url;
		break;
	}
});

afterAll(async () => {
	const ended = once(server, "exit");
	server.kill("SIGTERM");
	expect(await ended).toEqual([0, null]);
	rmSync(folder, { recursive: true, force: true });
});

async function post(path: string, body: unknown): Promise<unknown> {
	const answer = await fetch(url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
	expect(answer.status).toBe(200);
	return answer.json();
}

test("the file passes the check", () => {
	const { status, stdout } = spawnSync(script, ["check"], { env, encoding: "utf8" });
	expect(stdout).toMatch(/^ok: 127\.0\.0\.1, port 0; providers: play$/m);
	expect(status).toBe(0);
});

test("the default model answers", async () => {
	expect(await post("/v1/prompt", { prompt: "Explain recursion" })).toMatchObject({ provider: "play", model: "echo" });
});

test("the route falls back from the overloaded target", async () => {
	const answer = await post("/v1/chat/completions", { model: "safe", messages: [{ role: "user", content: "Explain recursion" }] });
	expect(answer).toMatchObject({ choices: [{ message: { content: expect.stringContaining("recursion") } }] });
});
