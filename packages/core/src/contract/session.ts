import type { FailureKind } from "./failure.ts";
import type { AssistantMessage, Message } from "./prompt.ts";
import type { Strategy } from "./route.ts";
import type { Usage } from "./stream-event.ts";

/** A conversation that the gateway keeps. Only its owner (a principal's id) can read or continue it. */
export interface Session {
	readonly id: string;
	readonly ownerId: string;
	/** Milliseconds since 1970. */
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly turnCount: number;
}

/** One exchange of a session: what was asked (without the history) and what was answered. */
export interface Turn {
	readonly sessionId: string;
	/** 1, 2, 3, ... in the order in which the turns were added. */
	readonly sequence: number;
	readonly requestId: string;
	readonly input: readonly Message[];
	readonly answer: AssistantMessage;
	readonly model: string;
	/** The label of the target that answered (`openai/gpt-4o`, `openai#2/gpt-4o`); turns of older versions have none. */
	readonly target?: string;
	readonly usage: Usage;
	readonly createdAt: number;
}
export type NewTurn = Omit<Turn, "sequence"> & {
	readonly ownerId: string;
	/** The sequence of the turn that this one continues: it is added only where that is still the newest. */
	readonly follows?: number;
};

/** `refused`: the gateway turned it away before anybody was asked. `cached`: answered without asking. */
export const usageOutcomes = ["ok", "failed", "cancelled", "refused", "cached"] as const;
export type UsageOutcome = (typeof usageOutcomes)[number];

/** The ledger's line for one exchange: written once, before the caller sees the end of the answer. */
export interface UsageRecord {
	/** The request's id (`req_...`): unique. */
	readonly id: string;
	/** When the exchange began, in milliseconds since 1970. */
	readonly startedAt: number;
	readonly surface: string;
	readonly operation: string;
	readonly principalId: string;
	/** The virtual key that was used. */
	readonly keyId?: string;
	/** Whom it counts for. */
	readonly projectId?: string;
	readonly organisationId?: string;
	readonly sessionId?: string;
	/** The route's alias, where one was asked for. */
	readonly route?: string;
	/** The target that answered, or the last one tried; of a refusal the first that would have been asked, empty where none was known. */
	readonly provider: string;
	readonly model: string;
	/** The provider's name with the number of the credential that was used (`openai#2`). */
	readonly credential?: string;
	readonly streamed: boolean;
	readonly attempts: number;
	readonly outcome: UsageOutcome;
	/** What the caller was told: 200, an error's status, or 499 after a hang-up. */
	readonly status: number;
	readonly errorCode?: string;
	readonly usage: Usage;
	/** Millionths of a US dollar. Absent: nobody knows what it cost. */
	readonly costMicroUsd?: number;
	/** Where the prices are from: the version of the table, or `configured`. */
	readonly priceVersion?: string;
	/** Answered from the cache: the same request, or one that means the same. */
	readonly cached?: "exact" | "semantic";
	/** The provider never told all of the tokens (a hang-up, a cut, Gemini's embeddings): they are counted as a quarter of the characters. */
	readonly isEstimated?: true;
	/** From the start of the exchange to the first content event. */
	readonly firstEventMs?: number;
	readonly durationMs: number;
	readonly trace?: ExchangeTrace;
}

/** How an exchange went, step by step. */
export interface ExchangeTrace {
	readonly decision?: RoutingDecision;
	readonly attempts: readonly AttemptTrace[];
	/** Of an answer from the cache: the id of the request that made it. */
	readonly answeredFrom?: string;
}

/**
 * Why the first target was asked first: there was no other; it alone can read the encrypted reasoning; it had the session's last turn;
 * the strategy put it first. A route that learns tells more: best by what is known, tried to know more, or best by an operator's word.
 */
export const decisionReasons = ["only", "reasoning", "session", "strategy", "exploit", "explore", "override"] as const;
export type DecisionReason = (typeof decisionReasons)[number];

export interface RoutingDecision {
	readonly strategy: Strategy;
	readonly reason: DecisionReason;
	/** Labels of targets that were left out because they rest after failures. */
	readonly resting?: readonly string[];
	/** Of a route that learns: which kind of request it was taken for, and what was expected of each target. */
	readonly context?: string;
	readonly scores?: readonly TargetScore[];
}

/** What a route that learns expected of a target. */
export interface TargetScore {
	/** Its label. */
	readonly target: string;
	/** Expected utility, 0 to 1. */
	readonly mean: number;
	/** What was drawn for it; the mean where nothing was drawn. */
	readonly sampled: number;
	/** Observations that the mean rests on, fading. */
	readonly n: number;
}

export interface AttemptTrace {
	/** The target's label (`openai#2/gpt-4o`). */
	readonly target: string;
	/** Since the exchange began, in whole milliseconds. */
	readonly startedMs: number;
	/** Until it failed, the next one began, or the exchange was over. */
	readonly durationMs: number;
	readonly failure?: FailureKind;
	/** The provider's HTTP status, where a failed attempt had one. */
	readonly status?: number;
}
