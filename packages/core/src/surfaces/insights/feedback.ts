import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { FeedbackSaved } from "../../contract/operations/weights.ts";
import type { UsageOutcome, UsageRecord } from "../../contract/session.ts";
import { maySee } from "../../effects/insights-scope.ts";
import type { Services } from "../../effects/services.ts";
import type { AnswerFeedback, Lesson } from "../../effects/store/learning-store.ts";
import { jsonReply } from "../../http/json-reply.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { emptyState, whatIsCorrected, whatIsLearnt } from "../../rules/routing/learn/index.ts";

type FeedbackBody = { readonly requestId?: string | undefined; readonly request_id?: string | undefined; readonly score: number };

/** Somebody's word on an answer: kept in the place of an earlier one, and learnt from where a route had chosen by what it knew. */
export async function postFeedback({ principal, body }: Call<FeedbackBody>, { store, learner, runtime }: Services): Promise<Decoded<Reply, GatewayError>> {
	const { score } = body;
	const requestId = body.requestId ?? body.request_id ?? "";
	const [record] = await store.listUsage({ id: requestId, limit: 1 });
	if (record === undefined || !maySee(principal, record)) return refuse(gatewayError("NOT_FOUND", { message: "Unknown request" }));
	if (record.outcome !== "ok") return refuse(gatewayError("CONFLICT", { message: whyUnjudged(record.outcome, record.trace?.answeredFrom) }));
	await store.learning.putFeedback({ requestId, score, at: runtime.now() }, (before) => lessonOf(record, score, before));
	if (record.route !== undefined) await learner.refresh({ projectId: record.projectId, route: record.route });
	const saved: FeedbackSaved = { saved: true };
	return { ok: true, value: jsonReply(saved, { "cache-control": "no-store" }) };
}

const unjudged: Readonly<Record<Exclude<UsageOutcome, "ok">, string>> = {
	cached: "This answer was given again from the cache: judge the request that it was made for",
	refused: "This request was refused: there is no answer to judge",
	failed: "This request failed: there is no answer to judge, and the router has learnt of the failure already",
	cancelled: "The caller hung up on this request: there is no whole answer to judge",
};

/** @param answeredFrom of the same tenant as the answer: the cache knows no other. */
function whyUnjudged(outcome: keyof typeof unjudged, answeredFrom: string | undefined): string {
	return answeredFrom === undefined ? unjudged[outcome] : `${unjudged[outcome]}, ${answeredFrom}`;
}

/** As of the time of the choice, so that a late word on an old answer counts less. */
function lessonOf({ trace, route, projectId, credential, provider, model, startedAt }: UsageRecord, score: number, before: AnswerFeedback | undefined): Lesson | undefined {
	const { strategy, context } = trace?.decision ?? {};
	if (strategy !== "learned" || context === undefined || route === undefined) return undefined;
	const word = { kind: "feedback", target: `${credential ?? provider}/${model}`, context, score } as const;
	const learnt = before === undefined ? whatIsLearnt(emptyState, word, startedAt) : whatIsCorrected(word, before.score, startedAt);
	return { scope: { projectId, route }, learnt };
}

function refuse(problem: GatewayError): { readonly ok: false; readonly problem: GatewayError } {
	return { ok: false, problem };
}
