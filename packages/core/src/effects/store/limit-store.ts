import type { LimitedParty } from "../../contract/tenancy.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import type { Ask, PartyCounters, Used } from "../../rules/limits/counters.ts";
import type { Denial, Grant } from "../../rules/limits/decision.ts";

/**
 * What limited parties use. A reservation is held under a lease: the process that took it renews it while its request runs. Where it
 * died, the lease runs out, the request counts as running no more, and all that was held for it counts as spent: nobody knows what
 * the provider will charge, and a budget must not be spent twice.
 */
export interface LimitStore {
	/** Decides by the limits of all parties at once, and takes it of all of them or of none. An id is reserved once. */
	reserve(reservation: Reservation): Promise<Decoded<Grant, Denial>>;
	/** Puts what was used in the place of what was held. An unknown id changes nothing, nor one whose lease has run out and was settled so. */
	settle(id: string, used: Used, now: number): Promise<void>;
	/** Those that were settled since their lease had run out stay so. */
	renew(ids: readonly string[], lease: { readonly now: number; readonly expiresAt: number }): Promise<void>;
	/** What stands for a party at a time, for views; `undefined` where nothing was ever counted. */
	find(party: Pick<LimitedParty, "kind" | "id">, now: number): Promise<PartyCounters | undefined>;
}

export interface Reservation {
	/** The request's. */
	readonly id: string;
	readonly parties: readonly LimitedParty[];
	/** Best first: the first that all limits allow is taken. */
	readonly asks: readonly [Ask, ...Ask[]];
	readonly now: number;
	readonly expiresAt: number;
}
