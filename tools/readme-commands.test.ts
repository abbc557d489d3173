import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
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
	let url: string;
	let log = "";

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "postern-readme-"));
		// What curl is told besides the command as it stands: to fail where the answer is an error.
		await writeFile(join(folder, ".curlrc"), "fail-with-body\nsilent\nshow-error\nmax-time = 30\n");
		const { PATH = "", HOME = "" } = process.env;
		server = spawn("npm", ["start", "--silent"], {
			cwd: root,
			env: { PATH, HOME, PORT: "0", POSTERN_DATA: join(folder, "data") },
			detached: true,
		});
		for (const stream of [server.stdout, server.stderr]) stream?.on("data", (chunk: Buffer) => (log += chunk.toString()));
		url = await untilHealthy();
	});
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

	test.each(commands())("line $line: $command", async ({ command }) => {
		const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", command.replaceAll("http://127.0.0.1:8420", url)], {
			env: { PATH: process.env["PATH"] ?? "", CURL_HOME: folder },
		});
		expect(stdout).not.toBe("");
		// A stream that failed after its first event still has the status 200.
		expect(stdout).not.toMatch(/^event: error|"error":(?!null)/m);
	});

	/** Where it listens, as it says itself. */
	async function untilHealthy(): Promise<string> {
		const deadline = Date.now() + 90_000;
		for (;;) {
			const said = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0];
			const answer = said === undefined ? undefined : await fetch(`${said}/health`).catch(() => undefined);
			if (said !== undefined && answer?.ok === true) return said;
			if (server.exitCode !== null || Date.now() > deadline) throw new Error(`npm start gave no healthy server:\n${log.slice(0, 2000)}`);
			await new Promise((resolve) => setTimeout(resolve, 100));
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
