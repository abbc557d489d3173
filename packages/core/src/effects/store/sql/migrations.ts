import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { createTenancy } from "./migrations/0004-tenancy.ts";
import { createAccounts } from "./migrations/0005-accounts.ts";
import { createAuditAndCredentials } from "./migrations/0006-audit-and-credentials.ts";
import { createLimits } from "./migrations/0007-limits.ts";
import { createIdempotency } from "./migrations/0008-idempotency.ts";
import { createInsights } from "./migrations/0009-insights.ts";
import { createLearning } from "./migrations/0010-learning.ts";
import { createCacheSettings } from "./migrations/0011-cache.ts";
import { extendAccountsAndAudit } from "./migrations/0012-accounts-and-audit.ts";
import { createLongerRollups } from "./migrations/0013-longer-rollups.ts";
import { countAudio } from "./migrations/0014-audio.ts";
import type { Database } from "./schema.ts";

/** By name, in order. One that was released never changes: what is to be different is another one below it. */
const migrations: Readonly<Record<string, Migration>> = {
	"0001-sessions-and-usage": { up: createSessionsAndUsage },
	"0002-turns-by-request": { up: findTurnsByRequest },
	"0003-target-of-turn": { up: rememberTargets },
	"0004-tenancy": { up: createTenancy },
	"0005-accounts": { up: createAccounts },
	"0006-audit-and-credentials": { up: createAuditAndCredentials },
	"0007-limits": { up: createLimits },
	"0008-idempotency": { up: createIdempotency },
	"0009-insights": { up: createInsights },
	"0010-learning": { up: createLearning },
	"0011-cache": { up: createCacheSettings },
	"0012-accounts-and-audit": { up: extendAccountsAndAudit },
	"0013-longer-rollups": { up: createLongerRollups },
	"0014-audio": { up: countAudio },
};

const latest = Object.keys(migrations).sort().at(-1) ?? "";

/**
 * Brings the tables up to date, all in one transaction.
 * @throws Error where the database was written by a newer Postern, whose tables this one does not know.
 */
export async function migrate(database: Kysely<Database>): Promise<void> {
	await database.transaction().execute(async (transaction) => {
		const migrator = new Migrator({
			db: transaction,
			provider: { getMigrations: async () => ({ ...migrations }) },
			migrationTableName: "postern_migrations",
			migrationLockTableName: "postern_migrations_lock",
		});
		const unknown = await unknownMigration(transaction);
		if (unknown !== undefined) {
			throw new Error(`the database is newer than this version of Postern: it has "${unknown}", this version knows up to "${latest}"`);
		}
		const { error } = await migrator.migrateToLatest();
		if (error !== undefined) throw error;
	});
}

async function unknownMigration(database: Kysely<Database>): Promise<string | undefined> {
	const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
	if (!tables.some(({ name }) => name === "postern_migrations")) return undefined;
	const { rows } = await sql<{ readonly name: string }>`select name from postern_migrations order by name desc`.execute(database);
	return rows.find(({ name }) => !Object.hasOwn(migrations, name))?.name;
}

async function createSessionsAndUsage(database: Kysely<unknown>): Promise<void> {
	const { schema } = database;
	await schema
		.createTable("sessions")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("owner_id", "text", (column) => column.notNull())
		.addColumn("created_at", "double precision", (column) => column.notNull())
		.addColumn("updated_at", "double precision", (column) => column.notNull())
		.addColumn("turn_count", "integer", (column) => column.notNull())
		.execute();
	await schema
		.createTable("turns")
		.addColumn("session_id", "text", (column) => column.notNull().references("sessions.id").onDelete("cascade"))
		.addColumn("sequence", "integer", (column) => column.notNull())
		.addColumn("request_id", "text", (column) => column.notNull())
		.addColumn("model", "text", (column) => column.notNull())
		.addColumn("input", "text", (column) => column.notNull())
		.addColumn("answer", "text", (column) => column.notNull())
		.addColumn("usage", "text", (column) => column.notNull())
		.addColumn("created_at", "double precision", (column) => column.notNull())
		.addPrimaryKeyConstraint("turns_primary", ["session_id", "sequence"])
		.execute();
	await schema
		.createTable("usage_records")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("started_at", "double precision", (column) => column.notNull())
		.addColumn("surface", "text", (column) => column.notNull())
		.addColumn("operation", "text", (column) => column.notNull())
		.addColumn("principal_id", "text", (column) => column.notNull())
		.addColumn("session_id", "text")
		.addColumn("route", "text")
		.addColumn("provider", "text", (column) => column.notNull())
		.addColumn("model", "text", (column) => column.notNull())
		.addColumn("streamed", "integer", (column) => column.notNull())
		.addColumn("attempts", "integer", (column) => column.notNull())
		.addColumn("outcome", "text", (column) => column.notNull())
		.addColumn("status", "integer", (column) => column.notNull())
		.addColumn("error_code", "text")
		.addColumn("input_tokens", "double precision")
		.addColumn("output_tokens", "double precision")
		.addColumn("cached_input_tokens", "double precision")
		.addColumn("cache_write_tokens", "double precision")
		.addColumn("reasoning_tokens", "double precision")
		.addColumn("is_estimated", "integer", (column) => column.notNull().defaultTo(0))
		.addColumn("first_event_ms", "double precision")
		.addColumn("duration_ms", "double precision", (column) => column.notNull())
		.execute();
	await schema.createIndex("usage_by_start").on("usage_records").column("started_at").execute();
	await schema.createIndex("usage_by_principal").on("usage_records").columns(["principal_id", "started_at"]).execute();
	await schema
		.createIndex("usage_by_session")
		.on("usage_records")
		.column("session_id")
		.where(sql.ref("session_id"), "is not", null)
		.execute();
}

async function findTurnsByRequest({ schema }: Kysely<unknown>): Promise<void> {
	await schema
		.alterTable("turns")
		.addColumn("is_deleted", "integer", (column) => column.notNull().defaultTo(0))
		.execute();
	await schema.createIndex("turns_by_request").on("turns").column("request_id").execute();
}

async function rememberTargets({ schema }: Kysely<unknown>): Promise<void> {
	await schema.alterTable("turns").addColumn("target", "text").execute();
}
