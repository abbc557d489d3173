import type { AssistantMessage, Message } from "./prompt.ts";
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

export type UsageOutcome = "ok" | "failed" | "cancelled";

/** The ledger's line for one exchange: written once, before the caller sees the end of the answer. */
export interface UsageRecord {
	/** The request's id (`req_...`): unique. */
	readonly id: string;
	/** When the exchange began, in milliseconds since 1970. */
	readonly startedAt: number;
	readonly surface: string;
	readonly operation: string;
	readonly principalId: string;
	readonly sessionId?: string;
	/** The route's alias, where one was asked for. */
	readonly route?: string;
	/** The target that answered, or the last one tried. */
	readonly provider: string;
	readonly model: string;
	readonly streamed: boolean;
	readonly attempts: number;
	readonly outcome: UsageOutcome;
	/** What the caller was told: 200, an error's status, or 499 after a hang-up. */
	readonly status: number;
	readonly errorCode?: string;
	readonly usage: Usage;
	/** The provider never told all of the tokens (a hang-up, a cut, Gemini's embeddings): they are counted as a quarter of the characters. */
	readonly isEstimated?: true;
	/** From the start of the exchange to the first content event. */
	readonly firstEventMs?: number;
	readonly durationMs: number;
}
