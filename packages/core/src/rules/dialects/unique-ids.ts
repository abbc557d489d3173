/** Ids of calls that no two calls of one answer share: of a repeated one the later get a number. Deterministic. */
export function createUniqueIds(): (id: string) => string {
	const used = new Set<string>();
	const counts = new Map<string, number>();
	return (id) => {
		let count = counts.get(id) ?? 1;
		let free = id;
		while (used.has(free)) free = `${id}_${++count}`;
		counts.set(id, count);
		used.add(free);
		return free;
	};
}
