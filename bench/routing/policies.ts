import { chooseOrder, type LearnTarget } from "../../packages/core/src/rules/routing/learn/choose.ts";
import { learn } from "../../packages/core/src/rules/routing/learn/learn.ts";
import { emptyState, type LearnState } from "../../packages/core/src/rules/routing/learn/state.ts";
import { defaultTuning, type Tuning } from "../../packages/core/src/rules/routing/learn/tuning.ts";
import type { UtilityWeights } from "../../packages/core/src/contract/route.ts";
import { rewardOf, type Result, type UtilityScale } from "../../packages/core/src/rules/routing/learn/utility.ts";
import type { SimulatedTarget } from "./world.ts";

/** One request as a policy sees it. */
export interface Request {
	readonly context: string;
	readonly inputTokens: number;
	readonly now: number;
	readonly scale: UtilityScale;
	readonly offered: readonly Offer[];
}
export interface Offer extends LearnTarget {
	readonly target: SimulatedTarget;
	/** In all, for policies that count. */
	readonly index: number;
	/** Expected utility as it is now: only the oracle looks at it. */
	readonly truth: number;
	/** What of that comes of quality, for each unit of it. */
	readonly qualityWorth: number;
	/** Expected quality. */
	readonly quality: number;
}
export interface Observed extends Result {
	readonly tokensOut: number;
}

export interface Policy {
	readonly name: string;
	choose(request: Request): Offer;
	observe(request: Request, offer: Offer, result: Observed): void;
}
export type PolicyMaker = (random: () => number, weights: UtilityWeights) => Policy;

const nothing = () => {};

export const oracle: PolicyMaker = () => ({ name: "oracle", choose: ({ offered }) => largest(offered, ({ truth }) => truth), observe: nothing });

export const random: PolicyMaker = (draw) => ({ name: "random", choose: ({ offered }) => at(offered, Math.floor(draw() * offered.length)), observe: nothing });

export const roundRobin: PolicyMaker = () => {
	let turn = 0;
	return { name: "round robin", choose: ({ offered }) => at(offered, turn++ % offered.length), observe: nothing };
};

export const fixed = (index: number): PolicyMaker => () => ({
	name: "best fixed",
	choose: ({ offered }) => offered.find((offer) => offer.index === index) ?? at(offered, 0),
	observe: nothing,
});

/**
 * As the books have it: each target once, then the one with the best mean reward, one choice in a hundred by chance. What nobody told
 * counts as ordinary, so that a word on one answer in five moves the mean by a fifth.
 */
export const plainEpsilonGreedy =
	(epsilon: number): PolicyMaker =>
	(draw, weights) => {
		const seen = new Map<string, { calls: number; reward: number }>();
		const meanOf = ({ label }: Offer) => {
			const one = seen.get(label);
			return one === undefined ? Number.POSITIVE_INFINITY : one.reward / one.calls;
		};
		return {
			name: "plain epsilon-greedy 1 %",
			choose: ({ offered }) => (draw() < epsilon ? at(offered, Math.floor(draw() * offered.length)) : largest(offered, meanOf)),
			observe: ({ scale }, { label }, result) => {
				const { calls, reward } = seen.get(label) ?? { calls: 0, reward: 0 };
				seen.set(label, { calls: calls + 1, reward: reward + rewardOf(result, scale, weights) });
			},
		};
	};

/**
 * Each target once, then the best by its means, one choice in a hundred by chance. It has the same utility as ours; quality is
 * averaged over the words there are, not over requests.
 */
export const epsilonGreedy =
	(epsilon: number, isContextual: boolean): PolicyMaker =>
	(draw, weights) => {
		const seen = new Map<string, { calls: number; plain: number; ok: number; words: number; score: number }>();
		const keyOf = (offer: Offer, { context }: Request) => (isContextual ? `${offer.label} ${context}` : offer.label);
		const whole = weights.quality + weights.latency + weights.cost;
		const valueOf = (offer: Offer, request: Request) => {
			const one = seen.get(keyOf(offer, request));
			if (one === undefined) return Number.POSITIVE_INFINITY;
			const quality = one.words === 0 ? 0.5 : one.score / one.words;
			return one.plain / one.calls + ((one.ok / one.calls) * weights.quality * (quality - 0.5)) / whole;
		};
		return {
			name: isContextual ? "epsilon-greedy 1 % by context" : "epsilon-greedy 1 %",
			choose: (request) =>
				draw() < epsilon ? at(request.offered, Math.floor(draw() * request.offered.length)) : largest(request.offered, (offer) => valueOf(offer, request)),
			observe: (request, offer, { score, ...result }) => {
				const key = keyOf(offer, request);
				const one = seen.get(key) ?? { calls: 0, plain: 0, ok: 0, words: 0, score: 0 };
				seen.set(key, one);
				one.calls += 1;
				one.ok += result.ok ? 1 : 0;
				one.plain += rewardOf(result, request.scale, weights);
				if (score !== undefined) [one.words, one.score] = [one.words + 1, one.score + score];
			},
		};
	};

