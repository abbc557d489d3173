import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Answer } from "../contract/stream-event.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { errorFromFailure } from "../rules/routing/error.ts";
import { createAnswerFold } from "../rules/sessions/fold.ts";
import { addUsage, createUsageMeter, type Metered } from "../rules/usage/totals.ts";
import { type AnsweredStream, type Batch, isEnded } from "./attempt.ts";
import type { ExchangeContext, ExchangeEvent, ExchangeRequest, Outcome, StreamResult } from "./exchange.ts";
import { createRun, type Run } from "./exchange-run.ts";

/** The exchange of a prompt for a stream of events. Resolves at the commit. */
export async function exchangeStream(request: ExchangeRequest, context: ExchangeContext): Outcome<StreamResult> {
	const run = createRun(request, context);
	let isStreaming = false;
	try {
		const result = await run.firstAnswer((attempt) => attempt.stream(request.prompt));
		if (!result.ok) return await run.refuse(errorFromFailure(result.problem), {});
		const stream = result.value;
		const forbidden = run.forbidden(stream.held);
		if (forbidden !== undefined) {
			stream.stop();
			return await run.refuse(forbidden, {});
		}
		isStreaming = true;
		const state: { final: Answer | undefined } = { final: undefined };
		return {
			ok: true,
			value: {
				warnings: [...request.warnings, ...stream.warnings],
				target: run.target(),
				batches: streamBatches(request, run, stream, (answer) => (state.final = answer)),
				answer: () => state.final ?? { content: [], finish: { reason: "other", usage: {} } },
				cost: run.cost,
				...(request.isExplained === true ? { decision: request.plan.decision } : {}),
			},
		};
	} finally {
		if (!isStreaming) run.end();
	}
}

async function* streamBatches(
	request: ExchangeRequest,
	run: Run,
	stream: AnsweredStream,
	setFinal: (answer: Answer) => void,
): AsyncGenerator<readonly ExchangeEvent[], void, undefined> {
	const meter = createUsageMeter();
	const fold = request.review !== undefined || request.keep !== undefined ? createAnswerFold() : undefined;
	run.committed(meter.total);
	try {
		for (let batch = stream.held; ; batch = await stream.read()) {
			meter.push(batch);
			fold?.push(batch.filter((event) => event.type !== "passed"));
			const ended = isEnded(batch);
			const forbidden = run.forbidden(batch);
			if (forbidden !== undefined) {
				await run.settleError(forbidden, meter.total());
				yield [{ type: "error", error: forbidden }];
				return;
			}
			if (!ended) {
				yield batch as readonly ExchangeEvent[];
				continue;
			}
			yield await endOfStream(request, run, batch, meter.total(), fold?.answer(), setFinal);
			return;
		}
	} catch (error) {
		run.observeBug(error);
		const internal = gatewayError("INTERNAL_ERROR");
		await run.settleError(internal, meter.total()).catch(run.observeBug);
		yield [{ type: "error", error: internal }];
	} finally {
		stream.stop();
		run.end();
		await run.settleHangUp(meter.total());
	}
}

/** Settles a stream whose last batch has come. @returns that batch, as the caller may see it. */
async function endOfStream(
	request: ExchangeRequest,
	run: Run,
	batch: Batch,
	metered: Metered,
	answer: Answer | undefined,
	setFinal: (answer: Answer) => void,
): Promise<readonly ExchangeEvent[]> {
	const shown = batch.filter((event) => event.type !== "error");
	const last = batch.at(-1);
	if (last?.type === "error") {
		const error = errorFromFailure(last.failure);
		run.brokenOff(last.failure);
		await run.settleError(error, metered);
		return [...shown, { type: "error", error }];
	}
	if (answer !== undefined) {
		const reviewed = await reviewStream(request, run, answer);
		const usage = reviewed.ok ? reviewed.value.finish.usage : metered.usage;
		if (!reviewed.ok) {
			await run.settleError(reviewed.problem, { usage });
			return [...shown.filter((event) => event.type !== "finish"), { type: "error", error: reviewed.problem }];
		}
		setFinal(reviewed.value);
		await request.keep?.(reviewed.value, run.target());
		await run.settle({ outcome: "ok", status: 200, usage });
		return shown.map((event) => (event.type === "finish" ? { ...event, usage } : event));
	}
	await run.settle({ outcome: "ok", status: 200, ...metered });
	return shown;
}

/** Reviews a streamed answer; a repair is a whole answer of the same target, since the caller has seen the first try. */
async function reviewStream(request: ExchangeRequest, run: Run, answer: Answer): Promise<Decoded<Answer, GatewayError>> {
	const review = request.review?.(answer, false) ?? { verdict: "accept" };
	if (review.verdict === "accept") return { ok: true, value: answer };
	if (review.verdict === "refuse") return { ok: false, problem: review.error };
	const repaired = await run.again((attempt) => attempt.whole(review.prompt));
	if (!repaired.ok) return { ok: false, problem: errorFromFailure(repaired.problem) };
	const usage = addUsage(answer.finish.usage, repaired.value.answer.finish.usage);
	const second = request.review?.(repaired.value.answer, true);
	if (second?.verdict === "refuse") return { ok: false, problem: second.error };
	return { ok: true, value: { ...repaired.value.answer, finish: { ...repaired.value.answer.finish, usage } } };
}
