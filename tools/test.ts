/**
 * Everything that CI runs: types beside lint with the floor rules, unused code, the build and the packaging proof, and then
 * all vitest suites, which use every core themselves. A step that fails does not stop the others. The last line is `N passed, N failed[, N skipped]`:
 * vitest's tests by their number, every other step as one.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Counts {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
}

const scratch = await mkdtemp(join(tmpdir(), "postern-test-"));
const results: Counts[] = [];
try {
	const lanes = await Promise.all([steps("types"), steps("lint", "unused", "build", "packaging")]);
	results.push(...lanes.flat(), await vitest(join(scratch, "vitest.json")));
} finally {
	await rm(scratch, { recursive: true, force: true });
}

const total = (key: keyof Counts) => results.reduce((sum, counts) => sum + counts[key], 0);
const skipped = total("skipped");
process.exitCode = total("failed") === 0 ? 0 : 1;
console.log(`\n${total("passed")} passed, ${total("failed")} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);

/** One after the other. What a step says comes in one piece, when it has ended. */
async function steps(...scripts: readonly string[]): Promise<Counts[]> {
	const counts: Counts[] = [];
	for (const script of scripts) {
		const { exitCode, output } = await run("npm", ["run", "--silent", script], "pipe");
		const succeeded = exitCode === 0;
		console.log(`\n> npm run ${script}\n${output}${succeeded ? "ok" : "FAILED"}: ${script}`);
		counts.push({ passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 });
	}
	return counts;
}

async function vitest(reportFile: string): Promise<Counts> {
	const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
	console.log("\n> npm run test:unit");
	const { exitCode } = await run("npm", ["run", "--silent", "test:unit", "--", ...reporters], "inherit");
	const counts = countTests(await readFile(reportFile, "utf8").catch(() => undefined));
	// An unhandled rejection between tests fails the run although no test failed.
	return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** A file that could not be loaded holds no tests and counts as one failure. */
function countTests(report: string | undefined): Counts {
	if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
	const { testResults, numPassedTests, numFailedTests, numPendingTests } = JSON.parse(report) as {
		readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
		readonly numPassedTests: number;
		readonly numFailedTests: number;
		readonly numPendingTests: number;
	};
	const unloadable = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
	return { passed: numPassedTests, failed: numFailedTests + unloadable, skipped: numPendingTests };
}

function run(command: string, args: readonly string[], output: "pipe" | "inherit"): Promise<{ readonly exitCode: number; readonly output: string }> {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: ["inherit", output, output] });
		let text = "";
		for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (piece: string) => (text += piece));
		child.once("error", reject);
		child.once("close", (code) => resolve({ exitCode: code ?? 1, output: text }));
	});
}
