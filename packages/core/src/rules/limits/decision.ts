import type { LimitedParty } from "../../contract/tenancy.ts";
import type { Decoded } from "../dialects/dialect.ts";
import { type Ask, beginIn, countersAt, type Held, noCounters, type PartyCounters, partyKey } from "./counters.ts";
import { policiesOf, type Policy, spendingOf, type Standing, standingOf, type Violation, violationOf } from "./policy.ts";

/** A request that wants to begin. */
export interface Request {
	readonly parties: readonly LimitedParty[];
	/** What it would take, best first: the first that everybody's limits allow is taken. */
	readonly asks: readonly [Ask, ...Ask[]];
	readonly now: number;
}

export interface Grant {
	/** Which of the request's asks it is. */
	readonly ask: number;
	readonly standings: readonly Standing[];
	/** Budgets of which most is spent, each told once in its period. */
	readonly warnings: readonly Standing[];
}

export interface Granted extends Grant {
	/** Those of every party, with the request in them. */
	readonly counters: ReadonlyMap<string, PartyCounters>;
	readonly held: Held;
}

export interface Denial {
	/** The one that stands in the way for the longest time. */
	readonly violation: Violation;
	readonly standings: readonly Standing[];
}

/** From this share on a budget counts as nearly spent. */
export const warningShare = 0.8;

/** Whether a request may begin, by all limits of all parties at once. @param find the counters of a party by its key. */
export function decide({ parties, asks, now }: Request, find: (party: string) => PartyCounters | undefined): Decoded<Granted, Denial> {
	// A party that is named twice is counted once.
	const current = new Map(parties.map((party) => [partyKey(party), countersAt(find(partyKey(party)) ?? noCounters, now)]));
	const policies = parties.flatMap(policiesOf);
	const stateOf = ({ party }: Policy) => current.get(partyKey(party)) ?? { counters: noCounters, at: now };
	const violationsOf = (ask: Ask) =>
		policies.flatMap((policy) => {
			const { counters, at } = stateOf(policy);
			return violationOf(policy, counters, ask, at) ?? [];
		});

	let violations: readonly Violation[] = [];
	for (const [index, ask] of asks.entries()) {
		violations = violationsOf(ask);
		if (violations.length > 0) continue;
		const began = new Map([...current].map(([party, { counters, at }]) => [party, beginIn(counters, ask, at)]));
		const standings = policies.map((policy) => standingOf(policy, began.get(partyKey(policy.party)) ?? noCounters, stateOf(policy).at));
		const { counters, warnings } = warn(began, standings);
		return {
			ok: true,
			value: { ask: index, standings, warnings, counters, held: { ask, parties: [...current].map(([party, { at }]) => [party, at]) } },
		};
	}
	const standings = policies.map((policy) => standingOf(policy, stateOf(policy).counters, stateOf(policy).at));
	return { ok: false, problem: { violation: longest(violations), standings } };
}

/** Marks budgets that are nearly spent, so that each is told of once. */
function warn(counters: ReadonlyMap<string, PartyCounters>, standings: readonly Standing[]): { counters: ReadonlyMap<string, PartyCounters>; warnings: readonly Standing[] } {
	const marked = new Map(counters);
	const warnings = standings.filter((standing) => {
		const { rule, party } = standing.policy;
		const key = partyKey(party);
		const known = marked.get(key);
		if (rule.type !== "budget" || known === undefined || !isNearlySpent(standing)) return false;
		const period = known[rule.period];
		const spending = spendingOf(rule, known);
		if (spending.isWarned) return false;
		marked.set(key, { ...known, [rule.period]: { ...period, [rule.measure]: { ...spending, isWarned: true } } });
		return true;
	});
	return { counters: marked, warnings };
}

export function isNearlySpent({ spentShare }: Standing): boolean {
	return spentShare !== undefined && spentShare >= warningShare;
}

/** A caller who comes back after the longest wait is let through by all. */
function longest(violations: readonly Violation[]): Violation {
	return violations.reduce((one, other) => (waitOf(other) > waitOf(one) ? other : one));
}

function waitOf({ retryAfterMs = Number.POSITIVE_INFINITY }: Violation): number {
	return retryAfterMs;
}
