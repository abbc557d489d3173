import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";

/** Statements that are kept prepared: more than the store has. */
const preparedStatements = 250;

/** Kysely's SQLite dialect on `node:sqlite`. */
export function sqliteDialect(database: DatabaseSync): Dialect {
	const dialect = new SqliteDialect({ database: kyselyDatabase(database) });
	return {
		createDriver: () => dialect.createDriver(),
		createQueryCompiler: () => dialect.createQueryCompiler(),
		createIntrospector: (kysely) => dialect.createIntrospector(kysely),
		// SQLite rolls tables back like rows; Kysely's adapter says no, and would leave a migration that failed half done.
		createAdapter: () => Object.create(dialect.createAdapter(), { supportsTransactionalDdl: { value: true } }),
	};
}

function kyselyDatabase(database: DatabaseSync): SqliteDatabase {
	const prepared = new Map<string, SqliteStatement>();
	return {
		prepare(sql) {
			const known = prepared.get(sql);
			if (known !== undefined) return known;
			if (prepared.size >= preparedStatements) prepared.clear();
			const statement = prepare(database, sql);
			prepared.set(sql, statement);
			return statement;
		},
		close: () => database.close(),
	};
}

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
	// A transaction that reads before it writes would fail where another process wrote in between; this one waits in line first.
	const statement = database.prepare(sql === "begin" ? "begin immediate" : sql);
	// Kysely knows of no types; what the tables hold, SQLite takes.
	const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
	return {
		reader: statement.columns().length > 0,
		all: (parameters) => statement.all(...values(parameters)),
		run: (parameters) => statement.run(...values(parameters)),
		iterate: (parameters) => statement.iterate(...values(parameters)),
	};
}
