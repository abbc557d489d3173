import type { EffectiveTools } from "../../rules/tools/policy.ts";
import type { Conversation } from "../conversation.ts";
import type { CacheStatus, Outcome } from "../exchange.ts";
import type { Services } from "../services.ts";
import { untilAborted } from "../until-aborted.ts";
import { type CachedCall, cachedCall } from "./cached-call.ts";
import { type CachedRecord, createCachedRecord } from "./cached-record.ts";
import { type CarryOut, type Landing, mostJoins } from "./flight.ts";
import type { Flight } from "./flights.ts";
import { findKept, type FoundAnswer } from "./kept.ts";

/** How answers of one kind, whole or streamed, are got and given out. */
export interface AnswerKind<Result> {
	readonly isStreamed: boolean;
	/** Gives a kept answer out. */
	repeat(call: CachedCall, found: FoundAnswer, record: CachedRecord, services: Services): Outcome<Result>;
	/** Waits for what is being made for somebody else. @returns `undefined` where there is nothing to wait for; later, where that came to nothing for this one. */
	join(call: CachedCall, record: CachedRecord, services: Services): Promise<Awaited<Outcome<Result>> | undefined> | undefined;
	/** Makes the call, which others may join. */
	lead(call: CachedCall, carryOut: CarryOut<Result>, record: CachedRecord, services: Services): Outcome<Result>;
}

/** A kept answer, one that is being made for somebody else, or a new one. */
export async function serve<Result extends { readonly cache?: CacheStatus }>(
	{ isStreamed, repeat, join, lead }: AnswerKind<Result>,
	conversation: Conversation,
	tools: EffectiveTools,
	carryOut: CarryOut<Result>,
	services: Services,
): Outcome<Result> {
	const considered = await cachedCall(conversation, isStreamed, tools, services);
	if (!considered.ok) return considered;
	const { call, isAsked } = considered.value;
	if (call === undefined) {
		const result = await carryOut(conversation, services);
		return result.ok && isAsked ? { ok: true, value: { ...result.value, cache: { state: "off" } } } : result;
	}
	const record = createCachedRecord(call, services);
	for (let joined = 0; ; joined++) {
		const kept = call.rule.mode === "on" ? await findKept(call, services) : undefined;
		if (kept !== undefined) return repeat(call, kept, record, services);
		const joining = call.rule.mode === "on" && joined < mostJoins ? join(call, record, services) : undefined;
		if (joining === undefined) return lead(call, carryOut, record, services);
		const followed = await joining;
		if (followed !== undefined) return followed;
	}
}

/** What the leader's call has come to; `undefined` where it hung up before. Where nobody else waits, the call has come to its end then. */
export async function leaderLanding<Result>(
	{ landing }: Flight<Landing<Result>>,
	leave: () => boolean,
	{ conversation }: CachedCall,
	record: CachedRecord,
): Promise<Landing<Result> | undefined> {
	const landed = await untilAborted(landing, conversation.signal);
	if (landed !== undefined) return landed;
	const settled = landing.then((end) => (end.type === "found" ? record.hungUp() : undefined));
	if (leave()) await settled;
	return undefined;
}
