import type { UsageRecord } from "../contract/session.ts";
import type { Target } from "../rules/routing/target.ts";
import type { RunRequest } from "./exchange.ts";

type Settled = Pick<UsageRecord, "startedAt" | "durationMs" | "attempts" | "outcome" | "status" | "usage" | "isEstimated" | "errorCode"> & {
	readonly target: Target;
	readonly firstEventMs: number | undefined;
};

/** The ledger's record of an exchange. */
export function settledRecord(request: RunRequest, { target, firstEventMs, ...settled }: Settled): UsageRecord {
	const { requestId, surface, operation, principal, sessionId, plan, isStreamed } = request;
	return {
		id: requestId,
		surface,
		operation,
		principalId: principal.id,
		...(sessionId === undefined ? {} : { sessionId }),
		...(plan.route === undefined ? {} : { route: plan.route }),
		provider: target.providerName,
		model: target.model,
		streamed: isStreamed,
		...(firstEventMs === undefined ? {} : { firstEventMs }),
		...settled,
	};
}
