import { anonymous } from "../../rules/cache/entry.ts";
import { isCutForCaller } from "../../rules/cache/worth-keeping.ts";
import type { EffectiveTools } from "../../rules/tools/policy.ts";
import type { Conversation } from "../conversation.ts";
import type { CacheStatus, Outcome, WholeResult } from "../exchange.ts";
import type { Services } from "../services.ts";
import { untilAborted } from "../until-aborted.ts";
import type { CachedCall } from "./cached-call.ts";
import type { CachedRecord } from "./cached-record.ts";
import { type CarryOut, fly, hungUp, type Landing } from "./flight.ts";
import type { Flight } from "./flights.ts";
import { type FoundAnswer, hitStatus, keepAnswer } from "./kept.ts";
import { type AnswerKind, leaderLanding, serve } from "./serve.ts";
import { isLast, type SharedStream, type StreamLanding } from "./shared-stream.ts";

export type WholeLanding = Landing<WholeResult>;

export function converseWholeCached(conversation: Conversation, tools: EffectiveTools, carryOut: CarryOut<WholeResult>, services: Services): Outcome<WholeResult> {
	return serve(wholeAnswers, conversation, tools, carryOut, services);
}

const wholeAnswers: AnswerKind<WholeResult> = {
	isStreamed: false,
	repeat,
	join(call, record, services) {
		const { cache, key } = call;
		const whole = cache.wholes.find(key);
		if (whole !== undefined) return follow(whole, call, record, services);
		// An answer that is streamed to others is there no later than one of its own would be.
		const stream = cache.streams.find(key);
		return stream === undefined ? undefined : followStream(stream, call, record, services);
	},
	lead,
};

async function lead(call: CachedCall, carryOut: CarryOut<WholeResult>, record: CachedRecord, services: Services): Outcome<WholeResult> {
	const { cache, key, conversation, rule } = call;
	const flight = cache.wholes.open(key, async (signal, close) => {
		const landing = await fly(call, signal, { carryOut, arrive }, services);
		close();
		return landing;
	});
	async function arrive(result: WholeResult, direction: Float32Array | undefined): Promise<WholeResult> {
		await keepAnswer(call, result, direction, services);
		return result;
	}
	const leave = flight.board();
	const landing = await leaderLanding(flight, leave, call, record);
	if (landing === undefined) return hungUp;
	leave();
	if (landing.type === "failed") return { ok: false, problem: landing.problem };
	if (landing.type === "found") return repeat(call, landing.found, record, services);
	const { result } = landing;
	await conversation.keep?.(result.answer, result.target);
	return { ok: true, value: { ...result, cache: { state: rule.mode === "refresh" ? "refresh" : "miss" } } };
}

/** @returns `undefined` where the flight came to nothing for this one. */
async function follow(flight: Flight<WholeLanding>, call: CachedCall, record: CachedRecord, services: Services): Promise<Awaited<Outcome<WholeResult>> | undefined> {
	const leave = flight.board();
	const landing = await untilAborted(flight.landing, call.conversation.signal);
	leave();
	if (landing === undefined) {
		await record.hungUp();
		return hungUp;
	}
	if (landing.type === "failed") return undefined;
	if (landing.type === "found") return repeat(call, landing.found, record, services);
	return isCutForCaller(landing.result.warnings) ? undefined : share(call, { ...landing.result, requestId: landing.requestId }, record, services);
}

async function followStream(flight: Flight<StreamLanding>, call: CachedCall, record: CachedRecord, services: Services): Promise<Awaited<Outcome<WholeResult>> | undefined> {
	const { signal } = call.conversation;
	const leave = flight.board();
	try {
		const landing = await untilAborted(flight.landing, signal);
		if (landing?.type === "failed") return undefined;
		if (landing?.type === "found") return await repeat(call, landing.found, record, services);
		const end = landing === undefined ? undefined : await readToEnd(landing.result, signal);
		if (landing === undefined || end === undefined) {
			await record.hungUp();
			return hungUp;
		}
		const { result, requestId } = landing;
		if (end !== "finish" || isCutForCaller(result.warnings)) return undefined;
		return await share(call, { answer: result.answer(), target: result.target, warnings: result.warnings, requestId }, record, services);
	} finally {
		leave();
	}
}

/** @returns the type of its last event; `undefined` where the signal aborted first. */
async function readToEnd(stream: SharedStream, signal: AbortSignal): Promise<string | undefined> {
	for (let node = stream.head; ; ) {
		const next = await untilAborted(stream.after(node), signal);
		if (next === undefined || isLast(next.batch)) return next?.batch.at(-1)?.type;
		node = next;
	}
}

function repeat(call: CachedCall, found: FoundAnswer, record: CachedRecord, services: Services): Outcome<WholeResult> {
	return deliver(call, found, found.score === undefined ? "exact" : "semantic", hitStatus(found, services), record, services);
}

function share(call: CachedCall, shared: Delivered, record: CachedRecord, services: Services): Outcome<WholeResult> {
	return deliver(call, { ...shared, answer: anonymous(shared.answer) }, "exact", { state: "hit", ageMs: 0 }, record, services);
}

type Delivered = Pick<FoundAnswer, "answer" | "target" | "warnings" | "requestId">;

async function deliver(
	{ conversation, startedAt }: CachedCall,
	{ answer, target, warnings, requestId }: Delivered,
	cached: "exact" | "semantic",
	cache: CacheStatus,
	record: CachedRecord,
	{ runtime }: Services,
): Outcome<WholeResult> {
	await conversation.keep?.(answer, target);
	await record.answered({ usage: answer.finish.usage, target, cached, answeredFrom: requestId });
	return { ok: true, value: { answer, target, warnings, durationMs: runtime.now() - startedAt, costMicroUsd: 0, cache } };
}
