import type { GatewayError } from "../contract/errors.ts";
import type { Principal } from "../contract/principal.ts";
import type { Prompt, Warning } from "../contract/prompt.ts";
import type { RoutingDecision } from "../contract/session.ts";
import type { Answer, StreamEvent } from "../contract/stream-event.ts";
import type { Decoded, PassedText } from "../rules/dialects/dialect.ts";
import type { ModelTable } from "../rules/models/table.ts";
import type { Review } from "../rules/output/review.ts";
import type { Plan } from "../rules/routing/order.ts";
import type { RetryRules } from "../rules/routing/step.ts";
import type { Target } from "../rules/routing/target.ts";
import type { EffectiveTools } from "../rules/tools/policy.ts";
import type { MicroCost } from "../rules/usage/cost.ts";
import type { PassThroughRequest } from "./attempt.ts";
import type { Learner } from "./learning/learner.ts";
import type { LimitLease } from "./limits.ts";
import type { RetryBudgets } from "./retry-budgets.ts";
import type { RunningExchanges } from "./running-exchanges.ts";
import type { Runtime } from "./runtime.ts";
import type { Store } from "./store/store.ts";
import type { TargetHealth } from "./target-health.ts";
import type { ExchangeKind, Telemetry } from "./telemetry.ts";
import type { AttemptClocks } from "./upstream-call.ts";

/**
 * All attempts for one prompt: plan -> attempt -> step, with the commit gate. Theory of operation:
 *
 * - Until the first content nothing was shown to the caller, so a failure leads to a retry, the next target, or an error with an
 *   honest status. From then on a failure is the stream's last event.
 * - The ledger's record is durable before the caller sees the end: the batch with `finish` is held back until it is.
 * - However it ends (answer, failure, hang-up), it settles exactly once, and the upstream call is over. The record and what is held of
 *   limits are settled at once: where the process dies between the two, more counts as spent than the ledger tells, never less.
 */
export interface ExchangeRequest {
	readonly requestId: string;
	readonly surface: string;
	readonly operation: string;
	/** Default: a conversation. */
	readonly kind?: ExchangeKind;
	readonly isStreamed: boolean;
	readonly principal: Principal;
	readonly prompt: Prompt;
	readonly plan: Plan;
	readonly tools: EffectiveTools;
	/** Told to the caller beside those of the encoders. */
	readonly warnings: readonly Warning[];
	/** Aborts when the caller hangs up. */
	readonly signal: AbortSignal;
	readonly sessionId?: string;
	/**
	 * Looks at a complete answer before it is settled: accepts it, asks for one repair, or refuses it. Called again with the
	 * repaired answer and `isLast`.
	 */
	readonly review?: (answer: Answer, isLast: boolean) => Review;
	/** Called with the complete answer before the end is shown: the session's turn is stored here. */
	readonly keep?: (answer: Answer, target: Target) => Promise<void>;
	/** The caller speaks this dialect: where a provider does too, its answer passes as it came, if nothing has to look into it. */
	readonly pass?: PassThroughRequest;
	/** What is held for the request of a principal with limits. */
	readonly lease?: LimitLease;
	/** The caller wants to know why this target was asked. */
	readonly isExplained?: boolean;
	/** Called once, when all is over: gives the slot back. */
	readonly onEnd?: () => void;
}

/** What an exchange needs whatever is asked for. */
export type RunRequest = Omit<ExchangeRequest, "prompt" | "warnings">;

export interface ExchangeContext {
	readonly runtime: Runtime;
	readonly store: Store;
	readonly clocks: AttemptClocks & { readonly totalMs: number };
	readonly retry: RetryRules;
	readonly retries: RetryBudgets;
	/** What models cost and can do. */
	readonly models: ModelTable;
	readonly health: TargetHealth;
	readonly learner: Pick<Learner, "learn">;
	readonly exchanges: RunningExchanges;
	/** Absent: nobody is to be told of exchanges. */
	readonly telemetry?: Telemetry | undefined;
}

export interface WholeResult {
	readonly answer: Answer;
	/** The answer in the caller's dialect already: the provider's own text. */
	readonly passed?: string;
	readonly warnings: readonly Warning[];
	readonly target: Target;
	readonly durationMs: number;
	/** In millionths of a US dollar. Absent: nobody knows. */
	readonly costMicroUsd?: MicroCost;
	/** Absent: nobody asked for a cache. */
	readonly cache?: CacheStatus;
	/** Why this target was asked first. Absent: nobody wants to know, or nobody was asked. */
	readonly decision?: RoutingDecision;
}

export interface StreamResult {
	readonly warnings: readonly Warning[];
	readonly target: Target;
	/**
	 * Batches of events; the last event of the last batch is `finish`, or `error` with what to tell the caller. Never throws.
	 * Returning it early counts as a hang-up.
	 */
	readonly batches: AsyncGenerator<readonly ExchangeEvent[], void, undefined>;
	/** The answer after review and repair; complete once `finish` was seen. */
	answer(): Answer;
	/** What it cost, in millionths of a US dollar; there once `finish` was seen. `undefined` also where nobody knows. */
	cost(): MicroCost | undefined;
	/** Absent: nobody asked for a cache. */
	readonly cache?: CacheStatus;
	/** Why this target was asked first. Absent: nobody wants to know, or nobody was asked. */
	readonly decision?: RoutingDecision;
}

/** What the cache did for a request: nothing, as it was told or as such an answer is never kept; it had none; it was not asked; it had one. */
export type CacheStatus =
	| { readonly state: "off" | "miss" | "refresh" }
	| { readonly state: "hit"; readonly ageMs: number }
	/** The answer to another question that is this like it, from 0 to 1. */
	| { readonly state: "semantic-hit"; readonly ageMs: number; readonly score: number };

export type ExchangeEvent = Exclude<StreamEvent, { type: "error" }> | PassedText | { readonly type: "error"; readonly error: GatewayError };

export type Outcome<Value> = Promise<Decoded<Value, GatewayError>>;
