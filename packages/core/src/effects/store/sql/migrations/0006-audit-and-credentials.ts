import { type Kysely, sql } from "kysely";

export async function createAuditAndCredentials({ schema }: Kysely<unknown>): Promise<void> {
	await schema
		.createTable("audit_events")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("at", "double precision", (column) => column.notNull())
		.addColumn("action", "text", (column) => column.notNull())
		.addColumn("actor_kind", "text", (column) => column.notNull())
		.addColumn("actor_id", "text", (column) => column.notNull())
		// Not bound to its table: what happened stays written down when the organisation is gone.
		.addColumn("organisation_id", "text")
		.addColumn("project_id", "text")
		.addColumn("target", "text")
		.addColumn("remote_address", "text")
		.addColumn("request_id", "text")
		.addColumn("details", "text")
		.execute();
	await schema.createIndex("audit_by_organisation").on("audit_events").columns(["organisation_id", "at", "id"]).execute();
	await schema
		.createTable("credentials")
		.addColumn("id", "text", (column) => column.primaryKey().notNull())
		.addColumn("project_id", "text", (column) => column.references("projects.id").onDelete("cascade"))
		.addColumn("provider", "text", (column) => column.notNull())
		.addColumn("sealed", "text", (column) => column.notNull())
		.addColumn("masked", "text", (column) => column.notNull())
		.addColumn("created_by", "text", (column) => column.notNull())
		.addColumn("created_at", "double precision", (column) => column.notNull())
		.addColumn("updated_at", "double precision", (column) => column.notNull())
		.execute();
	await schema
		.createIndex("credentials_of_projects")
		.unique()
		.on("credentials")
		.columns(["project_id", "provider"])
		.where(sql.ref("project_id"), "is not", null)
		.execute();
	await schema
		.createIndex("credentials_of_gateway")
		.unique()
		.on("credentials")
		.column("provider")
		.where(sql.ref("project_id"), "is", null)
		.execute();
}
