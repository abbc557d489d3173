import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Answer, Usage } from "../../contract/stream-event.ts";
import { anonymous } from "../../rules/cache/entry.ts";
import { isCutForCaller } from "../../rules/cache/worth-keeping.ts";
import { unfoldAnswer } from "../../rules/sessions/unfold.ts";
import type { EffectiveTools } from "../../rules/tools/policy.ts";
import type { Conversation } from "../conversation.ts";
import type { Outcome, StreamResult } from "../exchange.ts";
import type { Services } from "../services.ts";
import { untilAborted } from "../until-aborted.ts";
import type { CachedCall } from "./cached-call.ts";
import type { CachedRecord } from "./cached-record.ts";
import { type CarryOut, fly, hungUp } from "./flight.ts";
import type { Flight } from "./flights.ts";
import { type FoundAnswer, hitStatus, keepAnswer, observing } from "./kept.ts";
import { type AnswerKind, leaderLanding, serve } from "./serve.ts";
import { type Batch, isLast, type LogNode, type SharedStream, shareStream, type StreamLanding } from "./shared-stream.ts";

export function converseStreamCached(conversation: Conversation, tools: EffectiveTools, carryOut: CarryOut<StreamResult>, services: Services): Outcome<StreamResult> {
	return serve(streamedAnswers, conversation, tools, carryOut, services);
}

const streamedAnswers: AnswerKind<StreamResult> = {
	isStreamed: true,
	repeat: async (...kept) => ({ ok: true, value: repeat(...kept) }),
	join(call, record, services) {
		// Not the call for a whole answer: of that one nothing would be seen before its end.
		const flight = call.cache.streams.find(call.key);
		return flight === undefined ? undefined : follow(flight, call, record, services);
	},
	lead,
};

async function lead(call: CachedCall, carryOut: CarryOut<StreamResult>, record: CachedRecord, services: Services): Outcome<StreamResult> {
	const { cache, key, conversation, rule } = call;
	const flight = cache.streams.open(key, async (signal, close) => {
		async function arrive(result: StreamResult, direction: Float32Array | undefined): Promise<SharedStream> {
			const { target, warnings } = result;
			const shared = shareStream(result, async (isComplete) => {
				if (isComplete) await keepAnswer(call, { answer: result.answer(), target, warnings }, direction, services);
				close();
			});
			if (signal.aborted) shared.letGo();
			else signal.addEventListener("abort", shared.letGo, { once: true });
			return shared;
		}
		const landing = await fly(call, signal, { carryOut, arrive }, services);
		if (landing.type !== "answered") close();
		return landing;
	});
	const leave = flight.board();
	const landing = await leaderLanding(flight, leave, call, record);
	if (landing === undefined) return hungUp;
	if (landing.type !== "answered") {
		leave();
		return landing.type === "failed" ? { ok: false, problem: landing.problem } : { ok: true, value: repeat(call, landing.found, record, services) };
	}
	const { head: _, after: __, letGo: ___, ...result } = landing.result;
	const batches = readShared(landing.result, { call, leave, finished: async () => conversation.keep?.(result.answer(), result.target) }, services);
	return { ok: true, value: { ...result, batches, cache: { state: rule.mode === "refresh" ? "refresh" : "miss" } } };
}

/** @returns `undefined` where the flight came to nothing for this one. */
async function follow(flight: Flight<StreamLanding>, call: CachedCall, record: CachedRecord, services: Services): Promise<Awaited<Outcome<StreamResult>> | undefined> {
	const { conversation, startedAt } = call;
	const leave = flight.board();
	const landing = await untilAborted(flight.landing, conversation.signal);
	if (landing === undefined) {
		leave();
		await record.hungUp();
		return hungUp;
	}
	if (landing.type === "answered" && !isCutForCaller(landing.result.warnings)) {
		const { target, warnings, answer } = landing.result;
		const given = { target, cached: "exact", answeredFrom: landing.requestId, firstEventMs: services.runtime.now() - startedAt } as const;
		const reader: Reader = {
			call,
			leave,
			shown: (batch) => batch.map((event) => (event.type === "response-metadata" ? anonymous(event) : event)),
			async finished(usage) {
				await conversation.keep?.(anonymous(answer()), target);
				await record.answered({ usage, ...given });
			},
			failed: record.failed,
			hungUp: record.hungUp,
		};
		const batches = readShared(landing.result, reader, services);
		return { ok: true, value: { target, warnings, batches, answer: () => anonymous(answer()), cost: () => 0, cache: { state: "hit", ageMs: 0 } } };
	}
	leave();
	return landing.type === "found" ? { ok: true, value: repeat(call, landing.found, record, services) } : undefined;
}

