import type { UtilityWeights } from "../../packages/core/src/contract/route.ts";
import { fixed, type Observed, type Offer, type PolicyMaker, type Request } from "./policies.ts";
import { gaussian, seeded } from "./random.ts";
import { costMicroUsd, expectationOf, type Kind, meanPauseMs, requests, scaleOf, type ScenarioName, type SimulatedTarget, truth, usualLatencyMs, type World, worldOf } from "./world.ts";

/** One policy in one world. */
export interface Run {
	/** Expected, of each request: how much better the oracle chose. */
	readonly regret: Float64Array;
	readonly events: World["events"];
}

/** All that chance does is drawn from the seed and the number of the request: the same for every policy. */
export function simulate(scenario: ScenarioName, seed: number, maker: PolicyMaker, weights: UtilityWeights): Run {
	const world = worldOf(scenario, seed, weights);
	const arrivals = seeded(seed, 7, 2);
	const policy = maker(seeded(seed, 11, 3), weights);
	const scales = world.kinds.map((kind) => scaleOf(world, kind));
	const regret = new Float64Array(requests);
	const qualityShare = weights.quality / (weights.quality + weights.latency + weights.cost);
	let now = 1_790_000_000_000;
	for (let step = 0; step < requests; step++) {
		world.advance(step);
		now += Math.ceil(-Math.log(1 - arrivals()) * meanPauseMs);
		const index = drawKind(world.kinds, arrivals());
		const kind = world.kinds[index];
		const scale = scales[index];
		if (kind === undefined || scale === undefined) throw new Error("A world has kinds");
		const offered = world.targets.flatMap((target, place): readonly Offer[] => {
			if (!target.isOffered) return [];
			const quality = target.quality[index] ?? 0;
			const qualityWorth = target.success * qualityShare;
			return [{ label: target.label, expected: expectationOf(target, kind), target, index: place, truth: truth(target, kind, index, scale, weights), qualityWorth, quality }];
		});
		const request: Request = { context: kind.context, inputTokens: kind.inputTokens, now, scale, offered };
		const chosen = policy.choose(request);
		regret[step] = Math.max(...offered.map((offer) => offer.truth)) - chosen.truth;
		policy.observe(request, chosen, happen(world, chosen.target, kind, index, seeded(seed, step, 13 + chosen.index)));
	}
	return { regret, events: world.events };
}

function drawKind(kinds: readonly Kind[], draw: number): number {
	let left = draw;
	for (const [index, { share }] of kinds.entries()) {
		left -= share;
		if (left < 0) return index;
	}
	return 0;
}

function happen({ noise }: World, target: SimulatedTarget, kind: Kind, index: number, random: () => number): Observed {
	if (random() >= target.success) return { ok: false, tokensOut: 0 };
	const stall = random() < noise.stalls ? 10 : 1;
	const latencyMs = stall * usualLatencyMs(target, kind) * Math.exp(target.latencyDrift + noise.latency * gaussian(random));
	const length = Math.exp(noise.cost * gaussian(random));
	const said = random() < noise.feedback;
	const meant = (target.quality[index] ?? 0) + noise.score * gaussian(random);
	const score = Math.max(0, Math.min(1, random() < noise.spite ? 1 - meant : meant));
	return {
		ok: true,
		latencyMs,
		costMicroUsd: costMicroUsd(target, kind) * Math.exp(target.priceChange) * length,
		tokensOut: kind.outputTokens * length,
		...(said ? { score } : {}),
	};
}

/** The one target that would have been best throughout, known only afterwards. */
export function bestFixed(scenario: ScenarioName, seed: number, weights: UtilityWeights): Run {
	const runs = worldOf(scenario, seed, weights).targets.map((_, index) => simulate(scenario, seed, fixed(index), weights));
	const [first, ...rest] = runs;
	if (first === undefined) throw new Error("A world has targets");
	return rest.reduce((best, run) => (total(run.regret) < total(best.regret) ? run : best), first);
}

export function total(values: Iterable<number>): number {
	let sum = 0;
	for (const value of values) sum += value;
	return sum;
}

/**
 * Requests after the event until the choices are good again: until of the next twenty no more than two lose more than a thirtieth of
 * the utility on top of what was lost before the event. `undefined` where it never came to that before the next event.
 */
export function recovery({ regret, events }: Run, event: number): number | undefined {
	const start = events[event]?.step ?? 0;
	const end = events[event + 1]?.step ?? regret.length;
	const before = Math.max(0, start - 300);
	const bound = total(regret.subarray(before, start)) / (start - before) + 0.033;
	for (let step = start; step + 20 <= end; step++) {
		if (regret.subarray(step, step + 20).filter((value) => value > bound).length <= 2) return step - start;
	}
	return undefined;
}
