import type { LimitedParty } from "../../contract/tenancy.ts";
import { type Ask, nothingSpent, type PartyCounters, type Spending } from "./counters.ts";
import { nextReturn, usedInMinute, waitForRoom } from "./minute.ts";
import { periodEnd } from "./periods.ts";

/** One rule of one party, by the name that its callers know it by: `key-requests`, `project-month-usd`. */
export interface Policy {
	readonly name: string;
	readonly party: LimitedParty;
	readonly quota: number;
	readonly rule: Rule;
}

export type Rule =
	| { readonly type: "concurrent-requests" }
	| { readonly type: "minute"; readonly measure: "requests" | "tokens" }
	| { readonly type: "budget"; readonly period: "day" | "month"; readonly measure: "requests" | "tokens" | "microUsd" };

/** How a policy stands after what was decided. */
export interface Standing {
	readonly policy: Policy;
	readonly remaining: number;
	/** How long no more than `remaining` may be used; absent where that can end at any moment. */
	readonly resetMs?: number;
	/** Of a budget: what is spent for good, from 0 to 1 and beyond. */
	readonly spentShare?: number;
}

export function policiesOf(party: LimitedParty): readonly Policy[] {
	const { requestsPerMinute, tokensPerMinute, concurrentRequests, budgets = [] } = party.rules;
	const named = (name: string, quota: number | undefined, rule: Rule): readonly Policy[] =>
		quota === undefined ? [] : [{ name: `${party.kind}-${name}`, party, quota, rule }];
	return [
		...named("requests", requestsPerMinute, { type: "minute", measure: "requests" }),
		...named("tokens", tokensPerMinute, { type: "minute", measure: "tokens" }),
		...named("concurrency", concurrentRequests, { type: "concurrent-requests" }),
		...budgets.flatMap(({ period, requests, tokens, microUsd }) => [
			...named(`${period}-requests`, requests, { type: "budget", period, measure: "requests" }),
			...named(`${period}-tokens`, tokens, { type: "budget", period, measure: "tokens" }),
			...named(`${period}-usd`, microUsd, { type: "budget", period, measure: "microUsd" }),
		]),
	];
}

/** What stands in the way of a request. */
export interface Violation {
	readonly policy: Policy;
	readonly need: number;
	/** `undefined`: so much will never fit. */
	readonly retryAfterMs: number | undefined;
}

/** @param counters at this very time. @returns `undefined` where the policy lets the request pass. */
export function violationOf(policy: Policy, counters: PartyCounters, ask: Ask, at: number): Violation | undefined {
	const { rule, quota } = policy;
	const need = needOf(rule, ask);
	// Not `used + need > quota`: a quota that is no number lets nothing pass.
	if (usedOf(rule, counters) + need <= quota) return undefined;
	return { policy, need, retryAfterMs: need <= quota ? waitOf(rule, counters, need, quota, at) : undefined };
}

export function standingOf(policy: Policy, counters: PartyCounters, at: number): Standing {
	const { rule, quota } = policy;
	const remaining = Math.max(0, quota - usedOf(rule, counters));
	switch (rule.type) {
		case "concurrent-requests":
			return { policy, remaining };
		case "minute":
			return { policy, remaining, resetMs: nextReturn(counters.minute, rule.measure, at) };
		case "budget": {
			const { start, [rule.measure]: spending = nothingSpent } = counters[rule.period];
			return { policy, remaining, resetMs: periodEnd(rule.period, start) - at, spentShare: quota > 0 ? spending.spent / quota : 1 };
		}
	}
}

function needOf(rule: Rule, ask: Ask): number {
	if (rule.type === "budget" && rule.measure !== "requests") return ask[rule.measure];
	return rule.type === "minute" && rule.measure === "tokens" ? ask.expectedTokens : 1;
}

function usedOf(rule: Rule, counters: PartyCounters): number {
	const { spent, held } = spendingOf(rule, counters);
	return spent + held;
}

/** What is used of a rule's quota; of a budget what running requests may still use apart. */
export function spendingOf(rule: Rule, counters: PartyCounters): Spending {
	switch (rule.type) {
		case "concurrent-requests":
			return { spent: counters.running, held: 0 };
		case "minute":
			return { spent: usedInMinute(counters.minute, rule.measure), held: 0 };
		case "budget":
			return counters[rule.period][rule.measure] ?? nothingSpent;
	}
}

function waitOf(rule: Rule, counters: PartyCounters, need: number, quota: number, at: number): number | undefined {
	switch (rule.type) {
		case "concurrent-requests":
			return soonMs;
		case "minute":
			return waitForRoom(counters.minute, rule.measure, need, quota, at);
		case "budget": {
			// Where only running requests stand in the way, most of what is held for them comes back.
			return spendingOf(rule, counters).spent + need <= quota ? soonMs : periodEnd(rule.period, counters[rule.period].start) - at;
		}
	}
}

/** When it is worth a try again where that depends on requests that run. */
const soonMs = 2000;

