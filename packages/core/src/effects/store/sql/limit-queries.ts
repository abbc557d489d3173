import type { Transaction } from "kysely";
import type { Decoded } from "../../../rules/dialects/dialect.ts";
import { countersAt, type Held, type PartyCounters, partyKey, type Used } from "../../../rules/limits/counters.ts";
import type { Denial, Grant } from "../../../rules/limits/decision.ts";
import { periodStart } from "../../../rules/limits/periods.ts";
import { groupCommit } from "../group-commit.ts";
import { lapseInBook, type LimitBook, reserveIn, settleInBook } from "../limit-book.ts";
import type { LimitStore, Reservation } from "../limit-store.ts";
import type { Database, LimitReservationsTable } from "./schema.ts";
import type { SqlAccess } from "./sql-access.ts";
import { restoredText, storableText } from "./storable-text.ts";

type Operation =
	| { readonly type: "reserve"; readonly reservation: Reservation; answer?: Decoded<Grant, Denial> }
	| { readonly type: "settle"; readonly id: string; readonly used: Used; readonly now: number }
	| { readonly type: "renew"; readonly ids: readonly string[]; readonly now: number; readonly expiresAt: number };

export interface SqlLimits {
	readonly store: LimitStore;
	/** Resolves once nothing waits to be committed. */
	idle(): Promise<void>;
}

/**
 * Requests that come or end at once are one transaction, as the ledger's records are: it reads the counters that they need, lets the
 * rules decide about one after the other, and writes back what has changed.
 * @param access whose `write` works until all is idle, also while the store closes.
 */
export function sqlLimits({ read, write }: SqlAccess, assertOpen: () => void, defer: (callback: () => void) => void): SqlLimits {
	let month = 0;

	const group = groupCommit<Operation>(
		(operations) =>
			write(async (kysely) => {
				const now = Math.max(...operations.map(timeOf));
				await kysely.transaction().execute(async (transaction) => {
					if (periodStart("month", now) > month) await prune(transaction, now);
					await perform(transaction, operations, now);
				});
				month = Math.max(month, periodStart("month", now));
			}),
		defer,
	);

	const store: LimitStore = {
		async reserve(reservation) {
			assertOpen();
			const operation: Operation = { type: "reserve", reservation };
			await group.add(operation);
			if (operation.answer === undefined) throw new Error("A reservation was committed without an answer");
			return operation.answer;
		},
		async settle(id, used, now) {
			assertOpen();
			await group.add({ type: "settle", id, used, now });
		},
		async renew(ids, lease) {
			assertOpen();
			await group.add({ type: "renew", ids, ...lease });
		},
		async find(party, now) {
			assertOpen();
			return read(async (kysely) => {
				const key = partyKey(party);
				const row = await kysely.selectFrom("limit_counters").select("counters").where("party", "=", storableText(key)).executeTakeFirst();
				const counters = row === undefined ? undefined : countersOf(row.counters);
				if (counters === undefined) return undefined;
				const expired = await kysely.selectFrom("limit_reservations").selectAll().where("expires_at", "<=", now).execute();
				const book: LimitBook = { counters: new Map([[key, counters]]), reservations: reservationsOf(expired) };
				lapseInBook(book, now);
				return countersAt(book.counters.get(key) ?? counters, now).counters;
			});
		},
	};
	return { store, idle: group.idle };
}

function timeOf(operation: Operation): number {
	return operation.type === "reserve" ? operation.reservation.now : operation.now;
}

async function perform(transaction: Transaction<Database>, operations: readonly Operation[], now: number): Promise<void> {
	const book = await openBook(transaction, operations, now);
	const before = new Map(book.counters);
	for (const operation of operations) if (operation.type === "settle") settleInBook(book, operation.id, operation.used, operation.now);
	lapseInBook(book, now);
	for (const operation of operations) if (operation.type === "reserve") operation.answer = reserveIn(book, operation.reservation);
	for (const [party, counters] of book.counters) {
		if (counters === before.get(party)) continue;
		await transaction.updateTable("limit_counters").set({ counters: JSON.stringify(counters) }).where("party", "=", storableText(party)).execute();
	}
	for (const [id, { held, expiresAt }] of book.reservations) {
		await transaction.insertInto("limit_reservations").values({ id: storableText(id), held: JSON.stringify(held), expires_at: expiresAt }).execute();
	}
}

/** Takes the reservations that end out of their table, and locks and reads the counters of all parties, in one order. */
async function openBook(transaction: Transaction<Database>, operations: readonly Operation[], now: number): Promise<LimitBook> {
	for (const operation of operations) if (operation.type === "renew") await renew(transaction, operation.ids, operation.expiresAt);
	const rows: LimitReservationsTable[] = [];
	for (const operation of operations) {
		if (operation.type === "settle") rows.push(...(await transaction.deleteFrom("limit_reservations").where("id", "=", storableText(operation.id)).returningAll().execute()));
	}
	rows.push(...(await transaction.deleteFrom("limit_reservations").where("expires_at", "<=", now).returningAll().execute()));
	const reservations = reservationsOf(rows);
	const reserving = operations.flatMap((operation) => (operation.type === "reserve" ? operation.reservation.parties.map(partyKey) : []));
	const ending = [...reservations.values()].flatMap(({ held }) => held.parties.map(([party]) => party));
	const counters = new Map<string, PartyCounters>();
	for (const party of [...new Set([...reserving, ...ending])].sort()) {
		const known = countersOf(await lockedCounters(transaction, party, now));
		if (known !== undefined) counters.set(party, known);
	}
	return { counters, reservations };
}

async function renew(transaction: Transaction<Database>, ids: readonly string[], expiresAt: number): Promise<void> {
	for (const id of ids) await transaction.updateTable("limit_reservations").set({ expires_at: expiresAt }).where("id", "=", storableText(id)).execute();
}

/** One statement that makes the row where it is missing and locks it before it is read. */
async function lockedCounters(transaction: Transaction<Database>, party: string, now: number): Promise<string> {
	const { counters } = await transaction
		.insertInto("limit_counters")
		.values({ party: storableText(party), counters: "", seen_at: now })
		.onConflict((conflict) => conflict.column("party").doUpdateSet((set) => ({ seen_at: set.ref("excluded.seen_at") })))
		.returning("counters")
		.executeTakeFirstOrThrow();
	return counters;
}

/** Who was not seen in this month has nothing left that counts, but for requests that began in the last hours of the one before. */
async function prune(transaction: Transaction<Database>, now: number): Promise<void> {
	await transaction.deleteFrom("limit_counters").where("seen_at", "<", periodStart("month", now) - dayMs).execute();
}
const dayMs = 86_400_000;

function countersOf(text: string): PartyCounters | undefined {
	return text === "" ? undefined : (JSON.parse(text) as PartyCounters);
}

function reservationsOf(rows: readonly LimitReservationsTable[]): LimitBook["reservations"] {
	return new Map(rows.map(({ id, held, expires_at }) => [restoredText(id), { held: JSON.parse(held) as Held, expiresAt: expires_at }]));
}
