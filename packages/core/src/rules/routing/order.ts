import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { FailureKind } from "../../contract/failure.ts";
import type { DecisionReason, RoutingDecision } from "../../contract/session.ts";
import type { Decoded } from "../dialects/dialect.ts";
import { hashFraction } from "./hash.ts";
import { type Lesson, type LearnedConditions, orderLearned } from "./learned-order.ts";
import type { Candidate, Candidates } from "./plan.ts";
import { type Binding, bindingOf } from "./reasoning-binding.ts";
import type { Target } from "./target.ts";

/** The targets of one exchange, in the order in which they are tried. */
export interface Plan {
	readonly requested: string;
	readonly route?: string;
	readonly targets: readonly [Target, ...Target[]];
	readonly decision: RoutingDecision;
	/** Of a route that learns. */
	readonly lesson?: Lesson;
}

/** What is known at the moment of the decision. */
export interface Conditions {
	condition(target: Target): TargetCondition;
	/** What the request will cost there, in whatever unit; `undefined` where the price is not known. */
	cost(target: Target): number | undefined;
	/** In [0, 1), another one each time. */
	random(): number;
	readonly affinity: Affinity;
	/** Milliseconds since 1970. */
	readonly now: number;
	/** Of a route that learns: without them its targets stand as they were written. */
	readonly learned?: LearnedConditions | undefined;
}

export interface TargetCondition {
	/** When it may be asked again, where it rests. */
	readonly readyAt?: number;
	readonly restsBecauseOf?: FailureKind;
	/** 1 to 100. */
	readonly score: number;
	/** Decayed; 0 where nothing was measured. */
	readonly latencyMs: number;
}

/** What ties a request to a target. */
export interface Affinity {
	/** What made the encrypted reasoning that the prompt carries, and alone can read it: tried first, whatever the strategy. */
	readonly boundTo?: Binding | undefined;
	/** The label of the target of the session's last turn. */
	readonly last?: string | undefined;
	/** Stands for the session where no turn is known: equal keys choose alike, on every instance. */
	readonly key?: string | undefined;
}

/**
 * Puts the candidates in the order of the route's strategy. Targets that rest are left out; where all do, the caller is told when
 * the first of them is ready (503 with the true Retry-After).
 */
export function orderTargets(candidates: Candidates, conditions: Conditions): Decoded<Plan, GatewayError> {
	const { requested, route, strategy } = candidates;
	const rated = candidates.targets.map((target) => rate(target, candidates, conditions));
	const [first, ...rest] = rated.filter(({ condition }) => condition.readyAt === undefined);
	if (first === undefined) return { ok: false, problem: restingError(requested, rated, conditions.now) };
	const { targets, decision, lesson } = inOrder([first, ...rest], candidates, conditions);
	const resting = rated.flatMap(({ condition, target }) => (condition.readyAt === undefined ? [] : [target.label]));
	return {
		ok: true,
		value: {
			requested,
			...(route === undefined ? {} : { route }),
			targets,
			decision: { strategy, ...decision, ...(resting.length === 0 ? {} : { resting }) },
			...(lesson === undefined ? {} : { lesson }),
		},
	};
}

type Ordered = Pick<Plan, "targets" | "lesson"> & { readonly decision: Omit<RoutingDecision, "strategy" | "resting"> };

function inOrder(ready: readonly [Rated, ...Rated[]], { strategy, isSticky, weights }: Candidates, { affinity, learned, random, now }: Conditions): Ordered {
	const tie = (target: Target) => tieOf(target, isSticky, affinity);
	if (strategy !== "learned" || learned === undefined) {
		const [first, ...rest] = ready.toSorted((one, other) => tie(other.target) - tie(one.target) || comparisons[strategy](one, other) || one.draw - other.draw);
		if (first === undefined) throw new Error("Sorting loses nothing");
		return { targets: [first.target, ...rest.map(({ target }) => target)], decision: { reason: reasonFor(tie(first.target), rest.length) } };
	}
	const [first, ...rest] = ready;
	const targets = [first.target, ...rest.map(({ target }) => target)] as const;
	const session = isSticky ? affinity : {};
	return orderLearned({ ready: targets, boundBy: (target) => tie(target) > 1, session, weights, learned, random, now });
}

function reasonFor(tie: number, others: number): DecisionReason {
	if (tie > 1) return "reasoning";
	if (tie > 0) return "session";
	return others === 0 ? "only" : "strategy";
}

/** How strongly a request is tied to a target: 0 is not at all. */
function tieOf(target: Target, isSticky: boolean, { boundTo, last }: Affinity): number {
	if (boundTo !== undefined) {
		const { credential, model } = bindingOf(target);
		if (credential === boundTo.credential) return model === boundTo.model ? 3 : 2;
	}
	return isSticky && last === target.label ? 1 : 0;
}

interface Rated {
	readonly target: Candidate;
	readonly condition: TargetCondition;
	/** Smaller is sooner: an exponential variable with weight and health as its rate, so that the smallest of all is drawn by these. */
	readonly draw: number;
	readonly cost: number;
}

function rate(target: Candidate, { strategy, isSticky }: Candidates, { condition, cost, random, affinity }: Conditions): Rated {
	const state = condition(target);
	// A session's draw must not change with every failure.
	const draw =
		isSticky && affinity.key !== undefined
			? -Math.log(1 - hashFraction(`${affinity.key} ${target.label}`)) / target.weight
			: -Math.log(1 - random()) / (target.weight * state.score);
	const expected = strategy === "cheapest" ? cost(target) : undefined;
	return { target, condition: state, draw, cost: expected ?? Number.POSITIVE_INFINITY };
}

const comparisons = {
	priority: (one: Rated, other: Rated) => one.target.place - other.target.place,
	weighted: (one: Rated, other: Rated) => one.draw - other.draw,
	// Targets of unknown price come last, in the order in which they were written.
	cheapest: (one: Rated, other: Rated) => (one.cost === other.cost ? one.target.place - other.target.place : one.cost - other.cost),
	// What was never measured comes first, or it never would be. Failures count as slowness.
	fastest: (one: Rated, other: Rated) => slowness(one) - slowness(other) || one.target.place - other.target.place,
	learned: (one: Rated, other: Rated) => one.target.place - other.target.place,
} as const;

function slowness({ condition: { latencyMs, score } }: Rated): number {
	return latencyMs * (100 / score);
}

function restingError(requested: string, rated: readonly Rated[], now: number): GatewayError {
	const [soonest] = rated.toSorted((one, other) => (one.condition.readyAt ?? 0) - (other.condition.readyAt ?? 0));
	const retryAfterMs = Math.max(0, (soonest?.condition.readyAt ?? now) - now);
	const seconds = Math.ceil(retryAfterMs / 1000);
	const reason = soonest?.condition.restsBecauseOf;
	const name = JSON.stringify(requested.length > 80 ? `${requested.slice(0, 80)}...` : requested);
	return gatewayError("PROVIDER_OVERLOADED", {
		message: `Every target of ${name} rests after failures${reason === undefined ? "" : ` (${reason})`}. Try again in ${seconds} s`,
		retryAfterMs,
	});
}
