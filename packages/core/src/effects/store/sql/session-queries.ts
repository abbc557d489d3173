import type { Kysely, Selectable } from "kysely";
import type { AssistantMessage, Message } from "../../../contract/prompt.ts";
import type { NewTurn, Session, Turn } from "../../../contract/session.ts";
import type { Usage } from "../../../contract/stream-event.ts";
import { assertListLimit } from "../list-limit.ts";
import type { Database, TurnsTable } from "./schema.ts";
import { restoredText, storableText } from "./storable-text.ts";

export async function findSession(database: Kysely<Database>, id: string): Promise<Session | undefined> {
	const row = await database.selectFrom("sessions").selectAll().where("id", "=", storableText(id)).executeTakeFirst();
	if (row === undefined) return undefined;
	return { id, ownerId: restoredText(row.owner_id), createdAt: row.created_at, updatedAt: row.updated_at, turnCount: row.turn_count };
}

export async function appendTurn(database: Kysely<Database>, turn: NewTurn): Promise<Turn | undefined> {
	const { ownerId: _ownerId, follows: _follows, ...rest } = turn;
	// Before the lock is taken: a message that no JSON can hold fails here, and long ones delay nobody.
	const texts = { input: JSON.stringify(turn.input), answer: JSON.stringify(turn.answer), usage: JSON.stringify(turn.usage) };
	return await database.transaction().execute(async (transaction) => {
		const sequence = await nextSequence(transaction, turn);
		if (sequence === undefined) return undefined;
		await transaction
			.insertInto("turns")
			.values({
				session_id: storableText(turn.sessionId),
				sequence,
				request_id: storableText(turn.requestId),
				model: storableText(turn.model),
				...texts,
				created_at: turn.createdAt,
				is_deleted: 0,
				target: turn.target === undefined ? null : storableText(turn.target),
			})
			.execute();
		return { ...rest, sequence };
	});
}

/**
 * Begins or continues the session in one statement, which asks for the owner too: it locks the row before anything was read,
 * so that two writers get two numbers on SQLite and on PostgreSQL. @returns `undefined` where another owns the session.
 */
async function nextSequence(transaction: Kysely<Database>, turn: NewTurn): Promise<number | undefined> {
	if (turn.follows !== undefined) return sequenceBehind(turn.follows, transaction, turn);
	const row = await transaction
		.insertInto("sessions")
		.values({
			id: storableText(turn.sessionId),
			owner_id: storableText(turn.ownerId),
			created_at: turn.createdAt,
			updated_at: turn.createdAt,
			turn_count: 1,
		})
		.onConflict((conflict) =>
			conflict
				.column("id")
				.doUpdateSet((set) => ({ turn_count: set("sessions.turn_count", "+", 1), updated_at: set.ref("excluded.updated_at") }))
				.whereRef("sessions.owner_id", "=", "excluded.owner_id"),
		)
		.returning("turn_count")
		.executeTakeFirst();
	return row?.turn_count;
}

/** The same for a turn that continues a certain one: asks for it in the statement that locks the row. */
async function sequenceBehind(follows: number, transaction: Kysely<Database>, turn: NewTurn): Promise<number | undefined> {
	const row = await transaction
		.updateTable("sessions")
		.set((set) => ({ turn_count: set("turn_count", "+", 1), updated_at: turn.createdAt }))
		.where("id", "=", storableText(turn.sessionId))
		.where("owner_id", "=", storableText(turn.ownerId))
		.where("turn_count", "=", follows)
		.returning("turn_count")
		.executeTakeFirst();
	return row?.turn_count;
}

export async function findTurn(database: Kysely<Database>, requestId: string, ownerId: string): Promise<Turn | undefined> {
	const row = await database
		.selectFrom("turns")
		.innerJoin("sessions", "sessions.id", "turns.session_id")
		.selectAll("turns")
		.where("turns.request_id", "=", storableText(requestId))
		.where("turns.is_deleted", "=", 0)
		.where("sessions.owner_id", "=", storableText(ownerId))
		.executeTakeFirst();
	return row === undefined ? undefined : restoreTurn(row);
}

export async function deleteTurn(database: Kysely<Database>, requestId: string, ownerId: string): Promise<boolean> {
	return await database.transaction().execute(async (transaction) => {
		// Locks the session's row, as a turn that is being added does: which turn is the last one stays true until the end.
		const session = await transaction
			.updateTable("sessions")
			.set((set) => ({ turn_count: set.ref("turn_count") }))
			.where("owner_id", "=", storableText(ownerId))
			.where("id", "in", (turns) => turns.selectFrom("turns").select("session_id").where("request_id", "=", storableText(requestId)))
			.returning("id")
			.executeTakeFirst();
		if (session === undefined) return false;
		const marked = await transaction
			.updateTable("turns")
			.set({ is_deleted: 1 })
			.where("request_id", "=", storableText(requestId))
			.where("is_deleted", "=", 0)
			.returning("sequence")
			.executeTakeFirst();
		if (marked === undefined) return false;
		const last = await transaction
			.selectFrom("turns")
			.select("sequence")
			.where("session_id", "=", session.id)
			.where("is_deleted", "=", 0)
			.orderBy("sequence", "desc")
			.executeTakeFirst();
		await transaction.deleteFrom("turns").where("session_id", "=", session.id).where("sequence", ">", last?.sequence ?? 0).execute();
		return true;
	});
}

export async function listTurns(database: Kysely<Database>, sessionId: string, limit?: number): Promise<readonly Turn[]> {
	const turns = database.selectFrom("turns").selectAll().where("session_id", "=", storableText(sessionId));
	if (limit === undefined) return (await turns.orderBy("sequence").execute()).map(restoreTurn);
	const newest = await turns.orderBy("sequence", "desc").limit(assertListLimit(limit)).execute();
	return newest.reverse().map(restoreTurn);
}

function restoreTurn(row: Selectable<TurnsTable>): Turn {
	return {
		sessionId: restoredText(row.session_id),
		sequence: row.sequence,
		requestId: restoredText(row.request_id),
		input: JSON.parse(row.input) as Message[],
		answer: JSON.parse(row.answer) as AssistantMessage,
		model: restoredText(row.model),
		...(row.target === null ? {} : { target: restoredText(row.target) }),
		usage: JSON.parse(row.usage) as Usage,
		createdAt: row.created_at,
	};
}
