import { type CreateTableBuilder, type Kysely, sql, SqliteAdapter } from "kysely";

export async function createInsights(database: Kysely<unknown>): Promise<void> {
	const { schema } = database;
	for (const column of ["key_id", "project_id", "organisation_id", "credential", "price_version", "cached", "trace"]) {
		await schema.alterTable("usage_records").addColumn(column, "text").execute();
	}
	await schema.alterTable("usage_records").addColumn("cost_micro_usd", "double precision").execute();
	await schema
		.createIndex("usage_by_project")
		.on("usage_records")
		.columns(["project_id", "started_at"])
		.where(sql.ref("project_id"), "is not", null)
		.execute();
	let rollups: CreateTableBuilder<string, string> = schema.createTable("usage_rollups");
	for (const column of ["scope", "provider", "model", "route", "outcome", "cached"]) rollups = rollups.addColumn(column, "text", (each) => each.notNull());
	for (const column of ["bucket", ...sums]) rollups = rollups.addColumn(column, "double precision", (each) => each.notNull());
	rollups = rollups.addPrimaryKeyConstraint("usage_rollups_primary", ["scope", "bucket", "provider", "model", "route", "outcome", "cached"]);
	// So that what one question needs lies together: rows in the order of their key.
	if (database.getExecutor().adapter instanceof SqliteAdapter) rollups = rollups.modifyEnd(sql`without rowid`);
	await rollups.execute();
	await schema.createIndex("usage_rollups_by_time").on("usage_rollups").column("bucket").execute();
}

const sums = [
	"requests", "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens",
	"cost_micro_usd", "unpriced", "duration_ms", "first_event_ms", "first_events",
	...Array.from({ length: 25 }, (_, at) => `latency_${at}`),
];
