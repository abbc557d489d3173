import { context, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span } from "@opentelemetry/api";
import type { UsageRecord } from "../contract/session.ts";
import type { AnswerFacts, BegunExchange, ExchangeTelemetry } from "../effects/telemetry.ts";
import type { Target } from "../rules/routing/target.ts";
import { traceAttempt } from "./attempt-trace.ts";
import { finishReasons, known, operationName, spanName, usageAttributes } from "./names.ts";
import { placeOf, wellKnownName } from "./place.ts";
import type { TraceTools } from "./trace-tools.ts";

/** The span and the metrics of one exchange: the gateway is the server. The span begins with the first attempt, or at the end. */
export function traceExchange(begun: BegunExchange, tools: TraceTools): ExchangeTelemetry {
	const parent = context.active();
	const operation = operationName(begun.kind, begun.surface === "gemini");
	const model = begun.route ?? begun.target?.model;
	const targets: Target[] = begun.target === undefined ? [] : [begun.target];
	let opened: { readonly span: Span; readonly context: Context } | undefined;
	let answer: AnswerFacts | undefined;

	function open(): NonNullable<typeof opened> {
		if (opened !== undefined) return opened;
		const attributes = { ...common(begun.target?.providerName ?? ""), ...begunAttributes(begun) };
		const span = tools.tracer.startSpan(spanName(operation, model), { kind: kindWithin(parent), startTime: begun.startedAt, attributes }, parent);
		opened = { span, context: trace.setSpan(parent, span) };
		return opened;
	}

	function common(providerName: string): Attributes {
		const target = targets.findLast((seen) => seen.providerName === providerName);
		const name = target === undefined ? wellKnownName(providerName) : placeOf(providerName, target.provider).providerName;
		return known({ "gen_ai.operation.name": operation, "gen_ai.provider.name": name === "" ? "postern" : name, "gen_ai.request.model": model });
	}

	return {
		attempt(attempt) {
			targets.push(attempt.target);
			return traceAttempt(attempt, begun, open().context, tools, (facts) => (answer = facts));
		},

		ended(record) {
			const { span, context: own } = open();
			const { status, errorCode, outcome, durationMs } = record;
			const named = common(record.provider);
			if (span.isRecording()) span.setAttributes({ ...named, ...recordAttributes(record), ...(answer === undefined ? {} : answerAttributes(answer)) });
			// As of every server: what the caller did wrong, and that it hung up, is no error of ours.
			if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
			span.end(record.startedAt + durationMs);
			const measured = { ...named, ...known({ "gen_ai.response.model": answer?.model, "error.type": errorCode }), "postern.outcome": outcome };
			measure(record, measured, own);
		},

		lost(at) {
			const { span, context: own } = open();
			const told = { "error.type": "INTERNAL_ERROR", "postern.outcome": "failed" };
			span.setAttributes(told);
			span.setStatus({ code: SpanStatusCode.ERROR });
			span.end(at);
			tools.instruments.exchangeSeconds.record((at - begun.startedAt) / 1000, { ...common(targets.at(-1)?.providerName ?? ""), ...told }, own);
		},
	};

	function measure({ outcome, durationMs, firstEventMs, usage: { outputTokens }, isEstimated }: UsageRecord, attributes: Attributes, own: Context): void {
		const { exchangeSeconds, exchangeFirstTokenSeconds, exchangeTokenSeconds } = tools.instruments;
		exchangeSeconds.record(durationMs / 1000, attributes, own);
		if (outcome !== "ok" || firstEventMs === undefined) return;
		exchangeFirstTokenSeconds.record(firstEventMs / 1000, attributes, own);
		if (outputTokens === undefined || outputTokens < 2 || isEstimated === true) return;
		exchangeTokenSeconds.record((durationMs - firstEventMs) / 1000 / (outputTokens - 1), attributes, own);
	}
}

/** Below a span of this process the gateway is a part of the app; below one that came with the request, or none, it is the server. */
function kindWithin(parent: Context): SpanKind {
	const span = trace.getSpanContext(parent);
	return span === undefined || span.isRemote === true ? SpanKind.SERVER : SpanKind.INTERNAL;
}

function begunAttributes({ id, surface, operation, route, keyId, projectId, organisationId, sessionId, streamed }: BegunExchange): Attributes {
	return known({
		"gen_ai.conversation.id": sessionId,
		"gen_ai.request.stream": streamed,
		"postern.request.id": id,
		"postern.surface": surface,
		"postern.operation": operation,
		"postern.route": route,
		"postern.key.id": keyId,
		"postern.project.id": projectId,
		"postern.organisation.id": organisationId,
	});
}

/**
 * Tokens under names of our own: each attempt tells what its provider counted under the conventions' names, and who sums those up over
 * a trace must not count them twice.
 */
function recordAttributes(record: UsageRecord): Attributes {
	const { provider, model, outcome, status, errorCode, attempts, usage, isEstimated, costMicroUsd, priceVersion, cached, firstEventMs, trace: steps } = record;
	const { strategy, reason, context: kind } = steps?.decision ?? {};
	return known({
		"error.type": errorCode,
		"postern.provider": provider === "" ? undefined : provider,
		"postern.model": model === "" ? undefined : model,
		"postern.outcome": outcome,
		"postern.status": status,
		"postern.attempts": attempts,
		"postern.cache": cached,
		"postern.cost.micro_usd": costMicroUsd,
		"postern.price.version": priceVersion,
		"postern.decision.strategy": strategy,
		"postern.decision.reason": reason,
		"postern.decision.context": kind,
		"postern.first_event_ms": firstEventMs,
		...usageAttributes("postern.usage", usage),
		"postern.usage.estimated": isEstimated,
	});
}

function answerAttributes({ id, model, finishReason }: AnswerFacts): Attributes {
	return known({ "gen_ai.response.id": id, "gen_ai.response.model": model, "gen_ai.response.finish_reasons": finishReasons(finishReason) });
}
