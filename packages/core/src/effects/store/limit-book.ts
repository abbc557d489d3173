import type { Decoded } from "../../rules/dialects/dialect.ts";
import { type Held, lapsed, type PartyCounters, settleIn, type Used } from "../../rules/limits/counters.ts";
import { decide, type Denial, type Grant } from "../../rules/limits/decision.ts";
import type { Reservation } from "./limit-store.ts";

/** Counters and reservations, or those of them that are needed just now: what every store of limits does with them. */
export interface LimitBook {
	readonly counters: Map<string, PartyCounters>;
	readonly reservations: Map<string, StoredReservation>;
}

export interface StoredReservation {
	readonly held: Held;
	readonly expiresAt: number;
}

export function reserveIn(book: LimitBook, { id, expiresAt, ...request }: Reservation): Decoded<Grant, Denial> {
	if (book.reservations.has(id)) throw new Error(`There is a reservation ${id} already`);
	const decided = decide(request, (party) => book.counters.get(party));
	if (!decided.ok) return decided;
	const { counters, held, ...grant } = decided.value;
	for (const [party, state] of counters) book.counters.set(party, state);
	book.reservations.set(id, { held, expiresAt });
	return { ok: true, value: grant };
}

export function settleInBook(book: LimitBook, id: string, used: Used, now: number): void {
	const reservation = book.reservations.get(id);
	if (reservation === undefined) return;
	const { ask, parties } = reservation.held;
	for (const [party, began] of parties) {
		const counters = book.counters.get(party);
		if (counters !== undefined) book.counters.set(party, settleIn(counters, ask, began, used, now));
	}
	book.reservations.delete(id);
}

/** Settles those whose lease has run out. */
export function lapseInBook(book: LimitBook, now: number): void {
	for (const [id, { held, expiresAt }] of book.reservations) {
		if (expiresAt <= now) settleInBook(book, id, lapsed(held.ask), now);
	}
}
