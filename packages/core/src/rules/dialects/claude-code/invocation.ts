import type { JsonObject } from "../../../contract/json.ts";

/** What Claude Code is started with, as the body of a request: a plain value, which `send` makes a process of. */
export interface Invocation {
	/** In the order in which they are tried: the next one only where the first says that it does not know its session. */
	readonly runs: readonly [Run, ...Run[]];
	/** Of a stream all lines of the output are the answer; of a whole answer the last one is. */
	readonly answer: "lines" | "last-line";
	/** Tools run: long silences are no sign of a process that hangs. */
	readonly mayBeSilent: boolean;
}

export interface Run {
	readonly args: readonly string[];
	/** For standard input: an argument could be taken for a flag, and is limited to 128 KiB on Linux. */
	readonly input: string;
}

export function invocationBody({ runs, answer, mayBeSilent }: Invocation): JsonObject {
	return { runs: runs.map(({ args, input }) => ({ args, input })), answer, mayBeSilent };
}

/** How a process ended that gave no answer: the body of a failure, or the last line of a stream. `send` writes it. */
export interface ProcessReport {
	readonly type: typeof processReport;
	/** `exit`: it went by itself, `time`: it was ended at its limit, `start`: it could not be started, `busy`: too many run already. */
	readonly reason: "exit" | "time" | "start" | "busy";
	readonly exitCode?: number | undefined;
	readonly signal?: string | undefined;
	/** The system's own code of a failed start, such as `ENOENT`. */
	readonly code?: string | undefined;
	/** The end of standard error. Never shown to a caller. */
	readonly stderr?: string | undefined;
}
export const processReport = "postern_process";
