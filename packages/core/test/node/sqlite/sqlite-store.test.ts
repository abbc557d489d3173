import { existsSync, mkdirSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { describe, expect, it, vi } from "vitest";
import { createLongerRollups } from "../../../src/effects/store/sql/migrations/0013-longer-rollups.ts";
import type { Store } from "../../../src/effects/store/store.ts";
import { sqliteDialect } from "../../../src/node/sqlite/dialect.ts";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { exampleRecord, exampleTurn } from "./examples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();

function look<Row>(path: string, query: string): Row[] {
	const database = new DatabaseSync(path);
	try {
		return database.prepare(query).all() as Row[];
	} finally {
		database.close();
	}
}

function run(path: string, statements: string): void {
	const database = new DatabaseSync(path);
	try {
		database.exec(statements);
	} finally {
		database.close();
	}
}

function count(path: string, table: string): number {
	return look<{ rows: number }>(path, `select count(*) as rows from ${table}`)[0]?.rows ?? -1;
}

describe("sqlite: opening", () => {
	it("makes the folders and the file at the first verb, not before", async () => {
		const path = folder.file("new/deep/postern.db");
		const store = sqliteStore(path);
		expect(existsSync(path)).toBe(false);
		await store.check();
		expect(existsSync(path)).toBe(true);
		await store.close();
	});

	const verbs: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
		["findSession", (store) => store.findSession("ses_1")],
		["appendTurn", (store) => store.appendTurn(exampleTurn("ses_1", "req_1"))],
		["listTurns", (store) => store.listTurns("ses_1")],
		["recordUsage", (store) => store.recordUsage(exampleRecord("req_1"))],
		["listUsage", (store) => store.listUsage()],
		["check", (store) => store.check()],
	];
	it.each(verbs)("says in %s why a file cannot be opened", async (_verb, call) => {
		const path = folder.file("a-file");
		writeFileSync(path, "");
		const store = sqliteStore(`${path}/postern.db`);
		await expect(call(store)).rejects.toThrow(/^The store ".*postern\.db" cannot be opened: (ENOTDIR|EEXIST)/);
		await store.close();
	});

	it("says so where the path is a folder or the file is something else", async () => {
		mkdirSync(folder.file("folder.db"));
		await expect(sqliteStore(folder.file("folder.db")).check()).rejects.toThrow(/cannot be opened: unable to open database file/);
		writeFileSync(folder.file("letter.db"), "Dear reader, ".repeat(500));
		await expect(sqliteStore(folder.file("letter.db")).check()).rejects.toThrow(/cannot be opened: file is not a database/);
	});

	it("opens at a later verb what could not be opened before", async () => {
		const path = folder.file("later.db");
		mkdirSync(path);
		const store = sqliteStore(path);
		await expect(store.recordUsage(exampleRecord("req_1"))).rejects.toThrow(/cannot be opened/);
		rmdirSync(path);
		await store.recordUsage(exampleRecord("req_2"));
		expect((await store.listUsage()).map(({ id }) => id)).toEqual(["req_2"]);
		await store.close();
	});

	it("refuses a database of a newer version and leaves it as it is", async () => {
		const path = folder.file("newer.db");
		const store = sqliteStore(path);
		await store.check();
		await store.close();
		look(path, "insert into postern_migrations (name, timestamp) values ('9999-from-the-future', '2099-01-01T00:00:00.000Z') returning name");
		const again = sqliteStore(path);
		await expect(again.check()).rejects.toThrow(/newer than this version of Postern: it has "9999-from-the-future", this version knows up to "0\d{3}-/);
		await expect(again.recordUsage(exampleRecord("req_1"))).rejects.toThrow(/newer/);
		await again.close();
		expect(count(path, "usage_journal")).toBe(0);
	});

	it("writes ahead, and has an index for what is asked", async () => {
		const path = folder.file("shape.db");
		const store = sqliteStore(path);
		await store.check();
		await store.close();
		expect(look(path, "PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
		const plans: readonly (readonly [string, string])[] = [
			["order by started_at desc, id desc limit 9", "usage_by_start"],
			["where id = 'r'", "sqlite_autoindex_usage_records_1"],
		];
		for (const [clause, index] of plans) {
			const plan = look<{ detail: string }>(path, `explain query plan select * from usage_records ${clause}`);
			expect(plan[0]?.detail).toContain(`USING INDEX ${index}`);
		}
	});
});

describe("sqlite: the ledger", () => {
	it("commits the records of one turn of the event loop as one group, before it says so", async () => {
		const path = folder.file("group.db");
		const store = sqliteStore({ path, maintenanceDelayMs: 1_000_000 });
		await store.check();
		await Promise.all(Array.from({ length: 50 }, (_, at) => store.recordUsage(exampleRecord(`req_${at}`))));
		expect(count(path, "usage_journal")).toBe(1);
		expect(count(path, "usage_records")).toBe(0);
		expect(await store.listUsage()).toHaveLength(50);
		expect(count(path, "usage_journal")).toBe(0);
		await store.close();
	});

	it("moves many groups in several steps and in order, one larger than a step among them", async () => {
		const path = folder.file("steps.db");
		const store = sqliteStore({ path, maintenanceDelayMs: 1_000_000 });
		const wanted: string[] = [];
		for (const size of [30, 1, 200, 40, 700, 1, 1, 255, 256, 257, 5]) {
			const group = Array.from({ length: size }, (_, at) => exampleRecord(`req_${wanted.length + at}`, wanted.length + at));
			wanted.push(...group.map(({ id }) => id));
			await Promise.all(group.map((record) => store.recordUsage(record)));
		}
		expect(count(path, "usage_journal")).toBe(11);
		// Two readers at once ask for two moves at once.
		const [listed, again] = await Promise.all([store.listUsage({ limit: 10_000 }), store.listUsage({ limit: 10_000 })]);
		expect(listed.map(({ id }) => id)).toEqual(wanted.toReversed());
		expect(again).toEqual(listed);
		await store.close();
	});

	it("moves records with what they add to the sums, or leaves them in the journal", async () => {
		const path = folder.file("whole.db");
		const store = sqliteStore({ path, maintenanceDelayMs: 1_000_000 });
		await Promise.all(Array.from({ length: 20 }, (_, at) => store.recordUsage({ ...exampleRecord(`req_${at}`), projectId: "prj_1" })));
		run(path, "create trigger refuse before insert on usage_rollups when new.scope like 'p%' begin select raise(abort, 'no sums today'); end");
		await expect(store.listUsage()).rejects.toThrow("no sums today");
		expect([count(path, "usage_journal"), count(path, "usage_records"), count(path, "usage_rollups")]).toEqual([1, 0, 0]);
		run(path, "drop trigger refuse");
		expect(await store.listUsage()).toHaveLength(20);
		const [all] = await store.insights.sum({ projectId: "prj_1", edges: [0, Number.MAX_SAFE_INTEGER], by: [] });
		expect(all?.requests).toBe(20);
		// Of the gateway and of the project, by quarters of an hour, hours and days.
		expect(look(path, "select scope, requests from usage_rollups order by scope")).toEqual(["g", "gd", "gh", "p:prj_1", "pd:prj_1", "ph:prj_1"].map((scope) => ({ scope, requests: 20 })));
		await store.close();
	});

	it("sums up by hours and days what an older version summed up by quarters of an hour", async () => {
		const path = folder.file("older.db");
		const older = sqliteStore(path);
		const hour = 3_600_000;
		for (const [at, projectId] of [[0, "prj_1"], [1, undefined], [2, "prj_1"], [30, "prj_2"]] as const) {
			await older.recordUsage({ ...exampleRecord(`req_${at}`, at * hour), ...(projectId === undefined ? {} : { projectId }) });
		}
		await older.listUsage();
		await older.close();
		const wanted = look(path, "select * from usage_rollups order by scope, bucket");
		run(path, "delete from usage_rollups where scope not in ('g', 'p:prj_1', 'p:prj_2')");
		run(path, "create index usage_by_principal on usage_records (principal_id); create index usage_by_session on usage_records (session_id)");
		const kysely = new Kysely<unknown>({ dialect: sqliteDialect(new DatabaseSync(path)) });
		await createLongerRollups(kysely);
		await kysely.destroy();
		expect(look(path, "select * from usage_rollups order by scope, bucket")).toEqual(wanted);
	});

	it("moves records to their table in the background", async () => {
		const path = folder.file("background.db");
		const store = sqliteStore({ path, maintenanceDelayMs: 5 });
		for (let at = 0; at < 20; at += 1) await store.recordUsage(exampleRecord(`req_${at}`));
		await vi.waitFor(() => expect(count(path, "usage_records")).toBe(20), 60_000);
		await store.close();
	});

	it("moves what a process before it left behind, without being asked", async () => {
		const path = folder.file("left.db");
		const store = sqliteStore(path);
		await store.check();
		await store.close();
		const columns = "id, started_at, surface, operation, principal_id, provider, model, streamed, attempts, outcome, status, duration_ms";
		const records = JSON.stringify([["req_left", 1, "s", "o", "p", "p", "m", 0, 1, "ok", 200, 5]]);
		look(path, `insert into usage_journal (columns, records) values ('${columns}', '${records}') returning position`);
		const again = sqliteStore({ path, maintenanceDelayMs: 5 });
		await again.check();
		await vi.waitFor(() => expect(count(path, "usage_records")).toBe(1), 60_000);
		await again.close();
	});

	it("leaves neither journal nor log behind when it is closed", async () => {
		const path = folder.file("tidy.db");
		const store = sqliteStore(path);
		for (let at = 0; at < 20; at += 1) await store.recordUsage(exampleRecord(`req_${at}`));
		await store.close();
		expect(existsSync(`${path}-wal`)).toBe(false);
		expect(count(path, "usage_journal")).toBe(0);
		expect(count(path, "usage_records")).toBe(20);
	});

	it("writes the log back while it is being written", async () => {
		const path = folder.file("log.db");
		const walLimitBytes = 512 * 1024;
		const store = sqliteStore({ path, maintenanceDelayMs: 5, walLimitBytes });
		let written = 0;
		let largest = 0;
		for (let at = 0; at < 400; at += 1) {
			await store.appendTurn(exampleTurn(`ses_${at}`, "req", "x".repeat(30_000)));
			written += 60_000;
			largest = Math.max(largest, statSync(`${path}-wal`).size);
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(written).toBeGreaterThan(40 * walLimitBytes);
		await vi.waitFor(async () => {
			await store.appendTurn(exampleTurn("ses_last", "req"));
			expect(statSync(`${path}-wal`).size).toBeLessThan(walLimitBytes);
		}, 60_000);
		expect(largest).toBeLessThan(written);
		await store.close();
		expect(count(path, "turns")).toBeGreaterThan(400);
	});

	it("tells in check and in listUsage that the background work fails, keeps recording, and recovers", async () => {
		const path = folder.file("failing.db");
		const store = sqliteStore({ path, maintenanceDelayMs: 5 });
		await store.check();
		look(path, "create trigger broken before insert on usage_records begin select raise(abort, 'no room'); end");
		await store.recordUsage(exampleRecord("req_1"));
		await vi.waitFor(() => expect(store.check()).rejects.toThrow(/no room/), 60_000);
		await expect(store.listUsage()).rejects.toThrow(/no room/);
		await store.recordUsage(exampleRecord("req_2"));
		look(path, "drop trigger broken");
		expect((await store.listUsage()).map(({ id }) => id)).toEqual(["req_2", "req_1"]);
		await vi.waitFor(async () => {
			await store.recordUsage(exampleRecord("req_1"));
			await store.check();
		}, 60_000);
		await store.close();
	});
});
