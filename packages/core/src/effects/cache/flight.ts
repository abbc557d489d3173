import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Conversation } from "../conversation.ts";
import type { Outcome } from "../exchange.ts";
import type { Services } from "../services.ts";
import type { CachedCall } from "./cached-call.ts";
import { type FoundAnswer, observing } from "./kept.ts";
import { findLike } from "./semantic.ts";

/** How a request is carried out where the cache has nothing for it. */
export type CarryOut<Result> = (conversation: Conversation, services: Services) => Outcome<Result>;

/** What a shared call has come to. Never a rejection: everybody on board would have to catch it. */
export type Landing<Result> =
	| { readonly type: "found"; readonly found: FoundAnswer }
	| { readonly type: "failed"; readonly problem: GatewayError }
	| { readonly type: "answered"; readonly result: Result; /** Of the leader. */ readonly requestId: string };

interface Flown<Result, Shared> {
	readonly carryOut: CarryOut<Result>;
	/** Turns what was got into what is shared, and sees to it that the answer is kept. */
	arrive(result: Result, direction: Float32Array | undefined): Promise<Shared>;
}

/**
 * One call for all who wait for the same answer. It is the leader's exchange in the ledger and towards limits, yet hangs on nobody's
 * connection: its signal aborts when the last one has gone. Sessions are kept by each passenger for itself; the provider's own bytes
 * do not pass, since followers may speak another dialect and the answer is to be kept.
 */
export async function fly<Result, Shared>(call: CachedCall, signal: AbortSignal, { carryOut, arrive }: Flown<Result, Shared>, services: Services): Promise<Landing<Shared>> {
	const { conversation } = call;
	try {
		const { found, direction } = await findLike(call, signal, services);
		if (found !== undefined) return { type: "found", found };
		const { pass: _, keep: __, ...rest } = conversation;
		// The stream's answer is folded only where somebody wants to keep it.
		const carried = await carryOut({ ...rest, signal, ...(call.isStreamed ? { keep: async () => {} } : {}) }, services);
		// The door that would tell of the leader's limits is closed.
		if (conversation.signal.aborted) services.limits.takeHeaders(conversation.requestId);
		return carried.ok ? { type: "answered", result: await arrive(carried.value, direction), requestId: conversation.requestId } : { type: "failed", problem: carried.problem };
	} catch (error) {
		observing(call, services)(error);
		return { type: "failed", problem: gatewayError("INTERNAL_ERROR") };
	}
}

/**
 * How many calls of others a request waits for in vain before it makes one of its own: a failure is never shared, and one that lasts
 * is not waited for again and again.
 */
export const mostJoins = 2;

export const hungUp = { ok: false, problem: gatewayError("CANCELLED") } as const;
