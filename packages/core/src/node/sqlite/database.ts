import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Opens the main connection, the one that the event loop waits for. */
export function openDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
	if (path !== ":memory:") mkdirSync(dirname(resolve(path)), { recursive: true });
	const database = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
	try {
		keepLog(database, busyTimeoutMs);
		// What is committed is with the operating system: safe from the death of the process. A power cut can take the last moments.
		database.exec("PRAGMA synchronous = NORMAL");
		// A checkpoint syncs the file, which takes milliseconds: the maintenance worker does it.
		database.exec("PRAGMA wal_autocheckpoint = 0");
		database.exec("PRAGMA cache_size = -16000");
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

/** Where several processes open a new file at once, SQLite refuses all but one of them instead of letting them wait. */
function keepLog(database: DatabaseSync, busyTimeoutMs: number): void {
	const until = performance.now() + busyTimeoutMs;
	for (;;) {
		try {
			database.exec("PRAGMA journal_mode = WAL");
			return;
		} catch (error) {
			if (!isBusy(error) || performance.now() >= until) throw error;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
		}
	}
}

function isBusy(error: unknown): boolean {
	return error instanceof Error && "errcode" in error && error.errcode === sqliteBusy;
}
const sqliteBusy = 5;
