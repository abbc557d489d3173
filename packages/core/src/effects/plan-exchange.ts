import type { GatewayError } from "../contract/errors.ts";
import type { Prompt } from "../contract/prompt.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { findTargetFacts } from "../rules/models/target-facts.ts";
import { contextOf, switchingCost } from "../rules/routing/learn/index.ts";
import type { LearnedConditions } from "../rules/routing/learned-order.ts";
import { orderTargets, type Plan } from "../rules/routing/order.ts";
import type { Candidates } from "../rules/routing/plan.ts";
import { boundTo, isBinding } from "../rules/routing/reasoning-binding.ts";
import type { Target } from "../rules/routing/target.ts";
import { expectedCost } from "../rules/usage/cost.ts";
import { estimatePromptTokens } from "../rules/usage/prompt-tokens.ts";
import type { Services } from "./services.ts";
import type { Knowledge } from "./store/learning-store.ts";

/** What of a conversation decides where it goes. */
export interface Planned {
	readonly prompt: Prompt;
	readonly isStreamed: boolean;
	readonly sessionId: string | undefined;
	/** The label of the target of the session's last turn. */
	readonly lastTarget: string | undefined;
	/** Of a route that learns. */
	readonly knowledge: Knowledge | undefined;
}

type PlanServices = Pick<Services, "runtime" | "health" | "models">;

/** The order in which the candidates are tried, by what is known at this moment. */
export function planExchange(planned: Planned, candidates: Candidates, services: PlanServices): Decoded<Plan, GatewayError> {
	const { prompt, isStreamed, sessionId, lastTarget, knowledge } = planned;
	const { runtime, health } = services;
	const sizeAt = createSizing(prompt, services);
	return orderTargets(candidates, {
		condition: (target) => health.condition(target, isStreamed),
		cost: (target) => sizeAt(target).costMicroUsd,
		random: runtime.random,
		affinity: {
			boundTo: candidates.targets.some(isBinding) ? boundTo(prompt) : undefined,
			last: lastTarget,
			key: sessionId ?? cacheKeyOf(prompt),
		},
		now: runtime.now(),
		...(knowledge === undefined ? {} : { learned: learnedConditions(planned, knowledge, candidates, sizeAt, services) }),
	});
}

function learnedConditions(
	{ prompt, isStreamed, lastTarget }: Planned,
	{ state, scores }: Knowledge,
	{ weights }: Candidates,
	sizeAt: Sizing,
	{ models }: PlanServices,
): LearnedConditions {
	const known = lazily(() => estimatePromptTokens({ ...prompt, messages: prompt.messages.slice(0, -1) }));
	return {
		state,
		context: contextOf(prompt, isStreamed),
		expected(target) {
			const { costMicroUsd, inputTokens, outputTokens } = sizeAt(target);
			const { prices, firstTokenMs, tokensPerSecond } = findTargetFacts(models, target) ?? {};
			const answerMs = isStreamed || tokensPerSecond === undefined ? 0 : (outputTokens / tokensPerSecond) * 1000;
			const isCached = prices !== undefined && target.label === lastTarget;
			return {
				costMicroUsd: isCached ? expectedCost({ inputTokens, outputTokens, cachedInputTokens: known() }, prices) : costMicroUsd,
				...(firstTokenMs === undefined ? {} : { latencyMs: firstTokenMs + answerMs }),
			};
		},
		score: ({ providerName, model }) => scores.find((score) => score.provider === providerName && score.model === model)?.score,
		switchingCost(target) {
			const prices = findTargetFacts(models, target)?.prices;
			const { costMicroUsd } = sizeAt(target);
			return prices === undefined || costMicroUsd === undefined ? 0 : switchingCost({ cachedTokens: known(), costMicroUsd, prices }, weights);
		},
	};
}

interface Size {
	readonly inputTokens: number;
	/** How long the answer will be nobody knows: as long as it may be, within reason. */
	readonly outputTokens: number;
	/** `undefined` where the price is not known. */
	readonly costMicroUsd: number | undefined;
}
type Sizing = (target: Target) => Size;

/** What the prompt is taken for at a target. */
function createSizing(prompt: Prompt, { models }: Pick<Services, "models">): Sizing {
	// The same for all targets, and the whole prompt is looked through for it.
	const inputTokens = lazily(() => estimatePromptTokens(prompt));
	return (target) => {
		const facts = findTargetFacts(models, target);
		const outputTokens = Math.min(prompt.settings.maxOutputTokens ?? facts?.maxOutputTokens ?? customaryAnswer, customaryAnswer);
		const size = { inputTokens: inputTokens(), outputTokens };
		return { ...size, costMicroUsd: facts?.prices === undefined ? undefined : expectedCost(size, facts.prices) };
	};
}
const customaryAnswer = 1000;

function lazily<Value>(make: () => Value): () => Value {
	let made: { readonly value: Value } | undefined;
	return () => (made ??= { value: make() }).value;
}

/** OpenAI's hint that prompts belong together. */
function cacheKeyOf({ extras }: Prompt): string | undefined {
	const key = extras?.fields["prompt_cache_key"];
	return typeof key === "string" ? key : undefined;
}
