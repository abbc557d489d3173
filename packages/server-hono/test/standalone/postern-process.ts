import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const main = fileURLToPath(new URL("../../src/standalone/main.ts", import.meta.url));

export interface LogLine {
	readonly level: string;
	readonly msg: string;
	readonly [field: string]: unknown;
}

export interface PosternProcess {
	/** Everything it wrote so far, both outputs. */
	output(): string;
	readonly stderr: () => string;
	/** The first line, of those written and those to come, that fits. Rejects when the process ends without one. */
	line(fits: (line: LogLine) => boolean): Promise<LogLine>;
	/** Waits for the start line. */
	url(): Promise<string>;
	kill(signal: NodeJS.Signals): void;
	/** The exit code, or the signal that ended it. */
	readonly ended: Promise<number | string>;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "postern-test-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** Starts the real thing from its sources, on a free port, with nothing of this process's environment that could speak to it. */
export function startPostern(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): PosternProcess {
	const folder = temporaryFolder();
	const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
	const child = spawn(process.execPath, ["--conditions=postern-source", main, ...args], {
		cwd: folder,
		env: { PATH, NODE_COMPILE_CACHE, PORT: "0", POSTERN_DATA: join(folder, "data"), ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
	onTestFinished(() => void child.kill("SIGKILL"));
	return watch(child);
}

function watch(child: ChildProcess): PosternProcess {
	let stdout = "";
	let stderr = "";
	let isOver = false;
	const waiting = new Set<() => void>();
	const wake = (): void => {
		for (const look of waiting) look();
	};
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
		wake();
	});
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	const ended = once(child, "close").then(([code, signal]: (number | string | null)[]) => {
		isOver = true;
		wake();
		return code ?? signal ?? "unknown";
	});
	const line: PosternProcess["line"] = (fits) =>
		new Promise((resolve, reject) => {
			const look = (): void => {
				// The last piece is a line that is still being written.
				const found = stdout.split("\n").slice(0, -1).map(parseLine).find((one) => one !== undefined && fits(one));
				if (found === undefined && !isOver) return;
				waiting.delete(look);
				if (found === undefined) reject(new Error(`postern ended without that line:\n${stdout}${stderr}`));
				else resolve(found);
			};
			waiting.add(look);
			look();
		});
	return {
		output: () => stdout + stderr,
		stderr: () => stderr,
		line,
		url: async () => String((await line((one) => one["url"] !== undefined))["url"]),
		kill: (signal) => void child.kill(signal),
		ended,
	};
}

function parseLine(text: string): LogLine | undefined {
	try {
		return JSON.parse(text) as LogLine;
	} catch {
		return undefined;
	}
}
