import { stat } from "node:fs/promises";
import { setImmediate as turnEnd } from "node:timers/promises";
import { type MaintenanceWorker, type PruneOrder, type ReportQuery, startMaintenanceWorker } from "./maintenance-worker.ts";

/** Records in one move: some milliseconds of the lock. */
const groupSize = 256;
/** Records and turns after which the delay is not waited for. */
const hurryAfter = 2000;

export interface Maintenance {
	/** Resolves when the worker holds no lock, so that a write does not block the event loop. */
	writable(): Promise<void>;
	/** To be called after writes: lets the worker come some time later. */
	written(writes: number): void;
	/** Moves what the journal holds. */
	moveJournal(): Promise<void>;
	report(query: ReportQuery): Promise<readonly Readonly<Record<string, unknown>>[]>;
	/** Deletes what began before a time, some rows after the other. */
	prune(order: PruneOrder): Promise<void>;
	/** Rejects where the last work in the background failed. */
	check(): Promise<void>;
	/** Leaves an empty journal and log behind, where that is possible; what stays is found at the next opening. */
	close(): Promise<void>;
}

export interface MaintenanceOptions {
	readonly path: string;
	readonly busyTimeoutMs: number;
	readonly delayMs: number;
	readonly walLimitBytes: number;
}

/** Keeps journal and write-ahead log short from another thread. Writers wait for its locks in promises, not in SQLite. */
export function maintenance(options: MaintenanceOptions): Maintenance {
	const { path, busyTimeoutMs, delayMs, walLimitBytes } = options;
	let worker: MaintenanceWorker | undefined;
	let held: Promise<unknown> | undefined;
	let timer: NodeJS.Timeout | undefined;
	let running: Promise<void> | undefined;
	let writesWaiting = 0;
	let failure: unknown;
	let closing = false;

	/** One job of the worker. After a failure the next job gets a new thread. */
	async function ask<Result>(job: (worker: MaintenanceWorker) => Promise<Result>): Promise<Result> {
		worker ??= startMaintenanceWorker({ path, busyTimeoutMs, groupSize });
		const asked = worker;
		try {
			return await job(asked);
		} catch (error) {
			if (worker === asked) worker = undefined;
			await asked.close().catch(() => {});
			throw error;
		}
	}

	async function holdingWriters<Result>(job: (worker: MaintenanceWorker) => Promise<Result>): Promise<Result> {
		const result = ask(job);
		const hold = result.catch(() => {}).then(() => {
			if (held === hold) held = undefined;
		});
		held = hold;
		return await result;
	}

	async function moveJournal(): Promise<void> {
		while ((await holdingWriters((thread) => thread.move())).left) {
			// Where more comes all the time, there is no end to wait for.
			await shortenLog();
			await turnEnd();
		}
	}

	async function shortenLog(): Promise<void> {
		if ((await logSize(path)) <= walLimitBytes) return;
		// Most of the way without a lock; then writers stand still for the little that came meanwhile.
		await ask((thread) => thread.checkpoint("PASSIVE"));
		await holdingWriters((thread) => thread.checkpoint("TRUNCATE"));
	}

	async function work(): Promise<void> {
		clearTimeout(timer);
		timer = undefined;
		writesWaiting = 0;
		try {
			await moveJournal();
			await shortenLog();
			failure = undefined;
		} catch (error) {
			failure = error;
		} finally {
			running = undefined;
			if (writesWaiting > 0) schedule();
		}
	}

	function schedule(): void {
		if (running !== undefined || closing) return;
		if (writesWaiting >= hurryAfter) {
			running = work();
		} else if (timer === undefined) {
			timer = setTimeout(() => {
				running ??= work();
			}, delayMs);
			timer.unref();
		}
	}

	return {
		async writable() {
			while (held !== undefined) await held;
		},
		written(writes) {
			writesWaiting += writes;
			schedule();
		},
		moveJournal,
		report: (query) => ask((thread) => thread.report(query)),
		async prune(order) {
			while ((await holdingWriters((thread) => thread.prune(order))).left) await turnEnd();
			// The log grew by what was deleted.
			writesWaiting += 1;
			schedule();
		},
		async check() {
			if (failure !== undefined) throw failure;
		},
		async close() {
			closing = true;
			clearTimeout(timer);
			await running;
			if (writesWaiting > 0 || worker !== undefined) {
				try {
					await moveJournal();
					await ask((thread) => thread.checkpoint("TRUNCATE"));
				} catch {
					// Every record is committed already: closing has not failed because tidying up did.
				}
			}
			await worker?.close().catch(() => {});
		},
	};
}

async function logSize(path: string): Promise<number> {
	try {
		return (await stat(`${path}-wal`)).size;
	} catch {
		return 0;
	}
}
