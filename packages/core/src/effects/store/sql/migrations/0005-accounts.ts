import type { Kysely } from "kysely";

export async function createAccounts({ schema }: Kysely<unknown>): Promise<void> {
	await schema
		.createTable("users")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("email", "text", (column) => column.notNull().unique())
		.addColumn("shown_email", "text", (column) => column.notNull())
		.addColumn("name", "text", (column) => column.notNull())
		.addColumn("password_hash", "text")
		.addColumn("email_verified_at", "double precision")
		.addColumn("created_at", "double precision", (column) => column.notNull())
		.execute();
	await schema
		.createTable("identities")
		.addColumn("provider", "text", (column) => column.notNull())
		.addColumn("subject", "text", (column) => column.notNull())
		.addColumn("user_id", "text", (column) => column.notNull().references("users.id").onDelete("cascade"))
		.addPrimaryKeyConstraint("identities_primary", ["provider", "subject"])
		.execute();
	await schema
		.createTable("user_sessions")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("user_id", "text", (column) => column.notNull().references("users.id").onDelete("cascade"))
		.addColumn("created_at", "double precision", (column) => column.notNull())
		.addColumn("expires_at", "double precision", (column) => column.notNull())
		.addColumn("revoked_at", "double precision")
		.execute();
	await schema.createIndex("user_sessions_by_user").on("user_sessions").columns(["user_id", "expires_at"]).execute();
	await schema
		.createTable("attempt_counters")
		.addColumn("key", "text", (column) => column.primaryKey().notNull())
		.addColumn("failures", "integer", (column) => column.notNull())
		.addColumn("last_at", "double precision", (column) => column.notNull())
		.addColumn("succeeded_at", "double precision")
		.addColumn("expires_at", "double precision", (column) => column.notNull())
		.execute();
	await schema.createIndex("attempt_counters_by_end").on("attempt_counters").column("expires_at").execute();
}
