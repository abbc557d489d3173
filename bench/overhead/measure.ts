import type { Child, Consumption } from "./control.ts";
import type { LoadPlan, LoadResult } from "./load.ts";

/** One of the things measured: the stand-in itself (`direct`), the bare proxy, the gateway. */
export interface Target {
	readonly name: "direct" | "bare" | "gateway";
	readonly child: Child;
	readonly port: number;
}

export interface Measurement extends LoadResult {
	readonly cpuUsPerAnswer: number;
	readonly cpuUsPerChunk: number;
	/** What workers took: garbage collection, the compiler, the ledger's writer. */
	readonly sideUsPerAnswer: number;
	readonly residentMib: number;
	/** Share of one core that the process took. Near 1: it was the limit. */
	readonly busy: number;
}

export type Scenario = Omit<LoadPlan, "port" | "token">;

export const token = "bench-token";

export async function measure(load: Child, target: Target, scenario: Scenario): Promise<Measurement> {
	const before = await target.child.call<Consumption>("consumption");
	const result = await load.call<LoadResult>("run", { ...scenario, port: target.port, token } satisfies LoadPlan);
	const after = await target.child.call<Consumption>("consumption");
	const wrong = Object.entries(result.errors);
	if (wrong.length > 0) {
		throw new Error(`${target.name}: ${wrong.map(([error, times]) => `${times} x ${error}`).join("; ")}. Such figures would be worth nothing.`);
	}
	const cpuUs = after.cpuUs - before.cpuUs;
	return {
		...result,
		cpuUsPerAnswer: cpuUs / result.answers,
		cpuUsPerChunk: cpuUs / result.chunks,
		sideUsPerAnswer: (cpuUs - (after.mainThreadUs - before.mainThreadUs)) / result.answers,
		residentMib: after.residentMib,
		busy: cpuUs / 1000 / result.elapsedMs,
	};
}

/** The same scenario against each target by turns, `rounds` times, so that a slow minute of the machine strikes all of them. */
export async function measureByTurns(
	load: Child,
	targets: readonly Target[],
	scenario: Scenario,
	rounds: number,
): Promise<ReadonlyMap<Target["name"], readonly Measurement[]>> {
	const all = new Map<Target["name"], Measurement[]>(targets.map((target) => [target.name, []]));
	for (let round = 0; round < rounds; round += 1) {
		for (const target of round % 2 === 0 ? targets : targets.toReversed()) all.get(target.name)?.push(await measure(load, target, scenario));
	}
	return all;
}
