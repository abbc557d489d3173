import { type Kysely, sql } from "kysely";

export async function createTenancy({ schema }: Kysely<unknown>): Promise<void> {
	await schema
		.createTable("organisations")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("name", "text", (column) => column.notNull())
		.addColumn("is_personal", "integer", (column) => column.notNull())
		.addColumn("limits", "text")
		.addColumn("created_at", "double precision", (column) => column.notNull())
		.execute();
	await schema.createIndex("organisations_by_age").on("organisations").columns(["created_at", "id"]).execute();
	await schema
		.createTable("members")
		.addColumn("organisation_id", "text", (column) => column.notNull().references("organisations.id").onDelete("cascade"))
		.addColumn("user_id", "text", (column) => column.notNull())
		.addColumn("role", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("members_primary", ["organisation_id", "user_id"])
		.execute();
	await schema.createIndex("members_by_user").on("members").column("user_id").execute();
	await schema
		.createTable("invitations")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("organisation_id", "text", (column) => column.notNull().references("organisations.id").onDelete("cascade"))
		.addColumn("email", "text", (column) => column.notNull())
		.addColumn("role", "text", (column) => column.notNull())
		.addColumn("invited_by", "text", (column) => column.notNull())
		.addColumn("created_at", "double precision", (column) => column.notNull())
		.addColumn("expires_at", "double precision", (column) => column.notNull())
		.addColumn("token_hash", "text", (column) => column.notNull().unique())
		.addUniqueConstraint("invitations_by_address", ["organisation_id", "email"])
		.execute();
	await schema
		.createTable("projects")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("organisation_id", "text", (column) => column.notNull().references("organisations.id").onDelete("cascade"))
		.addColumn("name", "text", (column) => column.notNull())
		.addColumn("limits", "text")
		.addColumn("created_at", "double precision", (column) => column.notNull())
		.execute();
	await schema.createIndex("projects_by_organisation").on("projects").columns(["organisation_id", "created_at"]).execute();
	await schema
		.createTable("virtual_keys")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("project_id", "text", (column) => column.notNull().references("projects.id").onDelete("cascade"))
		.addColumn("name", "text", (column) => column.notNull())
		.addColumn("prefix", "text", (column) => column.notNull())
		.addColumn("hash", "text", (column) => column.notNull().unique())
		.addColumn("previous_hash", "text")
		.addColumn("previous_until", "double precision")
		.addColumn("scopes", "text")
		.addColumn("limits", "text")
		.addColumn("created_by", "text")
		.addColumn("created_at", "double precision", (column) => column.notNull())
		.addColumn("expires_at", "double precision")
		.addColumn("last_used_at", "double precision")
		.addColumn("revoked_at", "double precision")
		.execute();
	await schema.createIndex("keys_by_project").on("virtual_keys").columns(["project_id", "created_at"]).execute();
	await schema
		.createIndex("keys_by_previous_hash")
		.on("virtual_keys")
		.column("previous_hash")
		.where(sql.ref("previous_hash"), "is not", null)
		.execute();
}
