import type { UsageRecord } from "../../../contract/session.ts";
import { addSums, bucketOf, dayOf, noSums, type RollupKey, rollupKeyOf, type RollupSums, rollupSumsOf } from "../../../rules/usage/rollup.ts";
import type { InsightsStore, RollupGroup } from "../insights-store.ts";

interface Rollup {
	readonly projectId: string | undefined;
	readonly bucket: number;
	readonly key: RollupKey;
	sums: RollupSums;
}

export interface MemoryInsights {
	add(record: UsageRecord): void;
	readonly store: InsightsStore;
}

/** @param largest how many roll-ups are kept; the oldest go first. @param pruneRecords deletes those that began before a time. */
export function memoryInsights(assertOpen: () => void, largest: number, pruneRecords: (before: number) => void): MemoryInsights {
	const rollups = new Map<string, Rollup>();

	function keepNewest(): void {
		if (rollups.size <= largest * 1.25) return;
		const oldest = [...rollups].toSorted(([, one], [, other]) => one.bucket - other.bucket);
		for (const [name] of oldest.slice(0, rollups.size - largest)) rollups.delete(name);
	}

	return {
		add(record) {
			const { projectId } = record;
			const bucket = bucketOf(record.startedAt);
			const key = rollupKeyOf(record);
			const name = JSON.stringify([projectId, bucket, ...Object.values(key)]);
			const known = rollups.get(name) ?? { projectId, bucket, key, sums: noSums };
			known.sums = addSums(known.sums, rollupSumsOf(record));
			rollups.set(name, known);
			keepNewest();
		},
		store: {
			async sum({ projectId, edges, by }) {
				assertOpen();
				const groups = new Map<string, RollupGroup>();
				for (const rollup of rollups.values()) {
					if (projectId !== undefined && rollup.projectId !== projectId) continue;
					const span = edges.findLastIndex((edge) => edge <= rollup.bucket);
					if (span === -1 || span >= edges.length - 1) continue;
					const key = Object.fromEntries(by.map((dimension) => [dimension, rollup.key[dimension]]));
					const name = JSON.stringify([span, key]);
					groups.set(name, { span, key, ...addSums(groups.get(name) ?? noSums, rollup.sums) });
				}
				return [...groups.values()];
			},
			async prune({ records, rollups: before }) {
				assertOpen();
				if (records !== undefined) pruneRecords(records);
				if (before !== undefined) for (const [name, { bucket }] of rollups) if (bucket < dayOf(before)) rollups.delete(name);
			},
		},
	};
}
