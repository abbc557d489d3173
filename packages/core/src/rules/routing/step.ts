import type { Failure, FailureKind } from "../../contract/failure.ts";

/** What to do after an attempt failed before it said anything. */
export type Step = { readonly next: "retry"; readonly delayMs: number } | { readonly next: "fallback" } | { readonly next: "give-up" };

export interface StepState {
	/** Attempts made on this target, the failed one included. */
	readonly attemptsOnTarget: number;
	/** Attempts made in all. */
	readonly attempts: number;
	readonly hasNextTarget: boolean;
	/** Until the exchange's deadline. */
	readonly remainingMs: number;
}

export interface RetryRules {
	readonly attemptsPerTarget: number;
	readonly attemptsInAll: number;
	readonly baseDelayMs: number;
	readonly maxDelayMs: number;
}

/** Whether the same target may do better a moment later, and whether another one may. */
const outlook: Readonly<Record<FailureKind, { readonly retry: boolean; readonly fallback: boolean }>> = {
	"rate-limited": { retry: true, fallback: true },
	overloaded: { retry: true, fallback: true },
	upstream: { retry: true, fallback: true },
	network: { retry: true, fallback: true },
	protocol: { retry: true, fallback: true },
	timeout: { retry: false, fallback: true },
	authentication: { retry: false, fallback: true },
	permission: { retry: false, fallback: true },
	quota: { retry: false, fallback: true },
	"model-not-found": { retry: false, fallback: true },
	"context-length": { retry: false, fallback: true },
	"bad-request": { retry: false, fallback: false },
	"content-filter": { retry: false, fallback: false },
	cancelled: { retry: false, fallback: false },
};

/**
 * Decides the next step: retry the same target with full jitter (`random` in [0, 1)), go to the next target, or give up.
 * A provider's Retry-After is honoured where it fits `maxDelayMs`; a longer one means the next target, or giving up with it told
 * to the caller. Attempts and time are bounded.
 */
export function decideStep(failure: Failure, state: StepState, rules: RetryRules, random: number): Step {
	const { retry, fallback } = outlook[failure.kind];
	if (failure.clock === "total" || state.attempts >= rules.attemptsInAll) return { next: "give-up" };
	const isConnectTimeout = failure.clock === "connect";
	if ((retry || isConnectTimeout) && state.attemptsOnTarget < rules.attemptsPerTarget) {
		const delayMs = failure.retryAfterMs ?? Math.floor(random * Math.min(rules.maxDelayMs, rules.baseDelayMs * 2 ** (state.attemptsOnTarget - 1)));
		if (delayMs <= rules.maxDelayMs && delayMs < state.remainingMs) return { next: "retry", delayMs };
	}
	return fallback && state.hasNextTarget ? { next: "fallback" } : { next: "give-up" };
}
