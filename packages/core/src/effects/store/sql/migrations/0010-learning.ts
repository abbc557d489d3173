import type { Kysely } from "kysely";

export async function createLearning({ schema }: Kysely<unknown>): Promise<void> {
	await schema
		.createTable("learning_states")
		// Whose, as in the roll-ups. Not bound to the projects' table: an embedding app's need not stand there.
		.addColumn("scope", "text", (column) => column.notNull())
		.addColumn("route", "text", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("learning_states_primary", ["scope", "route"])
		.execute();
	await schema
		.createTable("model_scores")
		.addColumn("scope", "text", (column) => column.notNull())
		.addColumn("provider", "text", (column) => column.notNull())
		.addColumn("model", "text", (column) => column.notNull())
		.addColumn("score", "double precision", (column) => column.notNull())
		.addPrimaryKeyConstraint("model_scores_primary", ["scope", "provider", "model"])
		.execute();
	await schema
		.createTable("answer_feedback")
		.addColumn("request_id", "text", (column) => column.primaryKey().notNull())
		.addColumn("score", "double precision", (column) => column.notNull())
		.addColumn("at", "double precision", (column) => column.notNull())
		.execute();
	await schema.createIndex("answer_feedback_by_time").on("answer_feedback").column("at").execute();
}
