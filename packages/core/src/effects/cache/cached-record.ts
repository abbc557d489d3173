import type { GatewayError } from "../../contract/errors.ts";
import type { UsageRecord } from "../../contract/session.ts";
import type { Usage } from "../../contract/stream-event.ts";
import { credentialLabel, type Target } from "../../rules/routing/target.ts";
import type { Services } from "../services.ts";
import { recordedRequest } from "../settlement.ts";
import { tellExchange } from "../told-exchange.ts";
import type { CachedCall } from "./cached-call.ts";

/** The ledger's line for a request that asked nobody: it cost nothing, however it ended. Written once; later ends change nothing. */
export interface CachedRecord {
	answered(given: GivenAnswer): Promise<void>;
	failed(error: GatewayError): Promise<void>;
	/** Never rejects: nobody waits for it. */
	hungUp(): Promise<void>;
}

export interface GivenAnswer {
	/** Of the exchange that made the answer: what was saved. */
	readonly usage: Usage;
	readonly target: Target;
	readonly cached: "exact" | "semantic";
	/** The request that made it, where that is known. */
	readonly answeredFrom: string | undefined;
	readonly firstEventMs?: number;
}

export function createCachedRecord({ conversation, isStreamed, startedAt, candidates }: CachedCall, { store, runtime, telemetry }: Services): CachedRecord {
	const request = { ...conversation, isStreamed };
	const told = tellExchange(telemetry, request, { startedAt, route: candidates.route, target: candidates.targets[0] });
	let isWritten = false;

	async function write(end: Pick<UsageRecord, "outcome" | "status" | "usage" | "cached" | "errorCode" | "firstEventMs" | "trace">, target: Target): Promise<void> {
		if (isWritten) return;
		isWritten = true;
		const record: UsageRecord = {
			...recordedRequest(request),
			startedAt,
			...(candidates.route === undefined ? {} : { route: candidates.route }),
			provider: target.providerName,
			model: target.model,
			credential: credentialLabel(target),
			attempts: 0,
			costMicroUsd: 0,
			durationMs: runtime.now() - startedAt,
			...end,
		};
		told?.ended(record);
		await store.recordUsage(record);
	}

	return {
		answered: ({ target, answeredFrom, ...given }) =>
			write({ outcome: "cached", status: 200, ...given, ...(answeredFrom === undefined ? {} : { trace: { attempts: [], answeredFrom } }) }, target),
		failed: (error) => write({ outcome: "failed", status: error.status, errorCode: error.code, usage: {} }, candidates.targets[0]),
		async hungUp() {
			try {
				await write({ outcome: "cancelled", status: 499, errorCode: "CANCELLED", usage: {} }, candidates.targets[0]);
			} catch (error) {
				runtime.observe({ type: "internal-error", requestId: conversation.requestId, error });
			}
		},
	};
}
