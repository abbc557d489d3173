import type { Runtime } from "./runtime.ts";
import type { Store } from "./store/store.ts";

/** How long what the store holds of the past is kept, in days. What is absent stays. */
export interface Retention {
	/** Of the records themselves: export and traces reach as far back. */
	readonly recordsDays?: number;
	/** Of the sums that analytics are made of. */
	readonly rollupsDays?: number;
	/** Of the audit log. */
	readonly auditDays?: number;
}

/**
 * Deletes what is older, a minute after the start and then every hour. Several gateways on one store do no harm to each other.
 * @returns what ends it, once what runs has run.
 */
export function keepRetention(
	{ recordsDays, rollupsDays, auditDays }: Retention,
	{ insights, audit }: Pick<Store, "insights" | "audit">,
	runtime: Pick<Runtime, "now" | "schedule" | "observe">,
): () => Promise<void> {
	let running: Promise<void> = Promise.resolve();
	let cancel = () => {};
	let isOver = false;

	const before = (days: number) => runtime.now() - days * dayMs;

	/** One that fails keeps nothing else from going. */
	async function attempt(what: string, prune: () => Promise<void>): Promise<void> {
		try {
			await prune();
		} catch (error) {
			runtime.observe({ type: "warning", message: `Old ${what} were not deleted: ${error instanceof Error ? error.message : String(error)}` });
		}
	}

	async function prune(): Promise<void> {
		if (recordsDays !== undefined || rollupsDays !== undefined) {
			await attempt("usage records", () =>
				insights.prune({
					...(recordsDays === undefined ? {} : { records: before(recordsDays) }),
					...(rollupsDays === undefined ? {} : { rollups: before(rollupsDays) }),
				}),
			);
		}
		if (auditDays !== undefined) await attempt("entries of the audit log", () => audit.prune(before(auditDays)));
		if (!isOver) plan(everyMs);
	}

	function plan(ms: number): void {
		cancel = runtime.schedule(ms, () => {
			running = prune();
		});
	}

	if (recordsDays !== undefined || rollupsDays !== undefined || auditDays !== undefined) plan(firstMs);
	return async () => {
		isOver = true;
		cancel();
		await running;
	};
}
const dayMs = 86_400_000;
const firstMs = 60_000;
const everyMs = 3_600_000;
