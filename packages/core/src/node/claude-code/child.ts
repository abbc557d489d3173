import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Run } from "../../rules/dialects/claude-code/invocation.ts";
import type { Variables } from "./environment.ts";

export interface Start extends Run {
	readonly executable: string;
	readonly cwd: string;
	readonly env: Variables;
	/** Told of what the process says on standard error. */
	readonly onStderr?: ((text: string) => void) | undefined;
}

/** How a process ended. */
export type ChildEnd =
	| { readonly reason: "exit"; readonly exitCode: number | undefined; readonly signal: string | undefined; readonly stderr: string }
	| { readonly reason: "start"; readonly code: string | undefined };

/** A process under way, with all that it starts itself. */
export interface Child {
	/** Standard output, as much as there is; `undefined` at its end. Nothing is read while nobody asks. One read at a time. */
	read(): Promise<Uint8Array | undefined>;
	/** Reads reject with this from now on, also one that waits. */
	abandon(error: Error): void;
	readonly ended: Promise<ChildEnd>;
	/** SIGTERM for it and what it started, SIGKILL a second later. Safe to call twice or after the end. */
	stop(): void;
}

const killAfterMs = 1000;
/** A process that has ended may have left its output to one that has not: nobody waits longer for more of it. */
const leftOutputMs = 2000;
/** The same for standard error. */
const lastWordsMs = 200;
const maxStderrLength = 8 * 1024;

export function startChild({ executable, args, input, cwd, env, onStderr }: Start): Child {
	let child: ChildProcessWithoutNullStreams;
	try {
		child = spawn(executable, args, { cwd, env, stdio: "pipe", detached: hasGroups, windowsHide: true });
	} catch (error) {
		return notStarted(codeOf(error));
	}
	const { stdin, stdout, stderr } = child;
	let stderrTail = "";
	let end: ChildEnd | undefined;
	let abandoned: Error | undefined;
	let wake: (() => void) | undefined;
	let killTimer: NodeJS.Timeout | undefined;
	const { promise: ended, resolve } = Promise.withResolvers<ChildEnd>();

	function setEnd(how: ChildEnd): void {
		end ??= how;
		resolve(end);
		wake?.();
	}

	function stop(): void {
		if (!signalGroup(child, "SIGTERM")) {
			clearTimeout(killTimer);
			return;
		}
		killTimer ??= setTimeout(() => signalGroup(child, "SIGKILL"), killAfterMs);
		killTimer.unref();
	}

	child.on("error", (error) => {
		if (child.pid === undefined) setEnd({ reason: "start", code: codeOf(error) });
	});
	child.on("exit", (exitCode, signal) => {
		// What it started and left behind goes with it.
		stop();
		const tell = () => setEnd({ reason: "exit", exitCode: exitCode ?? undefined, signal: signal ?? undefined, stderr: stderrTail });
		// Its last words may still be on their way.
		if (stderr.readableEnded) tell();
		else {
			stderr.once("end", tell);
			setTimeout(tell, lastWordsMs).unref();
		}
	});
	if (child.pid !== undefined) keepTrackOf(child);
	stderr.setEncoding("utf8").on("data", (text: string) => {
		stderrTail = (stderrTail + text).slice(-maxStderrLength);
		onStderr?.(text);
	});
	// A process that ends before it has read all of its input says so by its end.
	for (const stream of [stdin, stdout, stderr]) stream.on("error", () => undefined);
	for (const event of ["readable", "end", "close"]) stdout.on(event, () => wake?.());
	stdin.end(input);

	function isOver(): boolean {
		return stdout.readableEnded || stdout.destroyed;
	}

	function waited(): Promise<void> {
		return new Promise((resolveWait) => {
			const timer = end === undefined ? undefined : setTimeout(() => stdout.destroy(), leftOutputMs);
			wake = () => {
				wake = undefined;
				clearTimeout(timer);
				resolveWait();
			};
		});
	}

	return {
		ended,
		stop,
		abandon(error) {
			abandoned ??= error;
			wake?.();
		},
		async read() {
			for (;;) {
				if (abandoned !== undefined) throw abandoned;
				const chunk: Buffer | null = stdout.read();
				if (chunk !== null) return chunk;
				if (isOver()) return undefined;
				await waited();
			}
		},
	};
}

function notStarted(code: string | undefined): Child {
	const nothing = () => undefined;
	return { read: () => Promise.resolve(undefined), ended: Promise.resolve({ reason: "start", code }), stop: nothing, abandon: nothing };
}

/** A group of its own reaches what the process starts. Windows has none: there only the process itself is ended. */
const hasGroups = process.platform !== "win32";

/** @returns whether anybody was there. */
function signalGroup(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): boolean {
	if (child.pid === undefined) return false;
	if (!hasGroups) return child.kill(signal);
	try {
		return process.kill(-child.pid, signal);
	} catch {
		return false;
	}
}

/** In a group of its own a process would outlive the gateway's. */
const running = new Set<ChildProcessWithoutNullStreams>();

function keepTrackOf(child: ChildProcessWithoutNullStreams): void {
	if (running.size === 0) process.on("exit", killAll);
	running.add(child);
	child.once("exit", () => {
		running.delete(child);
		if (running.size === 0) process.off("exit", killAll);
	});
}

function killAll(): void {
	for (const child of running) signalGroup(child, "SIGKILL");
}

function codeOf(error: unknown): string | undefined {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