/** One of those who read a shared stream. */
interface Reader {
	readonly call: CachedCall;
	readonly leave: () => boolean;
	/** Each batch as this one is to see it. */
	readonly shown?: (batch: Batch) => Batch;
	/** Before it sees the end. */
	finished(usage: Usage): Promise<void>;
	failed?(error: GatewayError): Promise<void>;
	/** Never rejects; called after the end too. */
	hungUp?(): Promise<void>;
}

function readShared(stream: SharedStream, { call, leave, shown = (batch) => batch, finished, failed, hungUp }: Reader, services: Services): StreamResult["batches"] {
	const { signal } = call.conversation;
	let wake: (() => void) | undefined;
	// Nobody may be reading at that moment.
	const onAbort = () => {
		leave();
		wake?.();
		void hungUp?.();
	};
	if (signal.aborted) onAbort();
	else signal.addEventListener("abort", onAbort, { once: true });

	/** `untilAborted` with one listener for all batches: it stands in the path of every one. */
	function after(node: LogNode): Promise<LogNode | undefined> {
		return new Promise((resolve, reject) => {
			wake = () => resolve(undefined);
			if (signal.aborted) wake();
			else stream.after(node).then(resolve, reject);
		});
	}

	async function* read(): StreamResult["batches"] {
		try {
			for (let node = stream.head; ; ) {
				const next = await after(node);
				if (next === undefined) {
					yield [{ type: "error", error: gatewayError("CANCELLED") }];
					return;
				}
				const last = next.batch.at(-1);
				if (last?.type === "finish") await finished(last.usage);
				else if (last?.type === "error") await failed?.(last.error);
				yield shown(next.batch);
				if (isLast(next.batch)) return;
				node = next;
			}
		} catch (error) {
			observing(call, services)(error);
			yield [{ type: "error", error: gatewayError("INTERNAL_ERROR") }];
		} finally {
			signal.removeEventListener("abort", onAbort);
			leave();
			await hungUp?.();
		}
	}
	return read();
}

/** A kept answer as a stream of two batches: all it says, and its end once that is written down. */
function repeat(call: CachedCall, found: FoundAnswer, record: CachedRecord, services: Services): StreamResult {
	const { conversation, startedAt } = call;
	const { answer, target, warnings, requestId, score } = found;
	const { finish } = answer;
	const firstEventMs = services.runtime.now() - startedAt;

	async function* batches(): StreamResult["batches"] {
		try {
			yield unfoldAnswer(answer).filter(isContent);
			await conversation.keep?.(answer, target);
			await record.answered({ usage: finish.usage, target, cached: score === undefined ? "exact" : "semantic", answeredFrom: requestId, firstEventMs });
			yield [{ type: "finish", ...finish }];
		} catch (error) {
			observing(call, services)(error);
			yield [{ type: "error", error: gatewayError("INTERNAL_ERROR") }];
		} finally {
			await record.hungUp();
		}
	}

	return { target, warnings, batches: batches(), answer: (): Answer => answer, cost: () => 0, cache: hitStatus(found, services) };
}

function isContent(event: ReturnType<typeof unfoldAnswer>[number]): event is Exclude<ReturnType<typeof unfoldAnswer>[number], { type: "error" | "finish" }> {
	return event.type !== "error" && event.type !== "finish";
}
