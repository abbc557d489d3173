import type { Kysely } from "kysely";

export async function extendAccountsAndAudit({ schema }: Kysely<unknown>): Promise<void> {
	// Unknown of those that were there before.
	await schema.alterTable("identities").addColumn("created_at", "double precision").execute();
	// What was taken away is remembered: an address alone does not bring it back.
	await schema.alterTable("identities").addColumn("removed_at", "double precision").execute();
	await schema.createIndex("identities_by_user").on("identities").column("user_id").execute();
	await schema.createIndex("audit_by_time").on("audit_events").column("at").execute();
	await schema.createIndex("projects_by_age").on("projects").columns(["created_at", "id"]).execute();
}
