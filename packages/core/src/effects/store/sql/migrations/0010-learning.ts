import type { Kysely } from "kysely";

export async function createLearning({ schema }: Kysely<unknown>): Promise<void> {
	await schema
		.createTable("learning_states")
		// Not bound to its table, here and below: an embedding app's projects need not stand there. Empty: of no project.
		.addColumn("project_id", "text", (column) => column.notNull())
		.addColumn("route", "text", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("learning_states_primary", ["project_id", "route"])
		.execute();
	await schema
		.createTable("model_scores")
		.addColumn("project_id", "text", (column) => column.notNull())
		.addColumn("provider", "text", (column) => column.notNull())
		.addColumn("model", "text", (column) => column.notNull())
		.addColumn("score", "double precision", (column) => column.notNull())
		.addPrimaryKeyConstraint("model_scores_primary", ["project_id", "provider", "model"])
		.execute();
	await schema
		.createTable("answer_feedback")
		.addColumn("request_id", "text", (column) => column.primaryKey().notNull())
		.addColumn("score", "double precision", (column) => column.notNull())
		.addColumn("at", "double precision", (column) => column.notNull())
		.execute();
	await schema.createIndex("answer_feedback_by_time").on("answer_feedback").column("at").execute();
}
