import type { Kysely } from "kysely";

export async function createLimits({ schema }: Kysely<unknown>): Promise<void> {
	await schema
		.createTable("limit_counters")
		.addColumn("party", "text", (column) => column.primaryKey().notNull())
		.addColumn("counters", "text", (column) => column.notNull())
		.addColumn("seen_at", "double precision", (column) => column.notNull())
		.execute();
	await schema
		.createTable("limit_reservations")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("held", "text", (column) => column.notNull())
		.addColumn("expires_at", "double precision", (column) => column.notNull())
		.execute();
	await schema.createIndex("limit_reservations_by_expiry").on("limit_reservations").column("expires_at").execute();
}
