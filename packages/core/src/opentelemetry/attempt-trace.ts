import { SpanKind, SpanStatusCode, trace, type Attributes, type Context } from "@opentelemetry/api";
import type { AnswerFacts, AttemptTelemetry, BegunAttempt, BegunExchange } from "../effects/telemetry.ts";
import type { TraceTools } from "./trace-tools.ts";
import { finishReasons, known, operationName, spanName, usageAttributes } from "./names.ts";
import { placeOf } from "./place.ts";
import { outgoing } from "./upstream.ts";

/** The span and the metrics of one attempt: we are the client, a provider is the server. */
export function traceAttempt(
	{ target, number, startedAt }: BegunAttempt,
	{ kind, sessionId }: BegunExchange,
	parent: Context,
	{ tracer, instruments, upstream }: TraceTools,
	onAnswer: (answer: AnswerFacts) => void,
): AttemptTelemetry {
	const { model, provider, providerName } = target;
	const place = placeOf(providerName, provider);
	const operation = operationName(kind, provider.dialect === "gemini");
	const common = known({
		"gen_ai.operation.name": operation,
		"gen_ai.provider.name": place.providerName,
		"gen_ai.request.model": model,
		"server.address": place.address,
		"server.port": place.port,
	});
	const attributes = known({
		...common,
		"gen_ai.conversation.id": sessionId,
		"postern.attempt": number,
		"postern.provider": providerName,
		"postern.target": target.label,
	});
	const span = tracer.startSpan(spanName(operation, model), { kind: SpanKind.CLIENT, startTime: startedAt, attributes }, parent);
	const own = trace.setSpan(parent, span);
	let isOver = false;

	function end(at: number, told: Attributes): void {
		isOver = true;
		span.end(at);
		instruments.attemptSeconds.record((at - startedAt) / 1000, { ...common, ...told }, own);
	}

	return {
		...outgoing(own, upstream),

		asked({ isStreamed, output, dimensions, ...settings }) {
			if (!span.isRecording()) return;
			span.setAttributes(
				known({
					"gen_ai.request.stream": kind === "embeddings" ? undefined : isStreamed,
					"gen_ai.output.type": output === "json-schema" ? "json" : output,
					"gen_ai.embeddings.dimension.count": dimensions,
					"gen_ai.request.max_tokens": settings.maxOutputTokens,
					"gen_ai.request.temperature": settings.temperature,
					"gen_ai.request.top_p": settings.topP,
					"gen_ai.request.top_k": settings.topK,
					"gen_ai.request.seed": settings.seed,
					"gen_ai.request.presence_penalty": settings.presencePenalty,
					"gen_ai.request.frequency_penalty": settings.frequencyPenalty,
				}),
			);
		},

		firstContent(at) {
			const seconds = (at - startedAt) / 1000;
			span.setAttribute("gen_ai.response.time_to_first_chunk", seconds);
			instruments.attemptFirstChunkSeconds.record(seconds, common, own);
		},

		answered(answer, at) {
			if (isOver) return;
			const { id, model: answeredBy, finishReason, usage } = answer;
			const named = known({ "gen_ai.response.model": answeredBy });
			span.setAttributes({ ...named, ...known({ "gen_ai.response.id": id, "gen_ai.response.finish_reasons": finishReasons(finishReason) }), ...usageAttributes("gen_ai.usage", usage) });
			for (const [type, tokens] of [["input", usage.inputTokens], ["output", usage.outputTokens]] as const) {
				if (tokens !== undefined) instruments.attemptTokens.record(tokens, { ...common, ...named, "gen_ai.token.type": type }, own);
			}
			end(at, named);
			onAnswer(answer);
		},

		failed({ kind: failure, status }, at) {
			if (isOver) return;
			const type = { "error.type": failure };
			span.setAttributes({ ...type, ...known({ "http.response.status_code": status }) });
			// That the caller hung up is no error of the call. Messages may hold the provider's words: the kind says enough.
			if (failure !== "cancelled") span.setStatus({ code: SpanStatusCode.ERROR });
			end(at, type);
		},
	};
}
