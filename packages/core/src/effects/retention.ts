import type { Runtime } from "./runtime.ts";
import type { InsightsStore } from "./store/insights-store.ts";

/** How long what the ledger holds is kept, in days. What is absent stays. */
export interface Retention {
	/** Of the records themselves: export and traces reach as far back. */
	readonly recordsDays?: number;
	/** Of the sums that analytics are made of. */
	readonly rollupsDays?: number;
}

/**
 * Deletes what is older, a minute after the start and then every hour. Several gateways on one store do no harm to each other.
 * @returns what ends it, once what runs has run.
 */
export function keepRetention({ recordsDays, rollupsDays }: Retention, store: InsightsStore, runtime: Pick<Runtime, "now" | "schedule" | "observe">): () => Promise<void> {
	let running: Promise<void> = Promise.resolve();
	let cancel = () => {};
	let isOver = false;

	async function prune(): Promise<void> {
		const before = (days: number) => runtime.now() - days * dayMs;
		try {
			await store.prune({
				...(recordsDays === undefined ? {} : { records: before(recordsDays) }),
				...(rollupsDays === undefined ? {} : { rollups: before(rollupsDays) }),
			});
		} catch (error) {
			runtime.observe({ type: "warning", message: `Old usage records were not deleted: ${error instanceof Error ? error.message : String(error)}` });
		}
		if (!isOver) plan(everyMs);
	}

	function plan(ms: number): void {
		cancel = runtime.schedule(ms, () => {
			running = prune();
		});
	}

	if (recordsDays !== undefined || rollupsDays !== undefined) plan(firstMs);
	return async () => {
		isOver = true;
		cancel();
		await running;
	};
}
const dayMs = 86_400_000;
const firstMs = 60_000;
const everyMs = 3_600_000;
