import { Worker } from "node:worker_threads";
import { keyColumns, rollupLevels, rollupUpsert, sumColumns } from "../../effects/store/sql/rollup-statement.ts";
import type { PrunedTable } from "../../effects/store/sql/sql-store.ts";
import { latencyBoundsMs } from "../../rules/usage/rollup.ts";

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
const { levels, latencyBounds, sums } = workerData.rollUps;
const quarter = levels.at(-1);
const upsert = database.prepare(workerData.rollUps.upsert);
const shapes = new Map();

/** What is done with records of these columns. */
function shapeOf(columns) {
	let shape = shapes.get(columns);
	if (shape === undefined) {
		const names = columns.split(", ");
		const places = names.map(() => "?").join(", ");
		const insert = database.prepare("insert into usage_records (" + columns + ") values (" + places + ") on conflict (id) do nothing");
		shape = { insert, at: Object.fromEntries(names.map((name, at) => [name, at])) };
		shapes.set(columns, shape);
	}
	return shape;
}

const noSums = sums.map(() => 0);

/** Adds a record to the sums of its quarter of an hour and project. A column that it has not got adds nothing. */
function count(values, at, groups) {
	const bucket = Math.floor(values[at.started_at] / quarter.bucketMs) * quarter.bucketMs;
	const project = values[at.project_id] ?? null;
	const key = [bucket, values[at.provider], values[at.model], values[at.route] ?? "", values[at.outcome], values[at.cached] ?? ""];
	// Stored text has no NUL.
	const name = key.join("\\0") + (project === null ? "" : "\\0" + project);
	let group = groups.get(name);
	if (group === undefined) groups.set(name, (group = { project, key, sums: [...noSums] }));
	const added = group.sums;
	const cost = values[at.cost_micro_usd] ?? null;
	const firstEventMs = values[at.first_event_ms] ?? null;
	const durationMs = values[at.duration_ms];
	added[0] += 1;
	added[1] += values[at.input_tokens] ?? 0;
	added[2] += values[at.output_tokens] ?? 0;
	added[3] += values[at.cached_input_tokens] ?? 0;
	added[4] += values[at.cache_write_tokens] ?? 0;
	added[5] += values[at.reasoning_tokens] ?? 0;
	added[6] += cost ?? 0;
	added[7] += cost === null ? 1 : 0;
	added[8] += Math.round(durationMs);
	added[9] += Math.round(firstEventMs ?? 0);
	added[10] += firstEventMs === null ? 0 : 1;
	const slot = latencyBounds.findIndex((bound) => durationMs < bound);
	added[slot === -1 ? added.length - 1 : 11 + slot] += 1;
}

/** Adds the sums to the roll-ups: each to those of the gateway and of its project, by all lengths of time. */
function rollUp(groups) {
	const rows = new Map();
	for (const { project, key: [bucket, ...dimensions], sums: added } of groups) {
		for (const { bucketMs, gatewayScope, projectScopePrefix } of levels) {
			for (const scope of project === null ? [gatewayScope] : [gatewayScope, projectScopePrefix + project]) {
				const key = [scope, Math.floor(bucket / bucketMs) * bucketMs, ...dimensions];
				const name = key.join("\\0");
				const row = rows.get(name);
				if (row === undefined) rows.set(name, { key, sums: [...added] });
				else for (let at = 0; at < added.length; at += 1) row.sums[at] += added[at];
			}
		}
	}
	for (const { key, sums: added } of rows.values()) upsert.run(...key, ...added);
}

function move() {
	const groups = new Map();
	let moved = 0;
	let last;
	begin.run();
	try {
		for (const { position, columns, records } of read.iterate()) {
			const { insert, at } = shapeOf(columns);
			for (const values of JSON.parse(records)) {
				// What was there already is not inserted again, and so not counted again.
				if (insert.run(...values).changes > 0) count(values, at, groups);
				moved += 1;
			}
			last = position;
			if (moved >= workerData.groupSize) break;
		}
		rollUp(groups.values());
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
	const places = [...keyColumns, ...sumColumns].map(() => "?").join(", ");
	const rollUps = { levels: rollupLevels, latencyBounds: latencyBoundsMs, sums: sumColumns, upsert: `${rollupUpsert.before} (${places}) ${rollupUpsert.after}` };
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
