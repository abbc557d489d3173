import { type GatewayError, gatewayError } from "../contract/errors.ts";
import type { Failure } from "../contract/failure.ts";
import type { UsageRecord } from "../contract/session.ts";
import type { Usage } from "../contract/stream-event.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { findTargetFacts } from "../rules/models/target-facts.ts";
import { decideStep } from "../rules/routing/step.ts";
import type { Target } from "../rules/routing/target.ts";
import { forbiddenToolCall, type NamedToolUse } from "../rules/tools/guard.ts";
import { isUnrestricted } from "../rules/tools/policy.ts";
import type { MicroCost } from "../rules/usage/cost.ts";
import type { Metered } from "../rules/usage/totals.ts";
import { type Attempt, createAttempt } from "./attempt.ts";
import { createAttemptNotes } from "./attempt-trace.ts";
import type { ExchangeContext, RunRequest } from "./exchange.ts";
import { createExchangeLessons } from "./learning/exchange-lessons.ts";
import { settledRecord } from "./settlement.ts";
import type { AttemptTelemetry } from "./telemetry.ts";
import { toldAttempt } from "./told-attempt.ts";
import { tellExchange } from "./told-exchange.ts";
import { hangUp, timeout } from "./upstream-call.ts";

type Settlement = Pick<UsageRecord, "status" | "usage" | "isEstimated" | "errorCode"> & { readonly outcome: "ok" | "failed" | "cancelled" };

/** The mutable middle of one exchange: which attempt runs, how many there were, whether it is settled. */
export interface Run {
	/** Tries targets until one gives an answer or nothing is left to try. */
	firstAnswer<Value>(perform: (attempt: Attempt) => Promise<Decoded<Value, Failure>>): Promise<Decoded<Value, Failure>>;
	/** One more attempt with the target that answered. */
	again<Value>(perform: (attempt: Attempt) => Promise<Decoded<Value, Failure>>): Promise<Decoded<Value, Failure>>;
	target(): Target;
	elapsedMs(): number;
	/** Known once it is settled, if its price is. */
	cost(): MicroCost | undefined;
	/** The first content is there. @param metered what was used so far, for a stream that is stopped and that nobody reads any more. */
	committed(metered: () => Metered): void;
	/** The error where the model uses a tool that is not allowed: models can call what nobody offered. */
	forbidden(events: readonly NamedToolUse[]): GatewayError | undefined;
	settle(settlement: Settlement): Promise<void>;
	settleError(error: GatewayError, metered: Metered): Promise<void>;
	settleHangUp(metered: Metered): Promise<void>;
	refuse(error: GatewayError, usage: Usage): Promise<{ readonly ok: false; readonly problem: GatewayError }>;
	/** The answer broke off after its first content. */
	brokenOff(failure: Failure): void;
	observeBug(error: unknown): void;
	/** Ends the upstream call where it still runs, and gives back what the exchange held. Safe to call twice. */
	end(): void;
}

