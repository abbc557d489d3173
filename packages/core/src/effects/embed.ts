import type { EmbeddingAnswer, EmbeddingRequest } from "../contract/embedding.ts";
import type { GatewayError } from "../contract/errors.ts";
import type { SurfaceId } from "../contract/operation.ts";
import type { Principal } from "../contract/principal.ts";
import type { Warning } from "../contract/prompt.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { embeddingCandidates } from "../rules/embeddings/candidates.ts";
import { createEmbeddingFold, type EmbeddingFold } from "../rules/embeddings/fold.ts";
import { estimateInputTokens } from "../rules/embeddings/inputs.ts";
import { findTargetFacts } from "../rules/models/target-facts.ts";
import { errorFromFailure } from "../rules/routing/error.ts";
import { orderTargets } from "../rules/routing/order.ts";
import type { Candidates, ModelRequest } from "../rules/routing/plan.ts";
import type { Target } from "../rules/routing/target.ts";
import { expectedCost, type MicroCost } from "../rules/usage/cost.ts";
import { addUsage, type Metered } from "../rules/usage/totals.ts";
import { findAllowed } from "./candidates.ts";
import { admitEmbedding, isLimited } from "./admission.ts";
import { takeSlot } from "./concurrency.ts";
import type { Outcome, RunRequest } from "./exchange.ts";
import { createRun } from "./exchange-run.ts";
import { recordRefusal } from "./refusal-record.ts";
import type { Services } from "./services.ts";

/** One caller's request for embeddings, before anything is decided about it. */
export interface EmbeddingCall extends ModelRequest {
	readonly requestId: string;
	readonly surface: SurfaceId;
	readonly operation: string;
	readonly principal: Principal;
	readonly signal: AbortSignal;
	readonly request: EmbeddingRequest;
}

export interface EmbeddingResult {
	readonly answer: EmbeddingAnswer;
	readonly warnings: readonly Warning[];
	/** The provider did not tell the usage. */
	readonly isEstimated: boolean;
	/** In millionths of a US dollar. Absent: nobody knows. */
	readonly costMicroUsd?: MicroCost;
}

/**
 * The exchange of texts for vectors. Other targets than those that the caller's words lead to are never asked, and all vectors of an
 * answer come from one model: those of another one cannot be compared with them.
 */
export async function embed(call: EmbeddingCall, services: Services): Outcome<EmbeddingResult> {
	const startedAt = services.runtime.now();
	const routing = await services.credentials.routingFor(call.principal.projectId);
	const found = findAllowed(call, call.principal, { routing });
	const prepared = found.ok ? prepare(call, found.value, services) : found;
	const admitted = prepared.ok && isLimited(call.principal) ? await admitEmbedding(prepared.value, call.request, services) : prepared;
	if (!admitted.ok) {
		await recordRefusal({ ...call, kind: "embeddings", isStreamed: false, startedAt, error: admitted.problem, ...(found.ok ? { candidates: found.value } : {}) }, services);
		return admitted;
	}
	const run = createRun(admitted.value, services);
	const folds = new Map<string, EmbeddingFold>();
	/** One for each model, so that a retry, with another credential too, asks only for the rest. */
	const foldFor = ({ providerName, model }: Target): EmbeddingFold => {
		const label = `${providerName}/${model}`;
		const fold = folds.get(label) ?? createEmbeddingFold(call.request);
		folds.set(label, fold);
		return fold;
	};
	try {
		const result = await run.firstAnswer((attempt) => attempt.embed(call.request, foldFor(attempt.target)));
		const spent = sumOf([...folds.values()].map((fold) => fold.metered()));
		if (!result.ok) {
			const error = errorFromFailure(result.problem);
			await run.settleError(error, spent);
			return { ok: false, problem: error };
		}
		const fold = result.value;
		await run.settle({ outcome: "ok", status: 200, ...spent });
		const costMicroUsd = run.cost();
		const isEstimated = fold.metered().isEstimated === true;
		return { ok: true, value: { answer: fold.answer(), warnings: fold.warnings(), isEstimated, ...(costMicroUsd === undefined ? {} : { costMicroUsd }) } };
	} finally {
		run.end();
	}
}

function prepare(call: EmbeddingCall, candidates: Candidates, services: Services): Decoded<RunRequest, GatewayError> {
	const { runtime, health, routing, models } = services;
	const able = embeddingCandidates(candidates, call.request, routing);
	if (!able.ok) return able;
	const inputTokens = estimateInputTokens(call.request.inputs);
	const plan = orderTargets(able.value, {
		condition: (target) => health.condition(target, false),
		cost(target) {
			const prices = findTargetFacts(models, target)?.prices;
			return prices === undefined ? undefined : expectedCost({ inputTokens, outputTokens: 0 }, prices);
		},
		random: runtime.random,
		affinity: {},
		now: runtime.now(),
	});
	if (!plan.ok) return plan;
	const slot = takeSlot(services.slots(call.surface, false));
	if (!slot.ok) return slot;
	return { ok: true, value: { ...call, kind: "embeddings", isStreamed: false, plan: plan.value, tools: { allowed: undefined, disallowed: [] }, onEnd: slot.value } };
}

function sumOf(parts: readonly Metered[]): Metered {
	return parts.reduce<Metered>(
		(sum, { usage, isEstimated = sum.isEstimated }) => ({ usage: addUsage(sum.usage, usage), ...(isEstimated ? { isEstimated } : {}) }),
		{ usage: {} },
	);
}
