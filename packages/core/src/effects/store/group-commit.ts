export interface GroupCommit<Item> {
	/** @returns the group's own promise: it settles once the whole group is committed or is not. */
	add(item: Item): Promise<void>;
	/** Resolves once nothing waits and nothing is being committed, whatever became of it. */
	idle(): Promise<void>;
}

/**
 * Collects what is added until `defer` calls back and commits it as one group. One group is committed at a time; what is
 * added meanwhile forms the next, so groups grow with the load.
 */
export function groupCommit<Item>(
	commit: (items: readonly Item[]) => Promise<void>,
	defer: (callback: () => void) => void,
): GroupCommit<Item> {
	let waiting: Item[] = [];
	let group: Promise<void> | undefined;
	let last: Promise<void> = Promise.resolve();

	return {
		add(item) {
			waiting.push(item);
			if (group === undefined) {
				const turnEnds = new Promise<void>((resolve) => defer(resolve));
				group = Promise.all([turnEnds, last]).then(() => {
					const items = waiting;
					waiting = [];
					group = undefined;
					return commit(items);
				});
				last = group.catch(() => {});
			}
			return group;
		},
		async idle() {
			let seen: Promise<void> | undefined;
			while (seen !== last) {
				seen = last;
				await seen;
			}
		},
	};
}
