import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openDatabase } from "./database.ts";

/**
 * The tables carry their version in their names: one that is laid out otherwise is another table, and two versions of Postern can have
 * one file. `used_at` is written down to the minute, so that most answers are read without a write. What all entries take is counted by
 * triggers: whoever deletes one, in whichever process, cannot forget to.
 */
const schema = `
create table if not exists answers_1 (
	id integer primary key not null,
	key text not null unique,
	text text not null,
	stored_at real not null,
	expires_at real not null,
	score real,
	used_at real not null,
	bytes integer not null,
	"group" text,
	direction blob
) strict;
create index if not exists answers_1_by_expiry on answers_1 (expires_at);
create index if not exists answers_1_by_use on answers_1 (used_at, id);
create index if not exists answers_1_by_group on answers_1 ("group", id) where "group" is not null;
create table if not exists answers_1_total (id integer primary key not null, bytes integer not null) strict;
insert or ignore into answers_1_total (id, bytes) values (1, 0);
create trigger if not exists answers_1_added after insert on answers_1 begin
	update answers_1_total set bytes = bytes + new.bytes;
end;
create trigger if not exists answers_1_gone after delete on answers_1 begin
	update answers_1_total set bytes = bytes - old.bytes;
end;
`;

const statements = {
	find: "select id, text, stored_at, expires_at, score, used_at from answers_1 where key = ? and expires_at > ?",
	findById: "select id, text, stored_at, expires_at, score, used_at from answers_1 where id = ?",
	touch: "update answers_1 set used_at = ? where id = ?",
	forget: "delete from answers_1 where key = ?",
	forgetById: "delete from answers_1 where id = ?",
	insert: `insert into answers_1 (key, text, stored_at, expires_at, score, used_at, bytes, "group", direction) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	expired: "select id from answers_1 where expires_at <= ? limit ?",
	leastUsed: "select id, bytes from answers_1 order by used_at, id limit ?",
	total: "select bytes from answers_1_total",
	directions: `select id, direction from answers_1 where "group" = ? and id < ? and expires_at > ? and stored_at > ? order by id desc limit ?`,
} as const;

export type CacheStatements = { readonly [Name in keyof typeof statements]: StatementSync };

export interface CacheDatabase extends CacheStatements {
	/** All of it or nothing. No other process writes meanwhile. */
	transact(body: () => void): void;
	close(): void;
}

/** How long the first opening waits where others open the file too: they make its tables. */
const openTimeoutMs = 2000;

export function openCacheDatabase(path: string, busyTimeoutMs: number): CacheDatabase {
	const database = openDatabase(path, openTimeoutMs);
	try {
		transact(database, () => database.exec(schema));
		database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
		// Nobody else writes the log back. It is synced then, and not at each answer that is kept.
		database.exec("PRAGMA wal_autocheckpoint = 1000");
		const prepared = Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)]);
		return { ...(Object.fromEntries(prepared) as CacheStatements), transact: (body) => transact(database, body), close: () => database.close() };
	} catch (error) {
		database.close();
		throw error;
	}
}

function transact(database: DatabaseSync, body: () => void): void {
	database.exec("begin immediate");
	try {
		body();
		database.exec("commit");
	} catch (error) {
		if (database.isTransaction) database.exec("rollback");
		throw error;
	}
}
