import type { UtilityWeights } from "../../packages/core/src/contract/route.ts";
import type { Expectation } from "../../packages/core/src/rules/routing/learn/learn.ts";
import { smallness, type UtilityScale, utilityOf } from "../../packages/core/src/rules/routing/learn/utility.ts";
import { between, gaussian, seeded } from "./random.ts";

/** A kind of request: how often, and how much of it. */
export interface Kind {
	readonly context: string;
	readonly share: number;
	readonly inputTokens: number;
	readonly outputTokens: number;
}

/** A target as it is now. */
export interface SimulatedTarget {
	readonly label: string;
	/** Dollars per million tokens. */
	readonly inputPrice: number;
	readonly outputPrice: number;
	readonly startMs: number;
	readonly tokenMs: number;
	/** By kind. */
	readonly quality: readonly number[];
	/** What the vendor says of its speed: not quite true. */
	readonly publishedFactor: number;
	isOffered: boolean;
	success: number;
	/** Logarithms, on top of the above. */
	latencyDrift: number;
	priceChange: number;
}

export interface World {
	readonly kinds: readonly Kind[];
	readonly targets: readonly SimulatedTarget[];
	readonly noise: Noise;
	/** What changes before request number `step`. */
	advance(step: number): void;
	/** Steps at which something happened that is to be recovered from. */
	readonly events: readonly { readonly step: number; readonly name: string }[];
}

export interface Noise {
	/** Share of answers that somebody gives a word on. */
	readonly feedback: number;
	/** Standard deviation of such a word. */
	readonly score: number;
	/** Share of words that are the contrary of what is meant. */
	readonly spite: number;
	/** Standard deviation of the logarithms. */
	readonly latency: number;
	readonly cost: number;
	/** Share of answers that take many times as long. */
	readonly stalls: number;
}

export const requests = 4000;
export const meanPauseMs = 2000;

const usualNoise: Noise = { feedback: 0.2, score: 0.25, spite: 0, latency: 0.35, cost: 0.35, stalls: 0.01 };
const kinds = [
	{ context: "s-----", inputTokens: 150, outputTokens: 200 },
	{ context: "mc----", inputTokens: 1500, outputTokens: 800 },
	{ context: "lct---", inputTokens: 9000, outputTokens: 600 },
	{ context: "s--j--", inputTokens: 400, outputTokens: 150 },
	{ context: "m-t---", inputTokens: 2500, outputTokens: 200 },
	{ context: "s---k-", inputTokens: 200, outputTokens: 300 },
];

export const scenarios = ["stationary", "drifting latency", "outage", "price change", "new target", "contexts", "noise", "many targets"] as const;
export type ScenarioName = (typeof scenarios)[number];

/** A world of its own for every seed: prices, speeds, qualities and the mix of requests are drawn. */
export function worldOf(scenario: ScenarioName, seed: number, weights: UtilityWeights): World {
	const random = seeded(seed, scenarios.indexOf(scenario), 1);
	const shares = kinds.map(() => -Math.log(1 - random()));
	const whole = shares.reduce((sum, share) => sum + share, 0);
	const mix = kinds.map((kind, index) => ({ ...kind, share: (shares[index] ?? 0) / whole }));
	const count = scenario === "many targets" ? 16 : scenario === "new target" ? 5 : 4;
	const targets = Array.from({ length: count }, (_, index) => drawTarget(index, scenario === "contexts" ? 1 : 0, random));
	const noise = scenario === "noise" ? { feedback: 0.1, score: 0.35, spite: 0.15, latency: 0.6, cost: 0.5, stalls: 0.05 } : usualNoise;
	const world = { kinds: mix, targets, noise, events: [], advance: () => {} };
	switch (scenario) {
		case "drifting latency":
			return { ...world, advance: () => driftLatency(targets, random) };
		case "outage": {
			const best = bestTarget(world, weights);
			const failing = [{ from: 1500, to: 1900, success: 0.02 }, { from: 2800, to: 2920, success: 0.3 }];
			return {
				...world,
				events: failing.flatMap(({ from, to }) => [{ step: from, name: "fails" }, { step: to, name: "is back" }]),
				advance: (step) => {
					best.success = failing.find(({ from, to }) => step >= from && step < to)?.success ?? 0.99;
				},
			};
		}
		case "price change": {
			const best = bestTarget(world, weights);
			return {
				...world,
				events: [{ step: 1500, name: "dearer" }, { step: 2700, name: "as before" }],
				advance: (step) => {
					best.priceChange = step >= 1500 && step < 2700 ? Math.log(5) : 0;
				},
			};
		}
		case "new target": {
			const best = bestTarget(world, weights);
			best.isOffered = false;
			return {
				...world,
				events: [{ step: 1500, name: "appears" }],
				advance: (step) => {
					best.isOffered = step >= 1500;
				},
			};
		}
		default:
			return world;
	}
}

