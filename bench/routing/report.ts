import type { UtilityWeights } from "../../packages/core/src/contract/route.ts";
import { allButQuality, epsilonGreedy, formula, learned, oracle, plainEpsilonGreedy, type PolicyMaker, random, roundRobin } from "./policies.ts";
import { bestFixed, recovery, type Run, simulate, total } from "./simulation.ts";
import type { ScenarioName } from "./world.ts";

const makers: Readonly<Record<string, PolicyMaker>> = {
	learned: learned(),
	"ε-greedy 1 %": epsilonGreedy(0.01, false),
	"ε-greedy, plain": plainEpsilonGreedy(0.01),
	"ε-greedy by context": epsilonGreedy(0.01, true),
	"all but quality": allButQuality,
	"weighted sum": formula,
	"round robin": roundRobin,
	random,
	oracle,
};
export const ours = "learned";
export const baseline = "ε-greedy 1 %";
const informed = "all but quality";
const plain = "ε-greedy, plain";

/** Not those by which the constants were chosen (1 to 300). */
const firstSeed = 1001;

export interface ScenarioResult {
	readonly scenario: ScenarioName;
	/** By policy, a run for every seed. */
	readonly runs: ReadonlyMap<string, readonly Run[]>;
}

export function measure(scenario: ScenarioName, seeds: number, weights: UtilityWeights): ScenarioResult {
	const all = Array.from({ length: seeds }, (_, index) => firstSeed + index);
	const runs = new Map(Object.entries(makers).map(([name, maker]) => [name, all.map((seed) => simulate(scenario, seed, maker, weights))]));
	runs.set("best fixed", all.map((seed) => bestFixed(scenario, seed, weights)));
	return { scenario, runs };
}

const columns = [ours, informed, baseline, plain, "ε-greedy by context", "weighted sum", "best fixed", "round robin", "random"];

export function regretTable(results: readonly ScenarioResult[]): string {
	return markdown([
		["scenario", ...columns, "ours / ε-greedy", "ours / plain"],
		...results.map(({ scenario, runs }) => {
			const cells = columns.map((name) => {
				const { mean, margin } = estimate((runs.get(name) ?? []).map(({ regret }) => total(regret)));
				return `${mean.toFixed(1)} ± ${margin.toFixed(1)}`;
			});
			const shownRatio = ({ value, low, high }: Ratio) => `**${value.toFixed(2)}** (${low.toFixed(2)} to ${high.toFixed(2)})`;
			return [scenario, ...cells, shownRatio(ratioOf(runs, baseline)), shownRatio(ratioOf(runs, plain))];
		}),
	]);
}

export function recoveryTable(results: readonly ScenarioResult[]): string {
	const rows = results.flatMap(({ scenario, runs }) =>
		(runs.get(ours)?.[0]?.events ?? []).map(({ name, step }, event) => [
			`${scenario}: ${name} (${step})`,
			...[ours, baseline, "weighted sum"].map((policy) => {
				const times = (runs.get(policy) ?? []).map((run) => recovery(run, event) ?? Number.POSITIVE_INFINITY).toSorted((one, other) => one - other);
				const share = times.filter((time) => time <= 50).length / times.length;
				return `${shown(quantile(times, 0.5))} / ${shown(quantile(times, 0.9))} (${(share * 100).toFixed(0)} %)`;
			}),
		]),
	);
	return markdown([["event", ours, baseline, "weighted sum"], ...rows]);
}

function shown(time: number): string {
	return Number.isFinite(time) ? String(time) : "never";
}

function quantile(sorted: readonly number[], share: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.POSITIVE_INFINITY;
}

/** Of the mean, with half of its 95 % confidence interval. */
function estimate(values: readonly number[]): { readonly mean: number; readonly margin: number } {
	const mean = total(values) / values.length;
	const variance = total(values.map((value) => (value - mean) ** 2)) / Math.max(1, values.length - 1);
	return { mean, margin: 1.96 * Math.sqrt(variance / values.length) };
}

interface Ratio {
	readonly value: number;
	readonly low: number;
	readonly high: number;
}

/** Of the means over the same seeds, with the 95 % interval by Fieller's first-order approximation. */
function ratioOf(runs: ScenarioResult["runs"], other: string): Ratio {
	const mine = (runs.get(ours) ?? []).map(({ regret }) => total(regret));
	const theirs = (runs.get(other) ?? []).map(({ regret }) => total(regret));
	const base = total(theirs) / theirs.length;
	const value = total(mine) / mine.length / base;
	const { margin } = estimate(mine.map((each, index) => each - value * (theirs[index] ?? 0)));
	return { value, low: Math.max(0, value - margin / base), high: value + margin / base };
}

/** Mean over the seeds of what was lost, at every `step`th request: summed up, or as it is at the moment. */
export function curve(runs: readonly Run[], { from, to, step }: { readonly from: number; readonly to: number; readonly step: number }, isSum: boolean): number[] {
	const means: number[] = [];
	let sum = 0;
	for (let start = from; start < to; start += step) {
		const here = total(runs.map(({ regret }) => total(regret.subarray(start, start + step)))) / runs.length;
		sum += here;
		means.push(isSum ? sum : here / step);
	}
	return means;
}

function markdown([head, ...rows]: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [line(head ?? []), line((head ?? []).map(() => "---")), ...rows.map(line)].join("\n");
}
