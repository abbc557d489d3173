import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeBlocks, readReadme } from "./readme.ts";

const root = join(import.meta.dirname, "..");
const blocks = codeBlocks(await readReadme()).filter(({ language }) => language === "bash");
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl) console.log("Skipped: no curl was found for the README's commands");

describe.runIf(hasCurl)("the README's curl commands, against a server started as the README says", () => {
	let server: ChildProcess;
	let folder: string;
	let port: number;
	let log = "";

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "postern-readme-"));
		// What curl is told besides the command as it stands: to fail where the answer is an error.
		await writeFile(join(folder, ".curlrc"), "fail-with-body\nsilent\nshow-error\nmax-time = 30\n");
		port = await freePort();
		const { PATH = "", HOME = "" } = process.env;
		server = spawn("npm", ["start", "--silent"], {
			cwd: root,
			env: { PATH, HOME, PORT: String(port), POSTERN_DATA: join(folder, "data") },
			detached: true,
		});
		for (const stream of [server.stdout, server.stderr]) stream?.on("data", (chunk: Buffer) => (log += chunk.toString()));
		await untilHealthy();
	}, 60_000);
	afterAll(async () => {
		if (server.exitCode === null && server.pid !== undefined) {
			// npm and the server behind it.
			process.kill(-server.pid, "SIGTERM");
			await once(server, "exit");
		}
		await rm(folder, { recursive: true, force: true });
	});

	test("are there for every surface", () => {
		const all = blocks.map(({ code }) => code).join();
		for (const path of ["/health", "/v1/prompt", "/v1/stream", "/generate-text", "/generate-object", "/v1/chat/completions", "/v1/messages"]) {
			expect(all).toContain(`http://127.0.0.1:8420${path}`);
		}
	});

	test.each(commands())("line $line: $command", { timeout: 60_000 }, async ({ command }) => {
		const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", command.replaceAll(":8420", `:${port}`)], {
			env: { PATH: process.env["PATH"] ?? "", CURL_HOME: folder },
		});
		expect(stdout).not.toBe("");
		// A stream that failed after its first event still has the status 200.
		expect(stdout).not.toMatch(/^event: error|"error":(?!null)/m);
	});

	async function untilHealthy(): Promise<void> {
		const deadline = Date.now() + 45_000;
		for (;;) {
			const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
			if (answer?.ok === true) return;
			if (server.exitCode !== null || Date.now() > deadline) throw new Error(`npm start gave no healthy server:\n${log.slice(0, 2000)}`);
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
	}
});

/** Each command of a block by itself: a backslash at a line's end joins lines. */
function commands(): { line: number; command: string }[] {
	return blocks.flatMap(({ code, line }) =>
		code
			.replaceAll("\\\n", "")
			.split("\n")
			.filter((text) => text.trim() !== "")
			.map((command) => ({ line, command })),
	);
}

async function freePort(): Promise<number> {
	const probe = createServer().listen(0, "127.0.0.1");
	await once(probe, "listening");
	const address = probe.address();
	probe.close();
	await once(probe, "close");
	if (address === null || typeof address === "string") throw new Error("No port was given");
	return address.port;
}
