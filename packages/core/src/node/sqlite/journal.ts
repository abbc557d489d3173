import type { DatabaseSync } from "node:sqlite";
import { CompiledQuery, type Kysely } from "kysely";
import type { Database, UsageRow } from "../../effects/store/sql/schema.ts";

/**
 * Usage records on their way to `usage_records`: a group of them is one row here, so that committing it writes one page and
 * not one for each record in each index. The maintenance worker moves them, hundreds at a time. `columns` says what the
 * arrays in `records` hold, for the version of Postern that finds them after a crash and an update.
 */
const create = `create table if not exists usage_journal (
	position integer primary key not null,
	columns text not null,
	records text not null
)`;
const write = "insert into usage_journal (columns, records) values (?, ?)";
const first = "select position from usage_journal limit 1";

export interface Journal {
	isEmpty(): Promise<boolean>;
	/** Resolves once the rows are committed. */
	write(rows: readonly UsageRow[]): Promise<void>;
}

/** @param database the connection that is below `kysely`. */
export function openJournal(database: DatabaseSync, kysely: Kysely<Database>): Journal {
	database.exec(create);
	const insert = database.prepare(write);
	return {
		async isEmpty() {
			return (await kysely.executeQuery(CompiledQuery.raw(first))).rows.length === 0;
		},
		async write(rows) {
			const [row] = rows;
			if (row === undefined) return;
			// All rows are made by one function, so their fields stand in one order.
			const columns = Object.keys(row).join(", ");
			const records = JSON.stringify(rows.map((one) => Object.values(one)));
			// A transaction of another verb on this connection is waited for, as Kysely does: inside it, its rollback would be ours.
			if (database.isTransaction) await kysely.executeQuery(CompiledQuery.raw(write, [columns, records]));
			else insert.run(columns, records);
		},
	};
}
