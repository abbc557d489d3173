import { Worker } from "node:worker_threads";
import { rollupStatements } from "../../effects/store/sql/rollup-statement.ts";
import type { PrunedTable } from "../../effects/store/sql/sql-store.ts";

/** What the worker can be asked for; each runs to its end before the next. */
export interface MaintenanceJobs {
	/** Moves at least one group of records from the journal to their table. */
	move(): Promise<{ readonly moved: number; readonly left: boolean }>;
	/** Reads, and holds no writer up. */
	report(query: ReportQuery): Promise<readonly Readonly<Record<string, unknown>>[]>;
	/** Deletes at least some rows of a table that began before a time. */
	prune(order: PruneOrder): Promise<{ readonly left: boolean }>;
	/** `PASSIVE` waits for nobody; `TRUNCATE` locks writers out and empties the log, unless a reader still needs it. */
	checkpoint(mode: "PASSIVE" | "TRUNCATE"): Promise<void>;
}
export interface ReportQuery {
	readonly sql: string;
	readonly parameters: readonly unknown[];
}
export interface PruneOrder {
	readonly table: PrunedTable;
	readonly before: number;
}
export interface MaintenanceWorker extends MaintenanceJobs {
	close(): Promise<void>;
}

/**
 * Text and not a file of its own: so it works from the sources, from the built package and from an app that bundled it. A
 * move takes no more than `groupSize` records at a time, because nothing else is written meanwhile.
 */
const code = `
const { parentPort, workerData } = require("node:worker_threads");
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync(workerData.path, { timeout: workerData.busyTimeoutMs });
database.exec("PRAGMA synchronous = NORMAL");
database.exec("PRAGMA wal_autocheckpoint = 0");
const begin = database.prepare("begin immediate");
const commit = database.prepare("commit");
const read = database.prepare("select position, columns, records from usage_journal order by position");
const forget = database.prepare("delete from usage_journal where position <= ?");
const remains = database.prepare("select position from usage_journal limit 1");
const newest = database.prepare("select max(rowid) as id from usage_records");
const rollUps = workerData.rollUps.map((text) => database.prepare(text));
const inserts = new Map();

function insertOf(columns, values) {
	let insert = inserts.get(columns);
	if (insert === undefined) {
		const places = values.map(() => "?").join(", ");
		insert = database.prepare("insert into usage_records (" + columns + ") values (" + places + ") on conflict (id) do nothing");
		inserts.set(columns, insert);
	}
	return insert;
}

function move() {
	let moved = 0;
	let last;
	begin.run();
	try {
		const before = newest.get().id ?? 0;
		for (const { position, columns, records } of read.iterate()) {
			for (const values of JSON.parse(records)) {
				insertOf(columns, values).run(...values);
				moved += 1;
			}
			last = position;
			if (moved >= workerData.groupSize) break;
		}
		// What was there already is not inserted again, and so not counted again.
		for (const rollUp of rollUps) rollUp.run(before);
		if (last !== undefined) forget.run(last);
		commit.run();
	} catch (error) {
		if (database.isTransaction) database.exec("rollback");
		throw error;
	}
	return { moved, left: remains.get() !== undefined };
}

function prune({ table, before }) {
	const time = table === "usage_records" ? "started_at" : "bucket";
	const from = " from " + table + " where " + time;
	const last = database.prepare("select " + time + " as time" + from + " < ? order by " + time + " limit 1 offset ?").get(before, workerData.groupSize - 1);
	if (last === undefined) database.prepare("delete" + from + " < ?").run(before);
	else database.prepare("delete" + from + " <= ?").run(last.time);
	return { left: last !== undefined };
}

const jobs = {
	move,
	prune,
	report: ({ sql, parameters }) => database.prepare(sql).all(...parameters),
	checkpoint(mode) {
		// A long reader elsewhere is given up on soon: writers wait meanwhile, and the next checkpoint tries again.
		database.exec("PRAGMA busy_timeout = 10");
		try {
			database.prepare("PRAGMA wal_checkpoint(" + mode + ")").get();
		} finally {
			database.exec("PRAGMA busy_timeout = " + workerData.busyTimeoutMs);
		}
	},
	close: () => database.close(),
};

parentPort.on("message", ({ job, argument }) => {
	try {
		parentPort.postMessage({ result: jobs[job](argument) });
	} catch (error) {
		parentPort.postMessage({ error: error.message });
	}
	if (job === "close") parentPort.close();
});
`;

interface Reply {
	readonly result?: unknown;
	readonly error?: string;
}

/** Starts the thread. It keeps the process alive only while a job runs. A job rejects where it failed or the thread died. */
export function startMaintenanceWorker(settings: {
	readonly path: string;
	readonly busyTimeoutMs: number;
	readonly groupSize: number;
}): MaintenanceWorker {
	// The process's own flags (source conditions, loaders, inspectors) mean nothing to these few lines.
	const rollUps = rollupStatements.map(({ before, after }) => `${before} rowid > ? ${after}`);
	const worker = new Worker(code, { eval: true, workerData: { ...settings, rollUps }, execArgv: [], name: "postern-sqlite" });
	let asked: PromiseWithResolvers<unknown> | undefined;
	let death: Error | undefined;
	let queue: Promise<unknown> = Promise.resolve();

	function die(error: Error): void {
		death ??= error;
		asked?.reject(death);
	}

	worker.on("message", ({ result, error }: Reply) => {
		if (error === undefined) asked?.resolve(result);
		else asked?.reject(new Error(error));
	});
	worker.on("error", (error) => die(error instanceof Error ? error : new Error(String(error))));
	worker.on("exit", () => die(new Error("The maintenance thread has ended")));
	worker.unref();

	async function ask(job: string, argument?: unknown): Promise<unknown> {
		if (death !== undefined) throw death;
		asked = Promise.withResolvers();
		worker.ref();
		worker.postMessage({ job, argument });
		try {
			return await asked.promise;
		} finally {
			worker.unref();
		}
	}

	function inTurn(job: string, argument?: unknown): Promise<unknown> {
		const answer = queue.then(() => ask(job, argument));
		queue = answer.catch(() => {});
		return answer;
	}

	return {
		move: async () => (await inTurn("move")) as { readonly moved: number; readonly left: boolean },
		report: async ({ sql, parameters }) => (await inTurn("report", { sql, parameters })) as readonly Readonly<Record<string, unknown>>[],
		prune: async (order) => (await inTurn("prune", order)) as { readonly left: boolean },
		async checkpoint(mode) {
			await inTurn("checkpoint", mode);
		},
		async close() {
			await inTurn("close");
			await worker.terminate();
		},
	};
}
