import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { exampleTurn } from "./examples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const script = fileURLToPath(new URL("writer.ts", import.meta.url));

interface Writer {
	readonly child: ChildProcess;
	/** Whole lines only: a line cut off by the death of the process promised nothing. */
	lines(): readonly string[];
	stderr(): string;
}

function startWriter(path: string, name: string, turns?: number): Writer {
	const child = spawn(process.execPath, ["--conditions=postern-source", script, path, name, ...(turns === undefined ? [] : [String(turns)])]);
	let out = "";
	let err = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		out += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		err += text;
	});
	return { child, lines: () => out.split("\n").slice(0, -1), stderr: () => err };
}

async function untilLines(writer: Writer, count: number): Promise<void> {
	while (writer.lines().length < count) {
		if (writer.child.exitCode !== null) throw new Error(`The writer ended early: ${writer.stderr()}`);
		await once(writer.child.stdout ?? writer.child, "data");
	}
}

function ids(lines: readonly string[], kind: string): string[] {
	return lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
}

/** What was promised is there, nothing is there twice, and no turn is there by half. */
async function expectWhole(path: string, lines: readonly string[]): Promise<void> {
	const store = sqliteStore(path);
	try {
		const recorded = (await store.listUsage({ limit: 1_000_000 })).map(({ id }) => id);
		const distinct = new Set(recorded);
		expect(distinct.size).toBe(recorded.length);
		const [all] = await store.insights.sum({ edges: [0, Number.MAX_SAFE_INTEGER], by: [] });
		expect(all?.requests ?? 0).toBe(recorded.length);
		expect(ids(lines, "record").filter((id) => !distinct.has(id))).toEqual([]);
		const turns = await store.listTurns("ses_shared");
		expect(turns.map(({ sequence }) => sequence)).toEqual(turns.map((_, at) => at + 1));
		expect((await store.findSession("ses_shared"))?.turnCount ?? 0).toBe(turns.length);
		const requests = new Set(turns.map(({ requestId }) => requestId));
		expect(requests.size).toBe(turns.length);
		expect(ids(lines, "turn").filter((id) => !requests.has(id))).toEqual([]);
	} finally {
		await store.close();
	}
}

describe("sqlite: processes", () => {
	it("loses nothing that was promised when it is killed, time and again", async () => {
		const path = folder.file("crash.db");
		const promised: string[] = [];
		for (let round = 0; round < 10; round += 1) {
			const writer = startWriter(path, `round${round}`);
			// At a random moment of opening, writing, moving the journal and writing the log back.
			await untilLines(writer, Math.floor(Math.random() ** 2 * 1500));
			writer.child.kill("SIGKILL");
			await once(writer.child, "close");
			promised.push(...writer.lines());
			if (round % 4 === 1) await expectWhole(path, promised);
		}
		expect(ids(promised, "record").length).toBeGreaterThan(0);
		await expectWhole(path, promised);
	}, 60_000);

	it("keeps no process alive that forgets to close it", async () => {
		const path = folder.file("forgotten.db");
		const store = JSON.stringify(new URL("../../../src/node/sqlite/sqlite-store.ts", import.meta.url).href);
		const examples = JSON.stringify(new URL("examples.ts", import.meta.url).href);
		const code = `
			const { sqliteStore } = await import(${store});
			const { exampleRecord } = await import(${examples});
			const store = sqliteStore({ path: ${JSON.stringify(path)}, maintenanceDelayMs: 1 });
			await store.recordUsage(exampleRecord("a"));
			await store.listUsage();
			await store.recordUsage(exampleRecord("b"));
			console.log("record a\\nrecord b");`;
		const child = spawn(process.execPath, ["--conditions=postern-source", "--input-type=module", "-e", code]);
		const out: string[] = [];
		child.stdout.setEncoding("utf8").on("data", (text: string) => void out.push(text));
		const [exitCode] = await once(child, "close");
		expect([exitCode, out.join("")]).toEqual([0, "record a\nrecord b\n"]);
		await expectWhole(path, ["record a", "record b"]);
	}, 60_000);

	it("serves two processes and this one at once, also while the file is new", async () => {
		const path = folder.file("shared.db");
		const writers = ["one", "two"].map((name) => startWriter(path, name, 100));
		const store = sqliteStore(path);
		const ended = Promise.all(writers.map(({ child }) => once(child, "close")));
		const mine: string[] = [];
		for (let at = 0; at < 50; at += 1) {
			await store.appendTurn(exampleTurn("ses_shared", `mine-${at}`));
			mine.push(`turn mine-${at}`);
			await new Promise((resolve) => setImmediate(resolve));
		}
		await store.close();
		await ended;
		for (const { child, stderr } of writers) expect([child.exitCode, stderr()]).toEqual([0, ""]);
		const lines = [...mine, ...writers.flatMap((writer) => writer.lines())];
		expect(ids(lines, "turn").length).toBe(250);
		await expectWhole(path, lines);
	}, 60_000);
});
