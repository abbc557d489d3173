import type { Kysely } from "kysely";
import type { Begun, IdempotencyStore, IdempotentAttempt } from "../idempotency-store.ts";
import type { Database } from "./schema.ts";
import type { SqlAccess } from "./sql-access.ts";
import { restoredText, storableText } from "./storable-text.ts";
import { inTransaction } from "./transaction.ts";

export function sqlIdempotency({ write }: SqlAccess): IdempotencyStore {
	return {
		begin: (attempt) => write((kysely) => begin(kysely, attempt)),
		extend: (key, owner, leaseUntil) => write((kysely) => change(kysely, key, owner, { expires_at: leaseUntil })),
		finish: (key, owner, { answer, expiresAt }) =>
			write((kysely) => change(kysely, key, owner, { is_done: 1, answer: answer === undefined ? null : storableText(answer), expires_at: expiresAt })),
		release: (key, owner) =>
			write(async (kysely) => {
				await kysely.deleteFrom("idempotent_requests").where("key", "=", storableText(key)).where("owner", "=", storableText(owner)).where("is_done", "=", 0).execute();
			}),
	};
}

async function begin(kysely: Kysely<Database>, { key, fingerprint, owner, now, leaseUntil }: IdempotentAttempt): Promise<Begun> {
	// Not in the transaction: on PostgreSQL two of them would lock each other's rows in different orders.
	await kysely.deleteFrom("idempotent_requests").where("expires_at", "<=", now).execute();
	return inTransaction(kysely, async (transaction) => {
		const begun = await transaction
			.insertInto("idempotent_requests")
			.values({ key: storableText(key), fingerprint: storableText(fingerprint), owner: storableText(owner), is_done: 0, answer: null, expires_at: leaseUntil })
			.onConflict((conflict) => conflict.column("key").doNothing())
			.returning("key")
			.executeTakeFirst();
		if (begun !== undefined) return { state: "begun" };
		const known = await transaction.selectFrom("idempotent_requests").selectAll().where("key", "=", storableText(key)).executeTakeFirst();
		// Released between the two: whoever asks again can begin.
		if (known === undefined || known.is_done === 0) return { state: "running", fingerprint: known === undefined ? fingerprint : restoredText(known.fingerprint) };
		const answer = known.answer === null ? {} : { answer: restoredText(known.answer) };
		return { state: "done", fingerprint: restoredText(known.fingerprint), expiresAt: known.expires_at, ...answer };
	});
}

async function change(
	kysely: Kysely<Database>,
	key: string,
	owner: string,
	to: { readonly is_done?: number; readonly answer?: string | null; readonly expires_at: number },
): Promise<boolean> {
	const changed = await kysely
		.updateTable("idempotent_requests")
		.set(to)
		.where("key", "=", storableText(key))
		.where("owner", "=", storableText(owner))
		.where("is_done", "=", 0)
		.returning("key")
		.executeTakeFirst();
	return changed !== undefined;
}
