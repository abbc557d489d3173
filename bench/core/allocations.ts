import { type HeapProfiler, Session } from "node:inspector/promises";
import { shortened } from "../overhead/profile.ts";

/** Bytes that are allocated while `run` runs, garbage included, by V8's sampling. */
export async function allocations(run: () => Promise<void>): Promise<number> {
	return [...(await sizes(run)).values()].reduce((sum, size) => sum + size, 0);
}

/** The functions that allocate most, with their shares. */
export async function topAllocations(run: () => Promise<void>, most: number): Promise<readonly string[]> {
	const byPlace = await sizes(run);
	const all = [...byPlace.values()].reduce((sum, size) => sum + size, 0);
	const top = [...byPlace].sort(([, one], [, other]) => other - one).slice(0, most);
	return top.map(([place, size]) => `${((size / all) * 100).toFixed(1).padStart(7)} %  ${place}`);
}

async function sizes(run: () => Promise<void>): Promise<ReadonlyMap<string, number>> {
	const session = new Session();
	session.connect();
	await session.post("HeapProfiler.startSampling", { samplingInterval: 4096, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true });
	await run();
	const { profile } = await session.post("HeapProfiler.stopSampling");
	session.disconnect();
	const byPlace = new Map<string, number>();
	add(profile.head, byPlace);
	return byPlace;
}

function add({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode, byPlace: Map<string, number>): void {
	const place = `${callFrame.functionName || "(anonymous)"} ${shortened(callFrame.url)}:${callFrame.lineNumber + 1}`;
	byPlace.set(place, (byPlace.get(place) ?? 0) + selfSize);
	for (const child of children) add(child, byPlace);
}
