import { directionOf } from "../../rules/cache/likeness.ts";
import { embed } from "../embed.ts";
import type { Services } from "../services.ts";
import type { CachedCall } from "./cached-call.ts";
import { type FoundAnswer, observing, oldest, readEntry } from "./kept.ts";

/** Where a question lies among others, and the kept answer to one that means the same. */
export interface Likeness {
	readonly direction?: Float32Array;
	readonly found?: FoundAnswer;
}

/**
 * Looks for an answer to a question that means the same. What goes wrong on the way, or takes long, is as if there were none: the
 * question is asked then.
 */
export async function findLike(call: CachedCall, signal: AbortSignal, services: Services): Promise<Likeness> {
	const { cache, question, rule } = call;
	if (cache.semantic === undefined || question === undefined) return {};
	try {
		const direction = await directionFor(call, question.text, cache.semantic.model, signal, services);
		if (direction === undefined || rule.mode === "refresh") return direction === undefined ? {} : { direction };
		const near = await cache.store.findNearest?.(question.group, direction, services.runtime.now(), oldest(call, services));
		if (near === undefined || near.score < cache.semantic.threshold) return { direction };
		const { text, storedAt, expiresAt } = near.entry;
		const entry = { text, storedAt, expiresAt, score: near.score };
		const found = readEntry(entry, call);
		// So that the same question need not be compared again. It is no answer that others are compared with: likeness does not add up.
		if (found !== undefined) await cache.store.put(call.key, entry);
		return { direction, ...(found === undefined ? {} : { found }) };
	} catch (error) {
		observing(call, services)(error);
		return {};
	}
}

/** An exchange of its own, with a record of its own: it costs what it costs, and counts for whoever asked. */
async function directionFor({ conversation }: CachedCall, text: string, model: string, signal: AbortSignal, services: Services): Promise<Float32Array | undefined> {
	const requestId = services.createId("req");
	// The gateway chose the model: that a key may not ask for it is no reason against it.
	const { scopes: _, ...principal } = conversation.principal;
	const controller = new AbortController();
	const stop = () => controller.abort();
	signal.addEventListener("abort", stop, { once: true });
	const cancel = services.runtime.schedule(patienceMs, stop);
	try {
		const request = { inputs: [{ type: "text", text }], format: "float" } as const;
		const result = await embed(
			{ requestId, surface: conversation.surface, operation: "semanticCache", principal, signal: controller.signal, model, request },
			services,
		);
		const vector = result.ok ? result.value.answer.vectors[0] : undefined;
		return typeof vector === "object" ? directionOf(vector) : undefined;
	} finally {
		cancel();
		signal.removeEventListener("abort", stop);
		// Nobody is told of this exchange's limits.
		services.limits.takeHeaders(requestId);
	}
}

/** How long a request waits for its vector. */
const patienceMs = 3000;
