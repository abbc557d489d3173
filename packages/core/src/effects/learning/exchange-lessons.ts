import type { Failure } from "../../contract/failure.ts";
import type { UsageRecord } from "../../contract/session.ts";
import { scopeOfFailure } from "../../rules/routing/health.ts";
import type { Plan } from "../../rules/routing/order.ts";
import type { Target } from "../../rules/routing/target.ts";
import type { LearningScope } from "../store/learning-store.ts";
import type { Learner } from "./learner.ts";

/** What is learnt from one exchange of a route that learns. */
export interface ExchangeLessons {
	/** An attempt came to nothing, or broke off. Learnt at once. */
	failed(target: Target, failure: Failure): void;
	/** @param latencyMs of the attempt: to the first content of a stream, to the whole answer otherwise. */
	answered(target: Target, latencyMs: number): void;
	/** Learnt now, since only now it is known what the answer cost. */
	ended(record: Pick<UsageRecord, "outcome" | "errorCode" | "usage" | "costMicroUsd">): void;
}

/** `undefined` where the plan was not made by what was learnt. */
export function createExchangeLessons(
	{ lesson, route }: Pick<Plan, "lesson" | "route">,
	projectId: string | undefined,
	learner: Pick<Learner, "learn">,
	now: () => number,
): ExchangeLessons | undefined {
	if (lesson === undefined || route === undefined) return undefined;
	const { context, expected, explored } = lesson;
	const scope: LearningScope = { projectId, route };
	let answer: { readonly label: string; readonly latencyMs: number } | undefined;
	let isExplored = false;

	function learn(label: string, outcome: { readonly ok: boolean; readonly latencyMs?: number; readonly costMicroUsd?: number | undefined; readonly tokensOut?: number | undefined }): void {
		// One choice is one exploration, however often it is tried.
		const exploratory = label === explored && !isExplored;
		isExplored ||= exploratory;
		learner.learn(scope, { kind: "choice", target: label, context, expected: expected.get(label) ?? {}, exploratory, ...outcome }, now());
	}

	return {
		failed(target, failure) {
			const label = target.label;
			// Who hangs up in the midst of an answer takes nothing from how soon it came.
			if (answer?.label === label && failure.kind !== "cancelled") answer = undefined;
			if (scopeOfFailure(failure) !== undefined) learn(label, { ok: false });
		},
		answered(target, latencyMs) {
			const label = target.label;
			// A repair is the same answer once more.
			if (answer?.label !== label) answer = { label, latencyMs };
		},
		ended({ outcome, errorCode, usage, costMicroUsd }) {
			if (answer === undefined || errorCode === "INTERNAL_ERROR") return;
			const { label, latencyMs } = answer;
			if (outcome === "ok") learn(label, { ok: true, latencyMs, costMicroUsd, tokensOut: usage.outputTokens });
			// Whoever hung up had an answer, and nobody knows what all of it would have cost.
			else if (outcome === "cancelled") learn(label, { ok: true, latencyMs });
			// The answer was no use: not the object that was asked for, or a tool that is not allowed.
			else learn(label, { ok: false });
		},
	};
}
