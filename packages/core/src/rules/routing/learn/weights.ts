import { believe, routeQuality } from "./belief.ts";
import { emptyTarget, type LearnState } from "./state.ts";
import { defaultTuning, type Tuning } from "./tuning.ts";
import { unit } from "./utility.ts";

/** One line of `GET /v1/weights`. */
export interface RouterWeight {
	readonly provider: string;
	readonly model: string;
	readonly totalCalls: number;
	/** 0 where nothing was measured; so are tokens. */
	readonly avgLatencyMs: number;
	readonly avgTokensOut: number;
	/** What is believed of the quality of its answers, 0 to 1: an operator's score, moved by the feedback since. */
	readonly score: number;
}

/** A model with all of its credentials' labels. */
export interface WeighedModel {
	readonly provider: string;
	readonly model: string;
	readonly labels: readonly string[];
	/** As it was put by `PUT /v1/weights`. */
	readonly score?: number | undefined;
}

/** What was learnt of a project's models in all of its routes: a line for each model, in the order in which they are handed in. */
export function weightsView(
	states: readonly LearnState[],
	models: readonly WeighedModel[],
	now: number,
	tuning: Tuning = defaultTuning,
): readonly RouterWeight[] {
	const assumed = routeQuality(states.flatMap(({ targets }) => Object.values(targets)), now, tuning);
	const strength = (assumed.scatter / tuning.surprise.quality) ** 2;
	return models.map(({ provider, model, labels, score }) => {
		const own = states.flatMap(({ targets }) => labels.flatMap((label) => (Object.hasOwn(targets, label) ? [targets[label] ?? emptyTarget] : [])));
		const sum = (valueOf: (totals: (typeof emptyTarget)["totals"]) => number) => own.reduce((total, { totals }) => total + valueOf(totals), 0);
		const assumption = score === undefined ? { mean: assumed.mean, strength } : { mean: unit(score), strength: tuning.overrideStrength };
		// Of no context more than of another: with no spread between contexts all of them count in full.
		const heard = own.reduce(
			({ mean, strength: so }, target) => {
				const belief = believe(target, "quality", { context: "", now, assumption: { mean, strength: so }, contexts: 0, scatter: assumed.scatter }, tuning);
				return { mean: belief.mean, strength: so + belief.count };
			},
			assumption,
		);
		return {
			provider,
			model,
			totalCalls: sum(({ calls }) => calls),
			avgLatencyMs: sum(({ latencyMs }) => latencyMs) / Math.max(1, sum(({ timed }) => timed)),
			avgTokensOut: sum(({ tokensOut }) => tokensOut) / Math.max(1, sum(({ counted }) => counted)),
			score: heard.mean,
		};
	});
}
