import { setImmediate as turnEnd } from "node:timers/promises";

interface Timed {
	call(): Promise<void>;
	/** How many calls are one slice. */
	readonly times: number;
}

const slices = 1500;

/**
 * Microseconds of one call of each, taken by turns in slices of a few milliseconds. Of all slices the tenth percentile: those that the
 * machine interrupted, or in which garbage was collected, are in the other nine tenths.
 */
export async function timesByTurns(one: Timed, other: Timed): Promise<readonly [one: number, other: number]> {
	const taken: readonly [number[], number[]] = [[], []];
	for (let slice = 0; slice < slices; slice += 1) {
		taken[0].push(await timeOf(one));
		taken[1].push(await timeOf(other));
		await turnEnd();
	}
	return [tenth(taken[0]), tenth(taken[1])];
}

async function timeOf({ call, times }: Timed): Promise<number> {
	const startedAt = performance.now();
	for (let left = times; left > 0; left -= 1) await call();
	return ((performance.now() - startedAt) * 1000) / times;
}

function tenth(values: readonly number[]): number {
	return values.toSorted((one, other) => one - other)[Math.floor(values.length / 10)] ?? Number.NaN;
}
