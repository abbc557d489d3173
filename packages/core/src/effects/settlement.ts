import type { AttemptTrace, UsageRecord } from "../contract/session.ts";
import type { ModelTable } from "../rules/models/table.ts";
import { credentialLabel, type Target } from "../rules/routing/target.ts";
import { priceExchange } from "../rules/usage/price.ts";
import type { RunRequest } from "./exchange.ts";

type Settled = Pick<UsageRecord, "startedAt" | "durationMs" | "attempts" | "outcome" | "status" | "usage" | "isEstimated" | "errorCode"> & {
	readonly target: Target;
	readonly firstEventMs: number | undefined;
	readonly trace: readonly AttemptTrace[];
};

/** Who asked for what: what every record tells. */
export type RecordedRequest = Pick<RunRequest, "requestId" | "surface" | "operation" | "kind" | "principal" | "sessionId" | "isStreamed">;

/** The ledger's record of an exchange. */
export function settledRecord(request: RunRequest, { target, firstEventMs, trace, ...settled }: Settled, models: ModelTable): UsageRecord {
	const { plan } = request;
	return {
		...recordedRequest(request),
		...(plan.route === undefined ? {} : { route: plan.route }),
		provider: target.providerName,
		model: target.model,
		credential: credentialLabel(target),
		...(firstEventMs === undefined ? {} : { firstEventMs }),
		...settled,
		...priceExchange(settled, target, models),
		trace: { decision: plan.decision, attempts: trace },
	};
}

export function recordedRequest({ requestId, surface, operation, principal, sessionId, isStreamed }: RecordedRequest) {
	const { kind, id, projectId, organisationId } = principal;
	return {
		id: requestId,
		surface,
		operation,
		principalId: id,
		...(kind === "key" ? { keyId: id } : {}),
		...(projectId === undefined ? {} : { projectId }),
		...(organisationId === undefined ? {} : { organisationId }),
		...(sessionId === undefined ? {} : { sessionId }),
		streamed: isStreamed,
	};
}
