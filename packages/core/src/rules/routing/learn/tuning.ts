/** What is observed of a target, each on its own. `latency` and `cost` are logarithms of the ratio to what was expected. */
export type Aspect = "quality" | "latency" | "cost";

/** The learner's constants, all instances' alike. Chosen by `bench/routing`; see docs/learned-routing.md. */
export interface Tuning {
	/** How fast what was observed fades, per aspect, in milliseconds. */
	readonly halfLifeMs: Readonly<Record<Aspect | "ok" | "choices" | "pairs", number>>;
	/** Standard deviation of one observation, as it is assumed. */
	readonly noise: Readonly<Record<Aspect, number>>;
	/** Pairs of outcomes that the assumption is worth, where it is measured. */
	readonly assumedPairs: number;
	/** Standard deviation of a target's true value around what is assumed of it before anything was observed. */
	readonly surprise: Readonly<Record<Aspect, number>>;
	/** Standard deviation of a context's true value around its target's; for quality it is estimated, from this on. */
	readonly contexts: Readonly<Record<Aspect, number>>;
	/** By how much the dearer target is assumed to be better, per factor e: what is not, is soon not sold any more. */
	readonly qualityPerLogPrice: number;
	/** Choices that are to profit from what is found out now: the more, the more is tried. */
	readonly horizon: Readonly<Record<Aspect, number>>;
	/** How much of what may be found out counts, on average. */
	readonly boldness: number;
	/** The most choices that may be exploratory: so many at once, and this share in the long run. */
	readonly exploration: { readonly burst: number; readonly share: number };
	/** Newest outcomes that are kept to notice changes. */
	readonly recent: number;
	/** Weight of the newest in their moving average. */
	readonly newest: number;
	/** An alarm: so many standard deviations of one outcome, or such a share of failures; and how long it lasts unseen. */
	readonly alarm: { readonly deviations: number; readonly failures: number; readonly halfLifeMs: number };
	/** How far latencies and costs wander (standard deviation of the logarithm), and how long that lasts. */
	readonly drift: { readonly latency: number; readonly cost: number; readonly halfLifeMs: number };
	/** What is observed during an alarm counts so much for what is usual. */
	readonly unusualWeight: number;
	/** Share of requests that look whether a target that fell is back; and while it seems to be. */
	readonly probes: { readonly share: number; readonly followUp: number };
	/** Observations that an operator's word is worth. */
	readonly overrideStrength: number;
}

const minute = 60_000;
const hour = 60 * minute;

export const defaultTuning: Tuning = {
	halfLifeMs: { quality: 14 * 24 * hour, latency: 2 * hour, cost: 12 * hour, ok: hour, choices: 6 * hour, pairs: 12 * hour },
	noise: { quality: 0.25, latency: 0.4, cost: 0.4 },
	assumedPairs: 20,
	surprise: { quality: 0.14, latency: 0.4, cost: 0.25 },
	contexts: { quality: 0.05, latency: 0.1, cost: 0.1 },
	qualityPerLogPrice: 0.05,
	horizon: { quality: 6000, latency: 300, cost: 300 },
	boldness: 0.4,
	exploration: { burst: 40, share: 0.1 },
	recent: 12,
	newest: 0.4,
	alarm: { deviations: 1.5, failures: 0.5, halfLifeMs: 10 * minute },
	drift: { latency: 0.3, cost: 0.05, halfLifeMs: 5 * minute },
	unusualWeight: 0.1,
	probes: { share: 0.04, followUp: 0.5 },
	overrideStrength: 50,
};
