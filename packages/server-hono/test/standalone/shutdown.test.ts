import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { sqliteStore } from "@postern/core/node";
import { expect, test } from "vitest";
import { type PosternProcess, startPostern, temporaryFolder } from "./postern-process.ts";
import { chunk, type StandIn, startStandIn, streamEnd } from "./stand-in.ts";

interface Running {
	readonly postern: PosternProcess;
	readonly url: string;
	readonly upstream: StandIn;
	readonly dataFolder: string;
}

async function start(env: Readonly<Record<string, string>> = {}): Promise<Running> {
	const dataFolder = join(temporaryFolder(), "data");
	const upstream = await startStandIn();
	const postern = startPostern({ OPENAI_API_KEY: "sk-test-key", OPENAI_BASE_URL: upstream.url, POSTERN_DATA: dataFolder, ...env });
	return { postern, upstream, dataFolder, url: await postern.url() };
}

/** A stream that has begun: its first piece is read, the provider holds the rest. */
async function beginStream({ url, upstream }: Running) {
	const asked = fetch(`${url}/v1/chat/completions`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ model: "openai/gpt-4o-mini", stream: true, messages: [{ role: "user", content: "hi" }] }),
	});
	const { response } = await upstream.next();
	response.writeHead(200, { "content-type": "text/event-stream" });
	response.write(chunk("first "));
	const reader = (await asked).body?.getReader();
	let text = "";
	while (!text.includes("first ")) text += Buffer.from((await reader?.read())?.value ?? []).toString();
	const rest = async (): Promise<string> => {
		for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) text += Buffer.from(piece.value).toString();
		return text;
	};
	return { response, rest };
}

async function refusesConnections(url: string): Promise<boolean> {
	try {
		await fetch(`${url}/health`, { headers: { connection: "close" } });
		return false;
	} catch {
		return true;
	}
}

test("SIGTERM lets a running stream end, takes no new connections, and exits 0", async () => {
	const running = await start();
	const stream = await beginStream(running);
	running.postern.kill("SIGTERM");
	await running.postern.line((line) => line.msg === "shutting down");
	expect(await refusesConnections(running.url)).toBe(true);
	stream.response.end(chunk("second") + streamEnd);
	const text = await stream.rest();
	expect(text).toContain("second");
	expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
	expect(await running.postern.ended).toBe(0);
	expect(running.postern.stderr()).toBe("");
	await running.postern.line((line) => line.msg === "shut down");
});

test("what still runs at the deadline is cancelled, told so in its own dialect, and recorded", async () => {
	const running = await start({ POSTERN_SHUTDOWN_DEADLINE_MS: "200" });
	const stream = await beginStream(running);
	const upstreamClosed = once(stream.response, "close");
	running.postern.kill("SIGTERM");
	const text = await stream.rest();
	const last = text.trimEnd().split("\n\n").at(-1) ?? "";
	expect(JSON.parse(last.replace(/^data: /, ""))).toMatchObject({ error: { message: expect.stringMatching(/./) } });
	expect(text).not.toContain("[DONE]");
	await upstreamClosed;
	expect(await running.postern.ended).toBe(0);
	const store = sqliteStore(join(running.dataFolder, "postern.db"));
	expect(await store.listUsage()).toHaveLength(1);
	await store.close();
});

test("a second signal ends at once and is no success", async () => {
	const running = await start();
	await beginStream(running);
	running.postern.kill("SIGINT");
	await running.postern.line((line) => line.msg === "shutting down");
	running.postern.kill("SIGINT");
	expect(await running.postern.ended).toBe(1);
});

test("an idle connection that is kept open does not hold the end", async () => {
	const running = await start();
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	const ask = async (): Promise<string | undefined> => {
		const asked = request(`${running.url}/health`, { agent }).end();
		const [response] = await once(asked, "response");
		response.resume();
		await once(response, "end");
		return response.headers.connection;
	};
	expect(await ask()).toBe("keep-alive");
	const stream = await beginStream(running);
	running.postern.kill("SIGTERM");
	await running.postern.line((line) => line.msg === "shutting down");
	stream.response.end(streamEnd);
	await stream.rest();
	expect(await running.postern.ended).toBe(0);
	agent.destroy();
});

test("a caller who has stopped reading does not hold the end", async () => {
	const running = await start({ POSTERN_SHUTDOWN_DEADLINE_MS: "100" });
	const { hostname, port } = new URL(running.url);
	const body = JSON.stringify({ model: "openai/gpt-4o-mini", stream: true, messages: [{ role: "user", content: "hi" }] });
	const socket = connect(Number(port), hostname).on("error", () => {});
	socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
	socket.pause();
	const { response } = await running.upstream.next();
	response.writeHead(200, { "content-type": "text/event-stream" });
	// More than all the buffers on the way can hold: the gateway stops asking for more, and so the provider stands still.
	const flood = chunk("x".repeat(64 * 1024));
	while (response.write(flood) || !response.writableNeedDrain) await new Promise((resolve) => setImmediate(resolve));
	running.postern.kill("SIGTERM");
	expect(await running.postern.ended).toBe(0);
	socket.destroy();
});

test("kill -9 loses no session and no usage record that a caller saw the end of", async () => {
	const dataFolder = join(temporaryFolder(), "data");
	const first = startPostern({ POSTERN_DATA: dataFolder });
	const ask = async (url: string, body: unknown) => {
		const answer = await fetch(`${url}/generate-text`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
		return { status: answer.status, body: (await answer.json()) as { sessionId: string; text: string } };
	};
	const url = await first.url();
	const answers = await Promise.all([1, 2, 3].map((number) => ask(url, { prompt: `Prompt ${number}` })));
	first.kill("SIGKILL");
	expect(await first.ended).toBe("SIGKILL");

	const second = startPostern({ POSTERN_DATA: dataFolder });
	const again = await second.url();
	for (const { status, body } of answers) {
		expect(status).toBe(200);
		expect(await ask(again, { prompt: "And then?", sessionId: body.sessionId })).toMatchObject({ status: 200, body: { sessionId: body.sessionId } });
	}
	expect((await ask(again, { prompt: "Who?", sessionId: "ses_unknown" })).status).toBe(404);
	second.kill("SIGTERM");
	expect(await second.ended).toBe(0);
	const store = sqliteStore(join(dataFolder, "postern.db"));
	expect(await store.listUsage()).toHaveLength(6);
	for (const { body } of answers) expect(await store.listTurns(body.sessionId)).toHaveLength(2);
	await store.close();
});
