/**
 * Everything that CI runs, in order of cost: types, lint with the floor rules, unused code, all vitest suites, the build
 * and the packaging proof. A step that fails does not stop the others. The last line is `N passed, N failed[, N skipped]`:
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
	for (const script of ["types", "lint", "unused"]) results.push(await step(script));
	results.push(await vitest(join(scratch, "vitest.json")));
	for (const script of ["build", "packaging"]) results.push(await step(script));
} finally {
	await rm(scratch, { recursive: true, force: true });
}

const total = (key: keyof Counts) => results.reduce((sum, counts) => sum + counts[key], 0);
const skipped = total("skipped");
process.exitCode = total("failed") === 0 ? 0 : 1;
console.log(`\n${total("passed")} passed, ${total("failed")} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);

async function step(script: string): Promise<Counts> {
	const succeeded = (await run("npm", ["run", "--silent", script])) === 0;
	console.log(`${succeeded ? "ok" : "FAILED"}: ${script}`);
	return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
}

async function vitest(reportFile: string): Promise<Counts> {
	const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
	const exitCode = await run("npm", ["run", "--silent", "test:unit", "--", ...reporters]);
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

function run(command: string, args: readonly string[]): Promise<number> {
	console.log(`\n> ${command} ${args.join(" ")}`);
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: "inherit" });
		child.once("error", reject);
		child.once("close", (code) => resolve(code ?? 1));
	});
}
