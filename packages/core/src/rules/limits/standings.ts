import type { LimitStanding } from "../../contract/operations/limits.ts";
import type { LimitedParty } from "../../contract/tenancy.ts";
import { countersAt, noCounters, type PartyCounters, partyKey } from "./counters.ts";
import { policiesOf, type Rule, spendingOf, standingOf } from "./policy.ts";

/** How every limit of these parties stands at a time. @param find the counters of a party by its key. */
export function standingsAt(parties: readonly LimitedParty[], find: (party: string) => PartyCounters | undefined, now: number): readonly LimitStanding[] {
	return parties.flatMap((party) => {
		const { counters, at } = countersAt(find(partyKey(party)) ?? noCounters, now);
		return policiesOf(party).map((policy) => {
			const { rule, name, quota } = policy;
			const { spent, held } = spendingOf(rule, counters);
			const { remaining, resetMs } = standingOf(policy, counters, at);
			// Of a minute in which nothing was used nothing comes back.
			const resetsAt = resetMs === undefined || (rule.type === "minute" && spent === 0) ? undefined : new Date(at + resetMs).toISOString();
			const per = periodOf(rule);
			return {
				party: { kind: party.kind, id: party.id },
				policy: name,
				unit: unitOf(rule),
				...(per === undefined ? {} : { per }),
				limit: quota,
				used: spent,
				held,
				remaining,
				...(resetsAt === undefined ? {} : { resetsAt }),
			};
		});
	});
}

function unitOf(rule: Rule): LimitStanding["unit"] {
	return rule.type === "concurrent-requests" ? "concurrentRequests" : rule.measure;
}

function periodOf(rule: Rule): LimitStanding["per"] {
	if (rule.type === "concurrent-requests") return undefined;
	return rule.type === "minute" ? "minute" : rule.period;
}
