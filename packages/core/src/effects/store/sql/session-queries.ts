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
	const { ownerId: _ownerId, ...rest } = turn;
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
		usage: JSON.parse(row.usage) as Usage,
		createdAt: row.created_at,
	};
}
