import type { UtilityWeights } from "../../contract/route.ts";
import type { DecisionReason, RoutingDecision, TargetScore } from "../../contract/session.ts";
import { hash32 } from "./hash.ts";
import { chooseOrder, type Context, type Expectation, type LearnState, type Reason } from "./learn/index.ts";
import type { Target } from "./target.ts";

/** What a route that learns goes by. */
export interface LearnedConditions {
	readonly state: LearnState;
	/** Which kind of request it is. */
	readonly context: Context;
	/** Of this request at a target. */
	expected(target: Target): Expectation;
	/** What an operator says of the quality of its model's answers, 0 to 1. */
	score(target: Target): number | undefined;
	/** What is lost, in utility, where a session leaves this target. */
	switchingCost(target: Target): number;
}

/** What is needed to learn from a choice once its outcome is known. */
export interface Lesson {
	readonly context: Context;
	/** By the targets' labels. */
	readonly expected: ReadonlyMap<string, Expectation>;
	/** The label of the target that comes first to learn more of it. */
	readonly explored?: string;
}

export interface LearnedChoice {
	readonly ready: readonly [Target, ...Target[]];
	/** Whether it can read the encrypted reasoning that the prompt carries: it comes first, whatever is known of the others. */
	boundBy(target: Target): boolean;
	/** Empty where the route's sessions stay nowhere. */
	readonly session: { readonly last?: string | undefined; readonly key?: string | undefined };
	readonly weights: UtilityWeights | undefined;
	readonly learned: LearnedConditions;
	random(): number;
	readonly now: number;
}

/** The targets in the order that the learner gives them, and what it went by. */
export function orderLearned({ ready, boundBy, session, weights, learned, random, now }: LearnedChoice) {
	const [first, ...rest] = ready;
	const learnTarget = (target: Target) => ({ label: target.label, expected: learned.expected(target), score: learned.score(target) });
	const targets = [learnTarget(first), ...rest.map(learnTarget)] as const;
	const last = ready.find(({ label }) => label === session.last);
	const { order, explanation } = chooseOrder({
		state: learned.state,
		context: learned.context,
		targets,
		now,
		// What belongs together is drawn alike, so that it stays together for as long as beliefs do.
		random: session.key === undefined ? random : drawsOf(session.key),
		weights,
		session: last === undefined ? undefined : { last: last.label, switchingCost: learned.switchingCost(last) },
	});
	const chosen = order.flatMap((label) => ready.filter((each) => each.label === label));
	const bound = chosen.filter(boundBy);
	const [head = first, ...tail] = [...bound, ...chosen.filter((each) => !bound.includes(each))];
	const reason = bound.length > 0 ? "reasoning" : reasons[explanation.reason];
	const decision: Omit<RoutingDecision, "strategy" | "resting"> = { reason, context: learned.context, scores: explanation.scores.map(rounded) };
	const lesson: Lesson = {
		context: learned.context,
		expected: new Map(targets.map(({ label, expected }) => [label, expected])),
		...(reason === "explore" ? { explored: head.label } : {}),
	};
	return { targets: [head, ...tail] as const, decision, lesson };
}

const reasons: Readonly<Record<Reason, DecisionReason>> = { explicit: "only", sticky: "session", exploit: "exploit", explore: "explore", override: "override" };

/** They stand in every record. */
function rounded({ target, mean, sampled, n }: TargetScore): TargetScore {
	return { target, mean: roundTo(mean, 1e4), sampled: roundTo(sampled, 1e4), n: roundTo(n, 10) };
}

function roundTo(value: number, parts: number): number {
	return Math.round(value * parts) / parts;
}

/** A generator (mulberry32) that depends on nothing but the text. */
function drawsOf(key: string): () => number {
	let state = hash32(key);
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
