import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
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
