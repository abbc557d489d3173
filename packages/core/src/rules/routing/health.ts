import type { Failure, FailureKind } from "../../contract/failure.ts";

/** What is known of a target, or of a credential, from what happened to its attempts. Times are milliseconds since 1970. */
export interface Health {
	/** 1 to 100; what never failed has 100. */
	readonly score: number;
	/** Failures in a row that count. */
	readonly failures: number;
	/** How attempts ended of late. */
	readonly recent?: Recent;
	readonly cooldown?: Cooldown;
	/** Since when one request tries whether it is well again. */
	readonly probingSince?: number;
	readonly lastFailure?: FailureKind;
}

/** Attempts, each of which counts half ten seconds later. */
export interface Recent {
	readonly succeeded: number;
	readonly failed: number;
	/** When the counts were true. */
	readonly at: number;
}

export interface Cooldown {
	readonly since: number;
	readonly until: number;
	readonly reason: FailureKind;
}

export const wellHealth: Health = { score: 100, failures: 0 };

/** What a failure says something about: this model with this credential, or all that the credential is used for. */
export type HealthScope = "target" | "credential";

interface CooldownRule {
	readonly scope: HealthScope;
	/** Failures in a row before it rests; */
	readonly afterFailures: number;
	/** and their least share among the recent attempts: of many at once, some fail in a row by chance. */
	readonly afterShare: number;
	/** The first rest; each further one is twice as long, up to `maxMs`. */
	readonly baseMs: number;
	readonly maxMs: number;
	readonly scoreLoss: number;
}

const minute = 60_000;
const unwell = { scope: "target", afterFailures: 3, afterShare: 0.5, baseMs: 5000, maxMs: 5 * minute, scoreLoss: 10 } as const;

/**
 * Which failures make a target rest. The caller's faults are not here: they never move health. Of the longest rests and score
 * losses those for rate limit, quota, permission and authentication are ClawGo's (provider_runtime.go).
 */
const cooldownRules: Partial<Readonly<Record<FailureKind, CooldownRule>>> = {
	"rate-limited": { scope: "target", afterFailures: 1, afterShare: 0, baseMs: 1000, maxMs: 15 * minute, scoreLoss: 10 },
	quota: { scope: "credential", afterFailures: 1, afterShare: 0, baseMs: minute, maxMs: 60 * minute, scoreLoss: 40 },
	authentication: { scope: "credential", afterFailures: 1, afterShare: 0, baseMs: 15_000, maxMs: 15 * minute, scoreLoss: 25 },
	// A credential may well be allowed another model.
	permission: { scope: "target", afterFailures: 1, afterShare: 0, baseMs: 30_000, maxMs: 30 * minute, scoreLoss: 25 },
	overloaded: unwell,
	upstream: unwell,
	network: unwell,
	protocol: unwell,
	timeout: unwell,
};
const scoreGain = 3;
/** A provider that asks for a longer rest than this is asked again after it. */
const longestRetryAfterMs = 24 * 60 * minute;
/** A probe of which nothing was heard for so long is taken for lost. */
const longestProbeMs = 10 * minute;

/** @returns what the failure counts against; `undefined` where it counts against nobody's health. */
export function scopeOfFailure(failure: Failure): HealthScope | undefined {
	// The exchange's own deadline says nothing of the target that happened to be tried last.
	if (failure.blame === "caller" || failure.clock === "total") return undefined;
	return cooldownRules[failure.kind]?.scope;
}

/** @param startedAt of the attempt: a failure of one that began before the rest does not make it longer. */
export function afterFailure(health: Health, failure: Failure, startedAt: number, now: number): Health {
	const rule = cooldownRules[failure.kind];
	if (rule === undefined || scopeOfFailure(failure) === undefined) return withoutProbe(health);
	const { cooldown } = health;
	if (cooldown !== undefined && startedAt < cooldown.since) return health;
	const failures = health.failures + 1;
	const { probingSince: _, ...rest } = health;
	const recent = counted(health.recent, "failed", now);
	const hurt = { ...rest, score: Math.max(1, health.score - rule.scoreLoss), failures, recent, lastFailure: failure.kind };
	const isTooMuch = failures >= rule.afterFailures && recent.failed >= rule.afterShare * (recent.failed + recent.succeeded);
	if (!isTooMuch && cooldown === undefined) return hurt;
	const doubled = Math.min(rule.maxMs, rule.baseMs * 2 ** Math.min(Math.max(failures - rule.afterFailures, 0), 30));
	// A provider that says how long is believed.
	const restMs = failure.retryAfterMs ? Math.min(failure.retryAfterMs, longestRetryAfterMs) : doubled;
	return { ...hurt, cooldown: { since: now, until: now + restMs, reason: failure.kind } };
}

/** @param startedAt of the attempt: one that began before the rest does not end it. */
export function afterSuccess(health: Health, startedAt: number, now: number): Health {
	const score = Math.min(100, health.score + scoreGain);
	const recent = counted(health.recent, "succeeded", now);
	if (health.cooldown !== undefined && startedAt < health.cooldown.since) return { ...health, score, recent };
	return { score, failures: 0, recent };
}

/** Whether nothing of it is worth remembering. */
export function isForgettable({ score, failures, cooldown, recent }: Health, now: number): boolean {
	return score === 100 && failures === 0 && cooldown === undefined && decayed(recent?.failed ?? 0, recent?.at ?? now, now) < 0.5;
}

const recentHalfLifeMs = 10_000;

function counted(recent: Recent = { succeeded: 0, failed: 0, at: 0 }, outcome: "succeeded" | "failed", now: number): Recent {
	const succeeded = decayed(recent.succeeded, recent.at, now);
	const failed = decayed(recent.failed, recent.at, now);
	return outcome === "failed" ? { succeeded, failed: failed + 1, at: now } : { succeeded: succeeded + 1, failed, at: now };
}

function decayed(count: number, at: number, now: number): number {
	return count * 0.5 ** (Math.max(0, now - at) / recentHalfLifeMs);
}

/** The attempt told nothing of its target: the caller hung up, or asked for the impossible. */
export function withoutProbe(health: Health): Health {
	if (health.probingSince === undefined) return health;
	const { probingSince: _, ...rest } = health;
	return rest;
}

/**
 * Whether a request may go there: `ready`, `probe` (the rest is over: one request may try), or not before `readyAt`.
 */
export type Readiness = { readonly state: "ready" } | { readonly state: "probe" } | { readonly state: "resting"; readonly readyAt: number };

export function readiness({ cooldown, probingSince }: Health, now: number): Readiness {
	if (cooldown === undefined) return { state: "ready" };
	if (now < cooldown.until) return { state: "resting", readyAt: cooldown.until };
	const isProbed = probingSince !== undefined && now - probingSince < longestProbeMs;
	// How long the probe takes is not known: come again soon.
	return isProbed ? { state: "resting", readyAt: now + 1000 } : { state: "probe" };
}
