import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Commands from the benchmark to the processes it measures, over Node's own channel: no socket that would count as load. */
export interface Child {
	call<Result>(command: string, argument?: unknown): Promise<Result>;
	stop(): Promise<void>;
}

interface Call {
	readonly id: number;
	readonly command: string;
	readonly argument?: unknown;
}
interface Answer {
	readonly id: number;
	readonly result?: unknown;
	readonly error?: string;
}

/** What every measured process can tell of itself. */
export interface Consumption {
	/** User and system time since the start of the process. */
	readonly cpuUs: number;
	/** The part of it that the main thread took. */
	readonly mainThreadUs: number;
	readonly residentMib: number;
}

const canPin = spawnSync("taskset", ["--version"]).status === 0;
export const pinning = canPin ? "taskset" : "none (no taskset here: figures are noisier)";

/** Starts `file` (beside this one) and waits until it says that it is ready. */
export async function startChild(file: string, options: { core: number; nodeFlags?: readonly string[]; environment?: Record<string, string> }): Promise<Child> {
	const node = [process.execPath, "--conditions=postern-source", ...(options.nodeFlags ?? []), fileURLToPath(new URL(file, import.meta.url))];
	const [command, ...rest] = canPin ? ["taskset", "-c", String(options.core), ...node] : node;
	const child = spawn(command ?? process.execPath, rest, {
		stdio: ["ignore", "inherit", "inherit", "ipc"],
		env: { ...process.env, ...options.environment },
	});
	const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
	let lastId = 0;
	child.on("message", (answer: Answer) => {
		const call = waiting.get(answer.id);
		waiting.delete(answer.id);
		if (answer.error === undefined) call?.resolve(answer.result);
		else call?.reject(new Error(`${file}: ${answer.error}`));
	});
	child.on("exit", (code, signal) => {
		for (const call of waiting.values()) call.reject(new Error(`${file} ended early (${signal ?? code})`));
	});
	const ready = new Promise((resolve, reject) => waiting.set(0, { resolve, reject }));
	await ready;
	return {
		call: <Result>(name: string, argument?: unknown) =>
			new Promise<Result>((resolve, reject) => {
				lastId += 1;
				waiting.set(lastId, { resolve: resolve as (value: unknown) => void, reject });
				child.send({ id: lastId, command: name, argument } satisfies Call);
			}),
		stop: () => stopChild(child),
	};
}

async function stopChild(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return;
	const exited = once(child, "exit");
	child.disconnect();
	await exited;
}

/** The child's side: answers commands, says that it is ready, and ends when the benchmark goes. */
export function serveCommands(commands: Readonly<Record<string, (argument: never) => unknown>>): void {
	const all: typeof commands = { consumption, ...commands };
	process.on("message", async (call: Call) => {
		try {
			const result = await all[call.command]?.(call.argument as never);
			process.send?.({ id: call.id, result } satisfies Answer);
		} catch (error) {
			process.send?.({ id: call.id, error: error instanceof Error ? error.message : String(error) } satisfies Answer);
		}
	});
	process.on("disconnect", () => process.exit(0));
	process.send?.({ id: 0 } satisfies Answer);
}

function consumption(): Consumption {
	const all = process.cpuUsage();
	const own = process.threadCpuUsage();
	return { cpuUs: all.user + all.system, mainThreadUs: own.user + own.system, residentMib: process.memoryUsage.rss() / 1_048_576 };
}
