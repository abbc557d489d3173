import type { Runtime } from "../runtime.ts";
import type { CacheStore } from "./cache-store.ts";

/** How long a request waits for its cache, whatever it asks of it. */
const patienceMs = 100;
/** How long the gateway's end waits. */
const closePatienceMs = 1000;
/** How long a store that was too slow or failed is left alone: requests do not pay for it one by one. */
const restMs = 1000;

/**
 * A store of somebody else's, which may hang and fail: never rejects and never takes long. What goes wrong is as if it had nothing,
 * and is told once, until it is well again: then one request tries it for all.
 */
export function patientStore(store: CacheStore, { now, schedule, observe }: Pick<Runtime, "now" | "schedule" | "observe">): CacheStore {
	let failedAt: number | undefined;

	async function ask<Result>(verb: () => Promise<Result>): Promise<Result | undefined> {
		const isTrial = failedAt !== undefined;
		if (failedAt !== undefined) {
			if (now() < failedAt + restMs) return undefined;
			failedAt = now();
		}
		try {
			const result = await inTime(verb, patienceMs);
			if (isTrial) recover();
			return result;
		} catch (error) {
			fail(error);
			return undefined;
		}
	}

	function fail(error: unknown): void {
		const isKnown = failedAt !== undefined;
		failedAt = now();
		const reason = error instanceof Error ? error.message : String(error);
		if (!isKnown) observe({ type: "warning", message: `The cache store fails, and answers are made anew until it is well again: ${reason}` });
	}

	function recover(): void {
		failedAt = undefined;
		observe({ type: "warning", message: "The cache store is well again" });
	}

	/** What comes later, an error too, comes for nobody. */
	function inTime<Result>(verb: () => Promise<Result>, ms: number): Promise<Result> {
		return new Promise((resolve, reject) => {
			// Where this process was busy itself, the answer may be there and unread: it has one turn more.
			let cancel = schedule(ms, () => {
				cancel = schedule(0, () => reject(new Error(`no answer within ${ms} ms`)));
			});
			// A store that throws is one that fails.
			(async () => verb())().finally(() => cancel()).then(resolve, reject);
		});
	}

	const { findNearest } = store;
	return {
		find: (key, at) => ask(() => store.find(key, at)),
		put: (key, entry, place) => ask(() => store.put(key, entry, place)),
		...(findNearest === undefined ? {} : { findNearest: (...likeness) => ask(() => findNearest.call(store, ...likeness)) }),
		close: () => inTime(async () => store.close?.(), closePatienceMs).catch(fail),
	};
}
