import type { LimitStanding } from "../contract/operations/limits.ts";
import type { LimitedParty } from "../contract/tenancy.ts";
import { partyKey } from "../rules/limits/counters.ts";
import { standingsAt } from "../rules/limits/standings.ts";
import type { Services } from "./services.ts";

/** How all limits of these parties stand now. A party without limits is not looked up. */
export async function findStandings(parties: readonly LimitedParty[], { store, runtime }: Pick<Services, "store" | "runtime">): Promise<readonly LimitStanding[]> {
	const now = runtime.now();
	const keys = new Map(parties.map((party) => [partyKey(party), party]));
	const found = await Promise.all([...keys].map(async ([key, party]) => [key, await store.limits.find(party, now)] as const));
	const counters = new Map(found);
	return standingsAt(parties, (key) => counters.get(key), now);
}
