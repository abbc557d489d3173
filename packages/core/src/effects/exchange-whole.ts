import type { Usage } from "../contract/stream-event.ts";
import { errorFromFailure } from "../rules/routing/error.ts";
import { addUsage } from "../rules/usage/totals.ts";
import type { ExchangeContext, ExchangeRequest, Outcome, WholeResult } from "./exchange.ts";
import { createRun } from "./exchange-run.ts";

/** The exchange of a prompt for a whole answer. */
export async function exchangeWhole(request: ExchangeRequest, context: ExchangeContext): Outcome<WholeResult> {
	const run = createRun(request, context);
	try {
		let { prompt } = request;
		let spent: Usage = {};
		for (let round = 1; ; round++) {
			const result = await run.firstAnswer((attempt) => attempt.whole(prompt));
			if (!result.ok) return await run.refuse(errorFromFailure(result.problem), spent);
			const { answer, warnings, passed } = result.value;
			spent = addUsage(spent, answer.finish.usage);
			const forbidden = run.forbidden(answer.content);
			if (forbidden !== undefined) return await run.refuse(forbidden, spent);
			const review = request.review?.(answer, round > 1) ?? { verdict: "accept" };
			if (review.verdict === "refuse") return await run.refuse(review.error, spent);
			if (review.verdict === "repair") {
				prompt = review.prompt;
				continue;
			}
			const total = { ...answer, finish: { ...answer.finish, usage: spent } };
			await request.keep?.(total, run.target());
			await run.settle({ outcome: "ok", status: 200, usage: spent });
			const costMicroUsd = run.cost();
			return {
				ok: true,
				value: {
					answer: total,
					...(passed === undefined ? {} : { passed }),
					warnings: [...request.warnings, ...warnings],
					target: run.target(),
					durationMs: run.elapsedMs(),
					...(costMicroUsd === undefined ? {} : { costMicroUsd }),
					...(request.isExplained === true ? { decision: request.plan.decision } : {}),
				},
			};
		}
	} finally {
		run.end();
	}
}
