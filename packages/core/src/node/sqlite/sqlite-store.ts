import { Kysely } from "kysely";
import { migrate } from "../../effects/store/sql/migrations.ts";
import { type SqlDatabase, sqlStore } from "../../effects/store/sql/sql-store.ts";
import type { Database } from "../../effects/store/sql/schema.ts";
import { insertUsage } from "../../effects/store/sql/usage-queries.ts";
import type { Store } from "../../effects/store/store.ts";
import { openDatabase } from "./database.ts";
import { sqliteDialect } from "./dialect.ts";
import { type Journal, openJournal } from "./journal.ts";
import { type Maintenance, maintenance } from "./maintenance.ts";

export interface SqliteStoreOptions {
	/** A file, made with its folders where it is missing, or `:memory:`. */
	readonly path: string;
	/** How long a write waits for another process that holds the file. The event loop waits with it. Default 5000. */
	readonly busyTimeoutMs?: number;
	/** How long a usage record stays in the journal before it is moved to its table in the background. Default 500. */
	readonly maintenanceDelayMs?: number;
	/** The write-ahead log is written back to the file in the background where it is larger than this. Default 32 MiB. */
	readonly walLimitBytes?: number;
}

/**
 * A store in one SQLite file. Returns at once; the file is opened and migrated by the first verb. Where that fails, every
 * verb rejects with the reason, and the next one tries again.
 */
export function sqliteStore(pathOrOptions: string | SqliteStoreOptions): Store {
	const options = typeof pathOrOptions === "string" ? { path: pathOrOptions } : pathOrOptions;
	return sqlStore(() => open(options), afterTwoTurns);
}

/** One turn later a busy process has about twice as many records to commit at once, and a group costs nearly the same as one record. */
function afterTwoTurns(callback: () => void): void {
	setImmediate(() => setImmediate(callback));
}

async function open(options: SqliteStoreOptions): Promise<SqlDatabase> {
	const { path, busyTimeoutMs = 5000, maintenanceDelayMs = 500, walLimitBytes = 32 * 1024 * 1024 } = options;
	let kysely: Kysely<Database> | undefined;
	try {
		const database = openDatabase(path, busyTimeoutMs);
		kysely = new Kysely<Database>({ dialect: sqliteDialect(database) });
		await migrate(kysely);
		if (path === ":memory:") return memoryDatabase(kysely);
		const journal = openJournal(database, kysely);
		const background = maintenance({ path, busyTimeoutMs, delayMs: maintenanceDelayMs, walLimitBytes });
		if (!(await journal.isEmpty())) background.written(1);
		return fileDatabase(kysely, journal, background);
	} catch (error) {
		await kysely?.destroy();
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(`The store "${path}" cannot be opened: ${reason}`, { cause: error });
	}
}

function fileDatabase(kysely: Kysely<Database>, journal: Journal, background: Maintenance): SqlDatabase {
	return {
		kysely,
		async commitUsage(rows) {
			await background.writable();
			await journal.write(rows);
			background.written(rows.length);
		},
		async settleUsage() {
			// Also what another process wrote, or one that died.
			if (!(await journal.isEmpty())) await background.moveJournal();
		},
		report: background.report,
		async pruneUsage(table, before) {
			// A record is rolled up before it can go.
			if (table === "usage_records" && !(await journal.isEmpty())) await background.moveJournal();
			await background.prune({ table, before });
		},
		async writable() {
			await background.writable();
			background.written(1);
		},
		check: background.check,
		async close() {
			await background.close();
			await kysely.destroy();
		},
	};
}

/** No other connection can see this database: no worker, no journal, and no log to write back. */
function memoryDatabase(kysely: Kysely<Database>): SqlDatabase {
	const nothing = async () => {};
	return {
		kysely,
		commitUsage: (rows) => insertUsage(kysely, rows),
		settleUsage: nothing,
		report: async (query) => (await kysely.executeQuery(query)).rows as readonly Readonly<Record<string, unknown>>[],
		async pruneUsage(table, before) {
			if (table === "usage_records") await kysely.deleteFrom(table).where("started_at", "<", before).execute();
			else await kysely.deleteFrom(table).where("bucket", "<", before).execute();
		},
		writable: nothing,
		check: nothing,
		close: () => kysely.destroy(),
	};
}
