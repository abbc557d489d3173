import type { Kysely } from "kysely";

export async function createIdempotency({ schema }: Kysely<unknown>): Promise<void> {
	await schema
		.createTable("idempotent_requests")
		.addColumn("key", "text", (column) => column.primaryKey().notNull())
		.addColumn("fingerprint", "text", (column) => column.notNull())
		.addColumn("owner", "text", (column) => column.notNull())
		.addColumn("is_done", "integer", (column) => column.notNull())
		.addColumn("answer", "text")
		.addColumn("expires_at", "double precision", (column) => column.notNull())
		.execute();
	await schema.createIndex("idempotent_requests_by_end").on("idempotent_requests").column("expires_at").execute();
}
