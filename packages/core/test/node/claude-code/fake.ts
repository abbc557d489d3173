import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type ClaudeCodeOptions, claudeCode, type Provider } from "../../../src/node/index.ts";

/** What one start of the fake was given. */
export interface Started {
	readonly pid: number;
	readonly args: readonly string[];
	readonly input: string;
	readonly cwd: string;
	readonly variables: readonly string[];
}

export interface FakeClaude {
	readonly executable: string;
	/** Its home, empty at first. */
	readonly home: string;
	provider(options?: ClaudeCodeOptions): Provider;
	started(): readonly Started[];
	grandchildren(): readonly number[];
	/** Its sessions are gone. */
	forget(): void;
}

const main = join(import.meta.dirname, "fake-claude", "main.ts");

/** A fake `claude` with a home of its own, both gone after the tests. */
export function fakeClaude(): FakeClaude {
	const home = mkdtempSync(join(tmpdir(), "postern-claude-"));
	const executable = join(home, "claude");
	writeFileSync(executable, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
	chmodSync(executable, 0o755);
	afterAll(() => rmSync(home, { recursive: true, force: true }));
	const logged = (): readonly (Started | { readonly grandchild: number })[] => {
		const file = join(home, "log.jsonl");
		return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line)) : [];
	};
	return {
		executable,
		home,
		provider: (options = {}) => claudeCode({ executable, cwd: home, env: { PATH: process.env["PATH"], HOME: home, ANTHROPIC_API_KEY: "sk-ant-test" }, ...options }),
		started: () => logged().flatMap((entry) => ("args" in entry ? [entry] : [])),
		grandchildren: () => logged().flatMap((entry) => ("grandchild" in entry ? [entry.grandchild] : [])),
		forget: () => rmSync(join(home, "sessions"), { recursive: true, force: true }),
	};
}

/** The values of one flag, up to the next one. */
export function valuesOf(args: readonly string[], flag: string): readonly string[] | undefined {
	const at = args.indexOf(flag);
	if (at < 0) return undefined;
	const end = args.findIndex((arg, index) => index > at && arg.startsWith("--"));
	return args.slice(at + 1, end < 0 ? undefined : end);
}

export function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}
