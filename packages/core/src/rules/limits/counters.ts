import type { LimitedParty } from "../../contract/tenancy.ts";
import { addToMinute, type Minute, recentSlots, returnTokens } from "./minute.ts";
import { periodStart } from "./periods.ts";

/** What one request takes of the limits of everybody whom it counts for, while it runs: what it may use at most. */
export interface Ask {
	/** For the tokens of a minute, where one answer that is longer than expected does no harm. */
	readonly expectedTokens: number;
	/** For budgets. */
	readonly tokens: number;
	readonly microUsd: number;
}

/** What a request has used. */
export interface Used {
	readonly tokens: number;
	readonly microUsd: number;
}

/** A request that runs: what is held for it, and when each party's counters took it in. */
export interface Held {
	readonly ask: Ask;
	readonly parties: readonly (readonly [party: string, at: number])[];
}

/** All that is counted for one party. Everything is counted, so that a rule that is set in the midst of a month knows the month. */
export interface PartyCounters {
	/** Requests at this moment. */
	readonly running: number;
	readonly minute: Minute;
	readonly day: PeriodCounters;
	readonly month: PeriodCounters;
}

export interface PeriodCounters {
	/** When the UTC day or month began, in milliseconds since 1970. */
	readonly start: number;
	/** Spent when they begin, whatever becomes of them. Absent where nothing was counted since they are. */
	readonly requests?: Spending;
	readonly tokens: Spending;
	readonly microUsd: Spending;
}

export interface Spending {
	readonly spent: number;
	/** By requests that run. */
	readonly held: number;
	/** Somebody was told that most of a budget is spent. */
	readonly isWarned?: true;
}

export const nothingSpent: Spending = { spent: 0, held: 0 };
export const noCounters: PartyCounters = { running: 0, minute: [], day: nothingSince(0), month: nothingSince(0) };

export function partyKey({ kind, id }: Pick<LimitedParty, "kind" | "id">): string {
	return `${kind}:${id}`;
}

/**
 * The counters as they stand at a time: what is over is gone.
 * @returns with the time that they count by. It never goes back, also where the instances' clocks differ a little.
 */
export function countersAt(counters: PartyCounters, now: number): { readonly counters: PartyCounters; readonly at: number } {
	const at = Math.max(now, counters.day.start, counters.minute.at(-1)?.[0] ?? 0);
	return {
		at,
		counters: { running: counters.running, minute: recentSlots(counters.minute, at), day: current("day", counters.day, at), month: current("month", counters.month, at) },
	};
}

/** A request begins. @param at as `countersAt` told it. */
export function beginIn(counters: PartyCounters, ask: Ask, at: number): PartyCounters {
	const hold = ({ requests = nothingSpent, ...period }: PeriodCounters): PeriodCounters => ({
		...period,
		requests: { ...requests, spent: requests.spent + 1 },
		tokens: { ...period.tokens, held: period.tokens.held + ask.tokens },
		microUsd: { ...period.microUsd, held: period.microUsd.held + ask.microUsd },
	});
	return {
		running: counters.running + 1,
		minute: addToMinute(counters.minute, at, 1, ask.expectedTokens),
		day: hold(counters.day),
		month: hold(counters.month),
	};
}

/**
 * A request is over: what was held for it gives way to what it used. It counts for the day and the month in which it began.
 * @param began when the counters took it in.
 */
export function settleIn(before: PartyCounters, ask: Ask, began: number, used: Used, now: number): PartyCounters {
	const { counters, at } = countersAt(before, now);
	const settle = (name: "day" | "month", period: PeriodCounters): PeriodCounters =>
		period.start === periodStart(name, began)
			? { ...period, tokens: spend(period.tokens, ask.tokens, used.tokens), microUsd: spend(period.microUsd, ask.microUsd, used.microUsd) }
			: period;
	const more = used.tokens - ask.expectedTokens;
	return {
		running: Math.max(0, counters.running - 1),
		// What was used beyond all expectation counts from now on: the slot in which the request began may be past.
		minute: more > 0 ? addToMinute(counters.minute, at, 0, more) : returnTokens(counters.minute, began, -more),
		day: settle("day", counters.day),
		month: settle("month", counters.month),
	};
}

/** What a request whose gateway died has used nobody knows: all that was held for it, lest a budget be spent twice. */
export function lapsed({ tokens, microUsd }: Ask): Used {
	return { tokens, microUsd };
}

function current(name: "day" | "month", period: PeriodCounters, at: number): PeriodCounters {
	const start = periodStart(name, at);
	return period.start === start ? period : nothingSince(start);
}

function spend({ spent, held, ...rest }: Spending, wasHeld: number, used: number): Spending {
	return { ...rest, spent: spent + used, held: Math.max(0, held - wasHeld) };
}

function nothingSince(start: number): PeriodCounters {
	return { start, tokens: nothingSpent, microUsd: nothingSpent };
}
