import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startPostern, temporaryFolder } from "./postern-process.ts";
import { startStandIn } from "./stand-in.ts";

const prompt = { prompt: "Explain recursion" };

function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
	return fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
}

test("with nothing set: the simulator answers on this machine, says so, and needs no token", async () => {
	const postern = startPostern();
	const url = await postern.url();
	expect(new URL(url).hostname).toBe("127.0.0.1");
	await postern.line((line) => line.msg.includes("the simulator answers"));
	const start = await postern.line((line) => line["docs"] !== undefined);
	expect(start).toMatchObject({ level: "info", providers: ["sim"], simulated: true, docs: `${url}/docs` });
	const answer = await post(`${url}/generate-text`, prompt);
	expect(answer.status).toBe(200);
	expect(await answer.json()).toMatchObject({ text: expect.stringMatching(/./), sessionId: expect.stringMatching(/^ses_/) });
	expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok", service: "postern" });
	expect(await postern.line((line) => line["operation"] === "generateText")).toMatchObject({ level: "info", status: 200, msg: "request-end" });
});

test("with a token: callers without it are turned away", async () => {
	const postern = startPostern({ POSTERN_TOKEN: "operator-token-1" });
	const url = await postern.url();
	expect((await post(`${url}/v1/prompt`, prompt)).status).toBe(401);
	expect((await post(`${url}/v1/prompt`, prompt, { authorization: "Bearer wrong-token-1" })).status).toBe(401);
	expect((await post(`${url}/v1/prompt`, prompt, { authorization: "Bearer operator-token-1" })).status).toBe(200);
	await postern.line((line) => line["status"] === 200);
	expect(postern.output()).not.toContain("operator-token-1");
	expect(postern.output()).not.toContain("wrong-token-1");
});

test("an empty token: no authentication, with a warning", async () => {
	const postern = startPostern({ POSTERN_TOKEN: "" });
	expect((await post(`${await postern.url()}/v1/prompt`, prompt)).status).toBe(200);
	expect(await postern.line((line) => line.level === "warn")).toMatchObject({ msg: expect.stringMatching(/authentication/i) });
});

test("a configuration file, and the data folder for its owner alone", async () => {
	const folder = temporaryFolder();
	writeFileSync(join(folder, "postern.json"), JSON.stringify({ providers: { play: { preset: "simulator" } }, routes: { fast: ["play/echo"] } }));
	const postern = startPostern({ POSTERN_CONFIG: join(folder, "postern.json"), POSTERN_DATA: join(folder, "data") });
	const answer = await post(`${await postern.url()}/v1/prompt`, { ...prompt, model: "fast" });
	expect(await answer.json()).toMatchObject({ provider: "play" });
	expect(statSync(join(folder, "data")).mode & 0o777).toBe(0o700);
});

test("no key reaches the log: the provider refuses ours and quotes it, callers send theirs", async () => {
	const key = "sk-upstream-key-0123456789";
	const callers = "caller-token-0123456789";
	const upstream = await startStandIn((request, response) => {
		const quoted = `Incorrect API key provided: ${request.headers.authorization}`;
		response.writeHead(401, { "content-type": "application/json", "x-debug": quoted });
		response.end(JSON.stringify({ error: { message: quoted, type: "invalid_request_error", code: "invalid_api_key" } }));
	});
	const postern = startPostern({ OPENAI_API_KEY: key, OPENAI_BASE_URL: upstream.url, POSTERN_TOKEN: callers, POSTERN_LOG_LEVEL: "trace" });
	const url = await postern.url();
	const answer = await post(`${url}/v1/chat/completions`, { model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "hi" }] }, { authorization: `Bearer ${callers}` });
	expect(answer.status).toBeGreaterThanOrEqual(400);
	expect(await answer.text()).not.toContain(key);
	expect((await post(`${url}/v1/messages`, {}, { "x-api-key": "wrong-0123456789" })).status).toBeGreaterThanOrEqual(400);
	await postern.line((line) => line.msg === "attempt-failed");
	await postern.line((line) => line["path"] === "/v1/messages");
	postern.kill("SIGTERM");
	expect(await postern.ended).toBe(0);
	for (const secret of [key, callers, "wrong-0123456789"]) expect(postern.output()).not.toContain(secret);
});

test("a start that cannot be, and a file that is not right: one line, exit code 1", async () => {
	const start = startPostern({ HOST: "0.0.0.0" });
	expect(await start.ended).toBe(1);
	expect(start.stderr()).toMatch(/^postern: HOST: is open to other machines, and there is no token; set POSTERN_TOKEN.*\n$/);
	const check = startPostern({}, ["check", "missing.json"]);
	expect(await check.ended).toBe(1);
	expect(check.output()).toBe("missing.json: the file missing.json cannot be read (ENOENT); name one that can, or leave it out\n");
});

test("--version, --help and an unknown command", async () => {
	const version = startPostern({}, ["--version"]);
	expect(await version.ended).toBe(0);
	expect(version.output()).toMatch(/^\d+\.\d+\.\d+\n$/);
	const helped = startPostern({}, ["--help"]);
	expect(await helped.ended).toBe(0);
	expect(helped.output()).toContain("POSTERN_CONFIG");
	const unknown = startPostern({}, ["sart"]);
	expect(await unknown.ended).toBe(2);
	expect(unknown.stderr()).toBe('postern: there is no command "sart"; see postern --help\n');
});
