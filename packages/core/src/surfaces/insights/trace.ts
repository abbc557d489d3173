import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { RequestTrace } from "../../contract/operations/insights.ts";
import type { RoutingDecision, UsageRecord } from "../../contract/session.ts";
import { maySee } from "../../effects/insights-scope.ts";
import type { Services } from "../../effects/services.ts";
import type { AnswerFeedback } from "../../effects/store/learning-store.ts";
import { jsonReply } from "../../http/json-reply.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";

/** How one request went. Whoever may not see it is told that there is none. */
export async function getRequest({ parameters, principal }: Call<undefined>, { store }: Services): Promise<Decoded<Reply, GatewayError>> {
	const [record] = await store.listUsage({ id: parameters.id ?? "", limit: 1 });
	if (record === undefined || !maySee(principal, record)) return { ok: false, problem: gatewayError("NOT_FOUND", { message: "Unknown request" }) };
	const feedback = await store.learning.findFeedback(record.id);
	return { ok: true, value: jsonReply(traceOf(record, feedback), { "cache-control": "no-store" }) };
}

function traceOf({ startedAt, provider, model, attempts: _, credential: __, trace, costMicroUsd, ...record }: UsageRecord, feedback: AnswerFeedback | undefined): RequestTrace {
	const { attempts = [], decision, answeredFrom } = trace ?? {};
	return {
		...record,
		startedAt: new Date(startedAt).toISOString(),
		...(provider === "" ? {} : { provider, model }),
		...(costMicroUsd === undefined ? {} : { costMicroUsd, costUsd: costMicroUsd / 1e6 }),
		attempts: [...attempts],
		...(decision === undefined ? {} : { decision: decisionOf(decision) }),
		...(answeredFrom === undefined ? {} : { answeredFrom }),
		...(feedback === undefined ? {} : { feedback: { score: feedback.score, at: new Date(feedback.at).toISOString() } }),
	};
}

function decisionOf({ resting, scores, ...decision }: RoutingDecision): NonNullable<RequestTrace["decision"]> {
	return { ...decision, ...(resting === undefined ? {} : { resting: [...resting] }), ...(scores === undefined ? {} : { scores: [...scores] }) };
}
