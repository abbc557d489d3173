import { spawn } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { emptyState, learn } from "../../../src/rules/routing/learn/index.ts";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const script = fileURLToPath(new URL("learning-writer.ts", import.meta.url));

describe("sqlite: what routes learn, in several processes", () => {
	it("is the same for all, with each outcome counted once", async () => {
		const path = folder.file("learning.db");
		const counts = { one: 40, two: 55, three: 25 };
		const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
		const told = await Promise.all(Object.entries(counts).map(([name, count]) => run([path, name, String(count), String(all)])));
		for (const each of told) expect(each).toEqual({ out: "learnt\nknows\n", error: "", code: 0 });
		const store = sqliteStore(path);
		try {
			const { state } = await store.learning.find({ projectId: "prj_1", route: "smart" });
			expect(Object.fromEntries(Object.entries(state.targets).map(([label, { totals }]) => [label, totals.calls]))).toEqual({ "one/m": 40, "two/m": 55, "three/m": 25 });
			const words = await store.learning.find({ projectId: "prj_1", route: "words" });
			expect(words.state.targets["words/m"]?.totals.calls).toBe(55);
		} finally {
			await store.close();
		}
	});
});

describe("sqlite: what an earlier version learnt", () => {
	it.each<[string, string, number]>([
		["is built upon, as far as it counted the same", JSON.stringify({ targets: { "one/m": { totals: { calls: 7 }, cells: {}, recent: [] } }, choices: { at: 5, made: 7, exploratory: 0 } }), 8],
		["is as nothing where nobody can make sense of it", '{"targets":', 1],
	])("%s", async (_, kept, calls) => {
		const path = folder.file(`earlier-${calls}.db`);
		const scope = { projectId: "prj_1", route: "smart" };
		const outcome = { kind: "choice", target: "one/m", context: "s----w", ok: true, latencyMs: 10, expected: {}, exploratory: false } as const;
		const learnt = learn(emptyState, outcome, 1_790_000_000_000);
		const store = sqliteStore(path);
		try {
			await store.learning.add(scope, learnt);
			const database = new DatabaseSync(path);
			database.prepare("update learning_states set state = ?").run(kept);
			database.close();
			const { state } = await store.learning.add(scope, learnt);
			expect(state.targets["one/m"]).toMatchObject({ totals: { calls, timed: 1, words: 0 }, success: { made: 1, ok: 1 } });
			expect((await store.learning.list("prj_1"))[0]?.state).toEqual(state);
		} finally {
			await store.close();
		}
	});
});

async function run(parameters: readonly string[]): Promise<{ readonly out: string; readonly error: string; readonly code: unknown }> {
	const child = spawn(process.execPath, ["--conditions=postern-source", script, ...parameters]);
	let out = "";
	let error = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		out += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		error += text;
	});
	const [code] = await once(child, "close");
	return { out, error, code };
}