export function createRun(request: RunRequest, { runtime, store, clocks, retry, retries, models, health, learner, exchanges, telemetry }: ExchangeContext): Run {
	const startedAt = runtime.now();
	const deadlineAt = startedAt + clocks.totalMs;
	const isLookedInto = request.review !== undefined || request.keep !== undefined || !isUnrestricted(request.tools);
	const pass = isLookedInto ? undefined : request.pass;
	let attempt: Attempt | undefined;
	let attempts = 0;
	let target: Target = request.plan.targets[0];
	let others: readonly Target[] = [];
	let attemptStartedAt = startedAt;
	let isEntered = false;
	let stopped: Failure | undefined;
	let wake: (() => void) | undefined;
	let firstEventMs: number | undefined;
	let isSettled = false;
	let isAnswered = false;
	let isOver = false;
	let cancelAbandon: (() => void) | undefined;
	let readMeter: (() => Metered) | undefined;
	let cost: MicroCost | undefined;
	const elapsedMs = () => runtime.now() - startedAt;
	const notes = createAttemptNotes(elapsedMs);
	const lessons = createExchangeLessons(request.plan, request.principal.projectId, learner, runtime.now);
	const told = tellExchange(telemetry, request, { startedAt, route: request.plan.route, target });
	let toldOfAttempt: AttemptTelemetry | undefined;

	function stop(reason: Failure): void {
		stopped ??= reason;
		attempt?.abort(reason);
		wake?.();
		// A stream ends at its next read. Where nobody reads, it has to be settled from here, or its slot would never come back.
		cancelAbandon ??= runtime.schedule(abandonMs, () => {
			run.end();
			run.settleHangUp(readMeter?.() ?? { usage: {} }).catch(run.observeBug);
		});
	}
	const onHangUp = () => stop(hangUp);
	if (request.signal.aborted) stop(hangUp);
	else request.signal.addEventListener("abort", onHangUp, { once: true });
	const leave = exchanges.add(stop);
	const cancelDeadline = runtime.schedule(clocks.totalMs, () => stop(timeout("total")));

	const contextWindow = (other: Target) => findTargetFacts(models, other)?.contextWindow;

	async function once<Value>(perform: (attempt: Attempt) => Promise<Decoded<Value, Failure>>): Promise<Decoded<Value, Failure>> {
		if (stopped !== undefined) {
			health.released(target);
			return { ok: false, problem: stopped };
		}
		attempts++;
		attemptStartedAt = runtime.now();
		toldOfAttempt = told?.attempt({ target, number: attempts, startedAt: attemptStartedAt });
		const created = createAttempt({ target, pass, toolPolicy: request.tools, telemetry: toldOfAttempt }, clocks, runtime);
		attempt = toldOfAttempt === undefined ? created : toldAttempt(created, toldOfAttempt, runtime.now);
		notes.began(target);
		const result = await perform(attempt);
		if (result.ok) {
			health.succeeded(target, attemptStartedAt, request.isStreamed);
			lessons?.answered(target, runtime.now() - attemptStartedAt);
		} else failed(result.problem);
		return result;
	}

	function failed(failure: Failure): void {
		health.failed(target, failure, attemptStartedAt);
		notes.failed(failure);
		lessons?.failed(target, failure);
		toldOfAttempt?.failed(failure, runtime.now());
	}

	/** Goes to the first of these targets that may be asked now; others may have found out since the plan was made that some may not. */
	function enter(targets: readonly Target[]): Target | undefined {
		const at = targets.findIndex((candidate) => health.admit(candidate));
		const found = targets[at];
		if (found === undefined) return undefined;
		target = found;
		others = targets.slice(at + 1);
		return found;
	}

	function sleep(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const cancel = runtime.schedule(ms, resolve);
			wake = () => {
				cancel();
				resolve();
			};
		});
	}

	async function settle(settlement: Settlement): Promise<void> {
		if (isSettled) return;
		isSettled = true;
		isAnswered = settlement.outcome === "ok";
		const record = settledRecord(request, { startedAt, durationMs: elapsedMs(), target, attempts, firstEventMs, trace: notes.list(), ...settlement }, models);
		cost = record.costMicroUsd;
		lessons?.ended(record);
		// One that is cut off in its middle has not ended yet.
		toldOfAttempt?.failed(stopped ?? hangUp, runtime.now());
		told?.ended(record);
		const recorded = store.recordUsage(record);
		await (request.lease === undefined ? recorded : Promise.all([recorded, request.lease.settle({ ...settlement, attempts, target })]));
	}

	const run: Run = {
		async firstAnswer(perform) {
			if (!isEntered) {
				const first = enter(request.plan.targets);
				if (first === undefined) return { ok: false, problem: allRest };
				isEntered = true;
				retries.earn(target.providerName);
			}
			let endRetry: (() => void) | undefined;
			for (let onTarget = 1; ; onTarget++) {
				const result = await once(perform);
				endRetry?.();
				endRetry = undefined;
				if (result.ok) return result;
				const mayRetry = retries.mayRetry(target.providerName);
				const state = { target, others, attemptsOnTarget: onTarget, attempts, remainingMs: deadlineAt - runtime.now(), mayRetry, contextWindow };
				const step = decideStep(result.problem, state, retry, runtime.random());
				const next = step.next === "fallback" && enter(step.targets) === undefined ? "give-up" : step.next;
				runtime.observe({
					type: "attempt-failed",
					requestId: request.requestId,
					target: state.target.label,
					attempt: attempts,
					failure: result.problem.kind,
					message: result.problem.message,
					next,
				});
				if (next === "give-up") return result;
				if (step.next === "retry") {
					endRetry = retries.begin(target.providerName);
					await sleep(step.delayMs);
				} else onTarget = 0;
			}
		},
		again: once,
		target: () => target,
		elapsedMs,
		cost: () => cost,
		committed(metered) {
			readMeter = metered;
			firstEventMs ??= elapsedMs();
		},
		forbidden(events) {
			const name = forbiddenToolCall(events, request.tools);
			if (name === undefined) return undefined;
			return gatewayError("TOOL_NOT_ALLOWED", { message: `The model called the tool ${name}, which is not allowed here` });
		},
		settle,
		settleError: (error, metered) =>
			error.code === "CANCELLED" ? run.settleHangUp(metered) : settle({ outcome: "failed", status: error.status, errorCode: error.code, ...metered }),
		settleHangUp: (metered) => settle({ outcome: "cancelled", status: 499, errorCode: "CANCELLED", ...metered }),
		async refuse(error, usage) {
			await run.settleError(error, { usage });
			return { ok: false, problem: request.isExplained === true ? { ...error, decision: request.plan.decision } : error };
		},
		brokenOff: failed,
		observeBug: (error) => runtime.observe({ type: "internal-error", requestId: request.requestId, error }),
		end() {
			if (isOver) return;
			isOver = true;
			request.signal.removeEventListener("abort", onHangUp);
			leave();
			cancelDeadline();
			cancelAbandon?.();
			if (!isAnswered) attempt?.abort(hangUp);
			request.lease?.letGo();
			request.onEnd?.();
			if (told === undefined || isSettled) return;
			// What a hang-up ends is settled in this very turn. What is not by then never will be: a bug has thrown.
			queueMicrotask(() => {
				if (isSettled) return;
				toldOfAttempt?.failed(hangUp, runtime.now());
				told.lost(runtime.now());
			});
		},
	};
	return run;
}

/** How long a stopped stream may take to be read to its end. */
const abandonMs = 1000;

/** Between the plan and the first attempt the last target that was ready has begun to rest. */
const allRest: Failure = { kind: "overloaded", blame: "upstream", message: "Every target rests after failures", retryAfterMs: 1000 };
