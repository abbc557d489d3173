import type { GatewayError } from "../contract/errors.ts";
import type { UsageRecord } from "../contract/session.ts";
import type { Candidates } from "../rules/routing/plan.ts";
import { credentialLabel, type Target } from "../rules/routing/target.ts";
import type { ExchangeContext } from "./exchange.ts";
import { type RecordedRequest, recordedRequest } from "./settlement.ts";
import { tellExchange } from "./told-exchange.ts";

/** What is known of a request that is turned away. */
export interface Refused extends RecordedRequest {
	readonly error: GatewayError;
	readonly startedAt: number;
	readonly candidates?: Pick<Candidates, "route"> & { readonly targets: readonly [Target, ...Target[]] };
}

type RefusalContext = Pick<ExchangeContext, "runtime" | "store" | "telemetry">;

/**
 * Writes down that the gateway turned a request away: limits, scopes, tools, slots, targets that rest. A model that is not there and a
 * body that makes no sense are no refusals but mistakes, and stand in the log alone.
 */
export async function recordRefusal({ error, startedAt, candidates, ...request }: Refused, { runtime, store, telemetry }: RefusalContext): Promise<void> {
	if (mistakes.has(error.code)) return;
	const target = candidates?.targets[0];
	const record: UsageRecord = {
		...recordedRequest(request),
		startedAt,
		...(candidates?.route === undefined ? {} : { route: candidates.route }),
		provider: target?.providerName ?? "",
		model: target?.model ?? "",
		...(target === undefined ? {} : { credential: credentialLabel(target) }),
		attempts: 0,
		outcome: "refused",
		status: error.status,
		errorCode: error.code,
		usage: {},
		costMicroUsd: 0,
		durationMs: runtime.now() - startedAt,
	};
	tellExchange(telemetry, request, { startedAt, route: candidates?.route, target })?.ended(record);
	try {
		await store.recordUsage(record);
	} catch (failure) {
		// Nothing was delivered that the ledger does not know.
		runtime.observe({ type: "internal-error", requestId: request.requestId, error: failure });
	}
}
const mistakes: ReadonlySet<string> = new Set(["VALIDATION_ERROR", "MODEL_NOT_FOUND"]);