/**
 * The weighted sum that other gateways choose by: price, a static quality, measured speed and a bonus for what was learnt from latency and
 * length. Its table of qualities is not public: it is given each target's true mean quality.
 */
export const formula: PolicyMaker = () => {
	const learnt = new Map<string, { calls: number; latencyMs: number; tokens: number }>();
	return {
		name: "formula",
		choose: ({ offered, inputTokens, context }) => {
			const isCode = context.includes("c");
			const [costWeight, qualityWeight] = inputTokens > 2000 ? [0.1, 0.7] : inputTokens > 500 || isCode ? [0.3, 0.5] : [0.6, 0.2];
			return largest(offered, ({ target, label, expected }) => {
				const one = learnt.get(label);
				const latencyMs = one === undefined ? (expected.latencyMs ?? 0) : one.latencyMs / one.calls;
				const tokens = one === undefined ? 0 : one.tokens / one.calls;
				const score = one === undefined ? 0.5 : 0.5 * (1 - Math.min(latencyMs / 5000, 1)) + 0.5 * Math.min(tokens / 1000, 1);
				const quality = target.quality.reduce((sum, each) => sum + each, 0) / target.quality.length;
				const cost = 1 - Math.min(target.outputPrice / 15, 1);
				const speed = 1 - Math.min(latencyMs / 3000, 1);
				return costWeight * cost + qualityWeight * quality + (1 - costWeight - qualityWeight) * speed + (score - 0.5) * 0.2;
			});
		},
		observe: (_, { label }, { ok, latencyMs = 0, tokensOut }) => {
			if (!ok) return;
			const one = learnt.get(label) ?? { calls: 0, latencyMs: 0, tokens: 0 };
			learnt.set(label, { calls: one.calls + 1, latencyMs: one.latencyMs + latencyMs, tokens: one.tokens + tokensOut });
		},
	};
};

/**
 * What could be reached: it is told latency, cost and failures as they are, and what qualities are drawn from, and has to find out
 * which target has which. It knows nothing of contexts.
 */
export const allButQuality: PolicyMaker = () => {
	const seen = new Map<string, { words: number; score: number }>();
	const drawn = { mean: 0.625, perLogPrice: 0.068, deviation: 0.1, scatter: 0.25 };
	let words = 2;
	let asked = 10;
	return {
		name: "all but quality",
		choose: ({ offered }) => {
			const priceLog = ({ target }: Offer) => Math.log(target.inputPrice);
			const ordinary = offered.reduce((sum, offer) => sum + priceLog(offer), 0) / offered.length;
			return largest(offered, (offer) => {
				const one = seen.get(offer.label) ?? { words: 0, score: 0 };
				const precision = 1 / drawn.deviation ** 2 + one.words / drawn.scatter ** 2;
				const assumed = drawn.mean + drawn.perLogPrice * (priceLog(offer) - ordinary);
				const mean = (assumed / drawn.deviation ** 2 + one.score / drawn.scatter ** 2) / precision;
				const gain = (1000 * words) / asked / drawn.scatter ** 2 / precision;
				const promise = gain > 1 ? Math.sqrt(Math.log(gain) / precision) : 0;
				return offer.truth + offer.qualityWorth * (mean + promise - offer.quality);
			});
		},
		observe: (_, { label }, { score }) => {
			asked += 1;
			if (score === undefined) return;
			words += 1;
			const one = seen.get(label) ?? { words: 0, score: 0 };
			seen.set(label, { words: one.words + 1, score: one.score + score });
		},
	};
};

export const learned =
	(tuning: Tuning = defaultTuning, name = "learned"): PolicyMaker =>
	(draw, weights) => {
		let state: LearnState = emptyState;
		let isExploratory = false;
		return {
			name,
			choose: ({ offered, context, now }) => {
				const [first, ...rest] = offered;
				if (first === undefined) throw new Error("Something is offered");
				const { order, explanation } = chooseOrder({ state, context, targets: [first, ...rest], now, random: draw, weights, tuning });
				isExploratory = explanation.reason === "explore";
				return offered.find(({ label }) => label === order[0]) ?? first;
			},
			observe: ({ context, now }, { label, expected }, { score, ...result }) => {
				state = learn(state, { kind: "choice", target: label, context, ...result, expected, exploratory: isExploratory }, now, tuning);
				if (score !== undefined) state = learn(state, { kind: "feedback", target: label, context, score }, now, tuning);
			},
		};
	};

function largest(offers: readonly Offer[], valueOf: (offer: Offer) => number): Offer {
	let found = at(offers, 0);
	let value = valueOf(found);
	for (const offer of offers) {
		const own = valueOf(offer);
		if (own > value) [found, value] = [offer, own];
	}
	return found;
}

function at(offers: readonly Offer[], index: number): Offer {
	const found = offers[index] ?? offers[0];
	if (found === undefined) throw new Error("Something is offered");
	return found;
}
