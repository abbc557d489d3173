import { countersAt, partyKey } from "../../../rules/limits/counters.ts";
import { periodStart } from "../../../rules/limits/periods.ts";
import { lapseInBook, type LimitBook, reserveIn, settleInBook } from "../limit-book.ts";
import type { LimitStore } from "../limit-store.ts";

/** Every verb runs in one go, and so is atomic. */
export function memoryLimits(assertOpen: () => void): LimitStore {
	const book: LimitBook = { counters: new Map(), reservations: new Map() };
	let month = 0;

	/** Once a month: who was not seen in the last one has nothing left that counts. */
	function prune(now: number): void {
		const start = periodStart("month", now);
		if (start <= month) return;
		month = start;
		for (const [party, counters] of book.counters) {
			if (counters.month.start < start && counters.running === 0) book.counters.delete(party);
		}
	}

	return {
		async reserve(reservation) {
			assertOpen();
			prune(reservation.now);
			lapseInBook(book, reservation.now);
			return reserveIn(book, reservation);
		},
		async settle(id, used, now) {
			assertOpen();
			settleInBook(book, id, used, now);
			lapseInBook(book, now);
		},
		async renew(ids, { now, expiresAt }) {
			assertOpen();
			for (const id of ids) {
				const reservation = book.reservations.get(id);
				if (reservation !== undefined) book.reservations.set(id, { ...reservation, expiresAt });
			}
			lapseInBook(book, now);
		},
		async find(party, now) {
			assertOpen();
			lapseInBook(book, now);
			const counters = book.counters.get(partyKey(party));
			return counters === undefined ? undefined : countersAt(counters, now).counters;
		},
	};
}
