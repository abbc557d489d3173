import type { Warning } from "../../contract/prompt.ts";
import type { Answer } from "../../contract/stream-event.ts";
import { type KeptAnswer, keptAnswer, readKeptAnswer, targetOf } from "../../rules/cache/entry.ts";
import { isCutForCaller, isWorthKeeping } from "../../rules/cache/worth-keeping.ts";
import type { Target } from "../../rules/routing/target.ts";
import type { CacheStatus } from "../exchange.ts";
import type { Services } from "../services.ts";
import type { CacheEntry } from "./cache-store.ts";
import type { CachedCall } from "./cached-call.ts";

/** An answer that is there already. */
export interface FoundAnswer extends Pick<KeptAnswer, "answer" | "warnings" | "requestId"> {
	readonly target: Target;
	readonly storedAt: number;
	/** How like the questions are, where it answers another one. */
	readonly score?: number;
}

/** The kept answer to the same request, if it is young enough for this one. A store that fails has nothing. */
export async function findKept(call: CachedCall, services: Services): Promise<FoundAnswer | undefined> {
	const { cache, key, rule } = call;
	const closed = () => cache.wholes.closed() + cache.streams.closed();
	const before = closed();
	const found = await findOnce();
	// A call that ended meanwhile has left its answer: without a second look, it would be made again.
	return found ?? (closed() === before ? undefined : findOnce());

	async function findOnce(): Promise<FoundAnswer | undefined> {
		const entry = await cache.store.find(key, services.runtime.now()).catch(observing(call, services));
		const isFit = entry !== undefined && isFresh(entry, call, services) && (entry.score === undefined || !rule.isExact);
		return isFit ? readEntry(entry, call) : undefined;
	}
}

/** @returns `undefined` where it was kept by another version of Postern, or by a target that is gone. */
export function readEntry({ text, storedAt, score }: CacheEntry, { candidates }: CachedCall): FoundAnswer | undefined {
	const kept = readKeptAnswer(text);
	const target = kept === undefined ? undefined : targetOf(kept, candidates.targets);
	if (kept === undefined || target === undefined) return undefined;
	const { answer, warnings, requestId } = kept;
	return { answer, warnings, target, storedAt, ...(requestId === undefined ? {} : { requestId }), ...(score === undefined ? {} : { score }) };
}

/** Keeps an answer, where it is one to keep. Never rejects: the answer is there, kept or not. */
export async function keepAnswer(
	call: CachedCall,
	{ answer, target, warnings }: { readonly answer: Answer; readonly target: Target; readonly warnings: readonly Warning[] },
	direction: Float32Array | undefined,
	services: Services,
): Promise<void> {
	const { cache, key, rule, question, conversation } = call;
	if (isCutForCaller(warnings) || !isWorthKeeping(answer, rule.keepsToolCalls)) return;
	const storedAt = services.runtime.now();
	const entry: CacheEntry = {
		text: JSON.stringify(keptAnswer(answer, target, warnings, conversation.requestId)),
		storedAt,
		expiresAt: storedAt + rule.ttlMs,
	};
	const place = question === undefined || direction === undefined ? undefined : { group: question.group, direction };
	await cache.store.put(key, entry, place).catch(observing(call, services));
}

export function hitStatus({ storedAt, score }: FoundAnswer, { runtime }: Services): CacheStatus {
	const ageMs = Math.max(runtime.now() - storedAt, 0);
	return score === undefined ? { state: "hit", ageMs } : { state: "semantic-hit", ageMs, score };
}

/** Whether it is young enough for this request, and its time is not over: a store's clock may be another one. */
function isFresh({ storedAt, expiresAt }: CacheEntry, call: CachedCall, services: Services): boolean {
	return storedAt > oldest(call, services) && expiresAt > services.runtime.now();
}

/** No answer from then or before is given to this request. */
export function oldest({ rule }: CachedCall, { runtime }: Services): number {
	return runtime.now() - rule.ttlMs;
}

/** A cache that fails costs a call more, and no request. */
export function observing({ conversation }: CachedCall, { runtime }: Services): (error: unknown) => undefined {
	return (error) => void runtime.observe({ type: "internal-error", requestId: conversation.requestId, error });
}
