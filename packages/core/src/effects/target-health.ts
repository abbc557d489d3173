import type { Failure } from "../contract/failure.ts";
import { afterFailure, afterSuccess, type Health, isForgettable, readiness, scopeOfFailure, wellHealth, withoutProbe } from "../rules/routing/health.ts";
import { addLatency, decayedLatency, type Latency } from "../rules/routing/latency.ts";
import type { TargetCondition } from "../rules/routing/order.ts";
import { credentialLabel, type Target } from "../rules/routing/target.ts";

/** What this gateway has learnt of its targets since it began. */
export interface TargetHealth {
	condition(target: Target, isStreamed: boolean): TargetCondition;
	/** Whether an attempt may begin there. Where its rest is over, the first one that asks is let in to probe it. */
	admit(target: Target): boolean;
	/** @param startedAt when the attempt began; for a stream, success is its first content. */
	succeeded(target: Target, startedAt: number, isStreamed: boolean): void;
	failed(target: Target, failure: Failure, startedAt: number): void;
	/** Nobody knows how the attempt would have ended. */
	released(target: Target): void;
	/** The labels of the targets and credentials that rest now. */
	resting(): readonly string[];
}

/** @param rests `false`: whatever failed before, every target may be asked at any time. */
export function createTargetHealth(now: () => number, rests = true): TargetHealth {
	// Only what is not well is kept: callers name models, so there is no end of labels.
	const healths = createRecentMap<Health>();
	const latencies = { whole: createRecentMap<Latency>(), streamed: createRecentMap<Latency>() };

	const latenciesOf = (isStreamed: boolean) => (isStreamed ? latencies.streamed : latencies.whole);
	const healthOf = (label: string) => healths.get(label) ?? wellHealth;
	function change(label: string, next: Health): void {
		if (isForgettable(next, now())) healths.delete(label);
		else healths.set(label, next);
	}

	return {
		condition(target, isStreamed) {
			const time = now();
			const own = healthOf(target.label);
			const shared = healthOf(sharedLabel(target));
			const latencyMs = decayedLatency(latenciesOf(isStreamed).get(target.label), time);
			const worst = rests ? later(restOf(own, time), restOf(shared, time)) : undefined;
			return { ...worst, score: Math.min(own.score, shared.score), latencyMs };
		},
		admit(target) {
			if (!rests) return true;
			const time = now();
			const labels = labelsOf(target);
			const states = labels.map((label) => readiness(healthOf(label), time).state);
			if (states.includes("resting")) return false;
			labels.forEach((label, index) => {
				if (states[index] === "probe") change(label, { ...healthOf(label), probingSince: time });
			});
			return true;
		},
		succeeded(target, startedAt, isStreamed) {
			const time = now();
			for (const label of labelsOf(target)) {
				const known = healths.get(label);
				if (known !== undefined) change(label, afterSuccess(known, startedAt, time));
			}
			const known = latenciesOf(isStreamed);
			known.set(target.label, addLatency(known.get(target.label), time - startedAt, time));
		},
		failed(target, failure, startedAt) {
			const time = now();
			const scope = scopeOfFailure(failure);
			const [own, shared] = labelsOf(target);
			const [hurt, other] = scope === "credential" ? [shared, own] : [own, shared];
			change(hurt, scope === undefined ? withoutProbe(healthOf(hurt)) : afterFailure(healthOf(hurt), failure, startedAt, time));
			change(other, withoutProbe(healthOf(other)));
		},
		released(target) {
			for (const label of labelsOf(target)) change(label, withoutProbe(healthOf(label)));
		},
		resting() {
			const time = now();
			return [...healths.entries()].flatMap(([label, health]) => (readiness(health, time).state === "resting" ? [label] : []));
		},
	};
}

type Rest = Pick<TargetCondition, "readyAt" | "restsBecauseOf">;

function restOf(health: Health, time: number): Rest | undefined {
	const state = readiness(health, time);
	if (state.state !== "resting") return undefined;
	return { readyAt: state.readyAt, ...(health.cooldown === undefined ? {} : { restsBecauseOf: health.cooldown.reason }) };
}

function later(one: Rest | undefined, other: Rest | undefined): Rest | undefined {
	return (other?.readyAt ?? 0) > (one?.readyAt ?? 0) ? other : one;
}

/** What the target and its credential are known by. */
function labelsOf(target: Target): readonly [own: string, shared: string] {
	return [target.label, sharedLabel(target)];
}

function sharedLabel(target: Target): string {
	return target.provider.hasModelsApart === true ? `${target.label} credential` : credentialLabel(target);
}

/** A map that forgets what was not written for the longest time. */
function createRecentMap<Value>(limit = 10_000): Pick<Map<string, Value>, "get" | "set" | "delete" | "entries"> {
	const map = new Map<string, Value>();
	return {
		get: (key) => map.get(key),
		entries: () => map.entries(),
		delete: (key) => map.delete(key),
		set(key, value) {
			map.delete(key);
			if (map.size >= limit) for (const oldest of map.keys()) return map.delete(oldest), map.set(key, value);
			return map.set(key, value);
		},
	};
}