function drawTarget(index: number, contextual: number, random: () => number): SimulatedTarget {
	const size = random();
	const inputPrice = 0.1 * 40 ** size * Math.exp(0.3 * gaussian(random));
	const mean = 0.5 + 0.25 * size + 0.1 * gaussian(random);
	const effects = Array.from({ length: 5 }, () => 0.08 * gaussian(random));
	const quality = kinds.map(({ context }) => {
		const effect = effects.reduce((sum, one, trait) => sum + (context.charAt(trait) === "-" || context.charAt(trait) === "s" ? 0 : one), 0);
		return Math.max(0.05, Math.min(0.97, mean + contextual * (effect + 0.06 * gaussian(random))));
	});
	return {
		label: `provider-${index + 1}/model`,
		inputPrice,
		outputPrice: inputPrice * between(random, 3, 6),
		startMs: between(random, 200, 900),
		tokenMs: (4 + 12 * size) * Math.exp(0.4 * gaussian(random)),
		quality,
		publishedFactor: Math.exp(0.3 * gaussian(random)),
		isOffered: true,
		success: 0.99,
		latencyDrift: 0,
		priceChange: 0,
	};
}

/** An AR(1) process that forgets within some minutes, and jumps to three times as slow now and then. */
function driftLatency(targets: readonly SimulatedTarget[], random: () => number): void {
	for (const target of targets) {
		target.latencyDrift = 0.995 * target.latencyDrift + 0.6 * Math.sqrt(1 - 0.995 ** 2) * gaussian(random);
		if (random() < 1 / 1000) target.latencyDrift += Math.log(3);
	}
}

export function usualLatencyMs({ startMs, tokenMs }: SimulatedTarget, { outputTokens }: Kind): number {
	return startMs + tokenMs * outputTokens;
}

export function costMicroUsd({ inputPrice, outputPrice }: SimulatedTarget, { inputTokens, outputTokens }: Kind): number {
	return inputPrice * inputTokens + outputPrice * outputTokens;
}

/** What the gateway can know beforehand: the price table, and what the vendor says of its speed. */
export function expectationOf(target: SimulatedTarget, kind: Kind): Expectation {
	return { latencyMs: usualLatencyMs(target, kind) * target.publishedFactor, costMicroUsd: costMicroUsd(target, kind) };
}

/** What is ordinary for a kind of request: the geometric mean over all targets. */
export function scaleOf({ targets }: Pick<World, "targets">, kind: Kind): UtilityScale {
	const mean = (valueOf: (target: SimulatedTarget) => number) => Math.exp(targets.reduce((sum, target) => sum + Math.log(valueOf(target)), 0) / targets.length);
	return { latencyMs: mean((target) => usualLatencyMs(target, kind)), costMicroUsd: mean((target) => costMicroUsd(target, kind)) };
}

/** The expected utility of a choice, as things are now. */
export function truth(target: SimulatedTarget, kind: Kind, index: number, scale: UtilityScale, weights: UtilityWeights): number {
	const latency = smallness(Math.log(usualLatencyMs(target, kind) / scale.latencyMs) + target.latencyDrift);
	const cost = smallness(Math.log(costMicroUsd(target, kind) / scale.costMicroUsd) + target.priceChange);
	return target.success * utilityOf({ quality: target.quality[index] ?? 0, latency, cost }, weights);
}

/** The best for all kinds of requests together, before anything happens. */
function bestTarget(world: Pick<World, "targets" | "kinds">, weights: UtilityWeights): SimulatedTarget {
	const scales = world.kinds.map((kind) => scaleOf(world, kind));
	const total = (target: SimulatedTarget) =>
		world.kinds.reduce((sum, kind, index) => sum + kind.share * truth(target, kind, index, scales[index] ?? { latencyMs: 1, costMicroUsd: 1 }, weights), 0);
	const [first, ...rest] = world.targets;
	if (first === undefined) throw new Error("A world has targets");
	return rest.reduce((best, target) => (total(target) > total(best) ? target : best), first);
}
