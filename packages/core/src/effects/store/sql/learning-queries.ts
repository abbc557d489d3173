import type { Kysely, Transaction } from "kysely";
import { type LearnState, mergeStates, readState } from "../../../rules/routing/learn/index.ts";
import type { AnswerFeedback, Knowledge, LearningScope, LearningStore, Lesson, ModelScore, ScoreChange } from "../learning-store.ts";
import { gatewayScope, projectScopePrefix } from "./rollup-statement.ts";
import type { Database } from "./schema.ts";
import type { SqlAccess } from "./sql-access.ts";
import { restoredText, storableText } from "./storable-text.ts";
import { inTransaction } from "./transaction.ts";

export function sqlLearning({ read, write }: SqlAccess): LearningStore {
	return {
		find: (scope) => read((kysely) => find(kysely, scope)),
		list: (projectId) =>
			read(async (kysely) => {
				const rows = await kysely.selectFrom("learning_states").select(["route", "state"]).where("scope", "=", scopeText(projectId)).orderBy("route").execute();
				return rows.map(({ route, state }) => ({ route: restoredText(route), state: readState(state) }));
			}),
		add: (scope, learnt) =>
			write((kysely) =>
				inTransaction(kysely, async (transaction) => {
					const state = await add(transaction, scope, learnt);
					return { state, scores: await listScores(transaction, scope.projectId) };
				}),
			),
		listScores: (projectId) => read((kysely) => listScores(kysely, projectId)),
		putScores: (projectId, scores) => write((kysely) => inTransaction(kysely, (transaction) => putScores(transaction, projectId, scores))),
		findFeedback: (requestId) => read((kysely) => findFeedback(kysely, requestId)),
		putFeedback: (feedback, learn) => write((kysely) => inTransaction(kysely, (transaction) => putFeedback(transaction, feedback, learn))),
	};
}

/** What goes with a project. */
export async function deleteLearning(transaction: Transaction<Database>, projectId: string): Promise<void> {
	await transaction.deleteFrom("learning_states").where("scope", "=", scopeText(projectId)).execute();
	await transaction.deleteFrom("model_scores").where("scope", "=", scopeText(projectId)).execute();
}

/** Forgets the words that were given before a time: a few at once, so that others write between them. */
export async function pruneFeedback({ write }: Pick<SqlAccess, "write">, before: number): Promise<void> {
	for (let deleted = pruneAtOnce; deleted === pruneAtOnce; ) deleted = await write((kysely) => deleteFeedback(kysely, before));
}
const pruneAtOnce = 1000;

/** @returns how many: less than asked for where no more are left. */
async function deleteFeedback(kysely: Kysely<Database>, before: number): Promise<number> {
	const oldest = kysely.selectFrom("answer_feedback").select("request_id").where("at", "<", before).orderBy("at").limit(pruneAtOnce);
	const deleted = await kysely.deleteFrom("answer_feedback").where("request_id", "in", oldest).returning("request_id").execute();
	return deleted.length;
}

async function find(kysely: Kysely<Database>, { projectId, route }: LearningScope): Promise<Knowledge> {
	const row = await kysely
		.selectFrom("learning_states")
		.select("state")
		.where("scope", "=", scopeText(projectId))
		.where("route", "=", storableText(route))
		.executeTakeFirst();
	return { state: readState(row?.state ?? ""), scores: await listScores(kysely, projectId) };
}

async function add(transaction: Transaction<Database>, { projectId, route }: LearningScope, learnt: LearnState): Promise<LearnState> {
	const place = { scope: scopeText(projectId), route: storableText(route) };
	// One statement that makes the row where it is missing and locks it before it is read.
	const { state } = await transaction
		.insertInto("learning_states")
		.values({ ...place, state: "" })
		.onConflict((conflict) => conflict.columns(["scope", "route"]).doUpdateSet((set) => ({ route: set.ref("excluded.route") })))
		.returning("state")
		.executeTakeFirstOrThrow();
	const sum = mergeStates(readState(state), learnt);
	await transaction
		.updateTable("learning_states")
		// It escapes what no database takes.
		.set({ state: JSON.stringify(sum) })
		.where("scope", "=", place.scope)
		.where("route", "=", place.route)
		.execute();
	return sum;
}

async function listScores(kysely: Kysely<Database>, projectId: string | undefined): Promise<readonly ModelScore[]> {
	const rows = await kysely
		.selectFrom("model_scores")
		.select(["provider", "model", "score"])
		.where("scope", "=", scopeText(projectId))
		.orderBy("provider")
		.orderBy("model")
		.execute();
	return rows.map(({ provider, model, score }) => ({ provider: restoredText(provider), model: restoredText(model), score }));
}

async function putScores(transaction: Transaction<Database>, projectId: string | undefined, changes: readonly ScoreChange[]): Promise<void> {
	for (const change of changes) {
		const place = { scope: scopeText(projectId), provider: storableText(change.provider), model: storableText(change.model) };
		const { score } = change;
		if (score === undefined) {
			await transaction
				.deleteFrom("model_scores")
				.where("scope", "=", place.scope)
				.where("provider", "=", place.provider)
				.where("model", "=", place.model)
				.execute();
		} else {
			await transaction
				.insertInto("model_scores")
				.values({ ...place, score })
				.onConflict((conflict) => conflict.columns(["scope", "provider", "model"]).doUpdateSet({ score }))
				.execute();
		}
	}
}

async function findFeedback(kysely: Kysely<Database>, requestId: string): Promise<AnswerFeedback | undefined> {
	const row = await kysely.selectFrom("answer_feedback").select(["score", "at"]).where("request_id", "=", storableText(requestId)).executeTakeFirst();
	return row === undefined ? undefined : { requestId, score: row.score, at: row.at };
}

async function putFeedback(
	transaction: Transaction<Database>,
	{ requestId, score, at }: AnswerFeedback,
	learn: (before: AnswerFeedback | undefined) => Lesson | undefined,
): Promise<void> {
	const row = { request_id: storableText(requestId), score, at };
	const isFirst = await transaction
		.insertInto("answer_feedback")
		.values(row)
		.onConflict((conflict) => conflict.column("request_id").doNothing())
		.returning("request_id")
		.executeTakeFirst();
	let before: AnswerFeedback | undefined;
	if (isFirst === undefined) {
		// Locks the row before it is read: of two words at once the second replaces the first.
		await transaction.updateTable("answer_feedback").set({ request_id: row.request_id }).where("request_id", "=", row.request_id).execute();
		before = await findFeedback(transaction, requestId);
		await transaction.updateTable("answer_feedback").set({ score, at }).where("request_id", "=", row.request_id).execute();
	}
	const lesson = learn(before);
	if (lesson !== undefined) await add(transaction, lesson.scope, lesson.learnt);
}

function scopeText(projectId: string | undefined): string {
	return projectId === undefined ? gatewayScope : projectScopePrefix + storableText(projectId);
}
