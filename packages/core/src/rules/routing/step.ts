import type { Failure, FailureKind } from "../../contract/failure.ts";
import type { Target } from "./target.ts";

/** What to do after an attempt failed before it said anything. */
export type Step =
	| { readonly next: "retry"; readonly delayMs: number }
	/** `targets`: what is left to try, the next one first. */
	| { readonly next: "fallback"; readonly targets: readonly [Target, ...Target[]] }
	| { readonly next: "give-up" };

export interface StepState {
	readonly target: Target;
	/** The plan's targets that were not tried yet. */
	readonly others: readonly Target[];
	/** Attempts made on this target, the failed one included. */
	readonly attemptsOnTarget: number;
	/** Attempts made in all. */
	readonly attempts: number;
	/** Until the exchange's deadline. */
	readonly remainingMs: number;
	/** Whether the provider's retry budget has one left. */
	readonly mayRetry: boolean;
	/** The most tokens of prompt and answer together, where it is known. */
	contextWindow(target: Target): number | undefined;
}

export interface RetryRules {
	readonly attemptsPerTarget: number;
	readonly attemptsInAll: number;
	readonly baseDelayMs: number;
	readonly maxDelayMs: number;
}

interface Outlook {
	/** Whether the same target may do better a moment later: at once, or only where no other is left. */
	readonly retry: "first" | "last" | "never";
	/** Whether another target may do better, among those not tried yet. */
	readonly isHopeful: ((other: Target, state: StepState) => boolean) | undefined;
}

const anyOther = () => true;
const otherCredential = (other: Target, { target }: StepState) => other.providerName !== target.providerName || other.credential !== target.credential;
/** Another credential at the same address meets the same servers. */
const otherServer = (other: Target, { target }: StepState) => other.provider.baseUrl !== target.provider.baseUrl || other.model !== target.model;
const largerWindow = (other: Target, { target, contextWindow }: StepState) =>
	other.model !== target.model && (contextWindow(other) ?? Number.POSITIVE_INFINITY) > (contextWindow(target) ?? 0);

const outlooks: Readonly<Record<FailureKind, Outlook>> = {
	"rate-limited": { retry: "last", isHopeful: anyOther },
	overloaded: { retry: "first", isHopeful: otherServer },
	upstream: { retry: "first", isHopeful: otherServer },
	network: { retry: "first", isHopeful: otherServer },
	protocol: { retry: "first", isHopeful: otherServer },
	timeout: { retry: "never", isHopeful: otherServer },
	authentication: { retry: "never", isHopeful: otherCredential },
	permission: { retry: "never", isHopeful: otherCredential },
	quota: { retry: "never", isHopeful: otherCredential },
	"model-not-found": { retry: "never", isHopeful: otherServer },
	"context-length": { retry: "never", isHopeful: largerWindow },
	"bad-request": { retry: "never", isHopeful: undefined },
	"content-filter": { retry: "never", isHopeful: undefined },
	cancelled: { retry: "never", isHopeful: undefined },
};

/**
 * Decides the next step: retry the same target with full jitter (`random` in [0, 1)), go to the next target that may do better, or
 * give up. A provider's Retry-After is honoured where it fits `maxDelayMs` and the time that is left; a longer one means the next
 * target, or giving up with it told to the caller. Attempts, time and the share of retries are bounded.
 */
export function decideStep(failure: Failure, state: StepState, rules: RetryRules, random: number): Step {
	if (failure.clock === "total" || state.attempts >= rules.attemptsInAll) return { next: "give-up" };
	const { retry, isHopeful } = outlooks[failure.kind];
	const [next, ...rest] = isHopeful === undefined ? [] : state.others.filter((other) => isHopeful(other, state));
	const fallback: Step | undefined = next === undefined ? undefined : { next: "fallback", targets: [next, ...rest] };
	// A connection that was not made has cost nothing but its time.
	const when = failure.clock === "connect" ? "first" : retry;
	const again = when === "never" ? undefined : retryStep(failure, state, rules, random);
	return (when === "last" ? (fallback ?? again) : (again ?? fallback)) ?? { next: "give-up" };
}

function retryStep(failure: Failure, state: StepState, rules: RetryRules, random: number): Step | undefined {
	if (state.attemptsOnTarget >= rules.attemptsPerTarget || !state.mayRetry) return undefined;
	const delayMs = failure.retryAfterMs ?? Math.floor(random * Math.min(rules.maxDelayMs, rules.baseDelayMs * 2 ** (state.attemptsOnTarget - 1)));
	return delayMs <= rules.maxDelayMs && delayMs < state.remainingMs ? { next: "retry", delayMs } : undefined;
}
