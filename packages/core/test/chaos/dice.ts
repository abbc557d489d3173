/** Seeded chance: the same seed and name throw the same, in whatever order things happen. */
export interface Dice {
	/** At least 0, less than 1. */
	next(): number;
	/** A whole number from 0, below `limit`. */
	below(limit: number): number;
	/** One of them, by their weights. */
	pick<Item>(items: readonly Item[], weightOf?: (item: Item) => number): Item;
}

export function createDice(seed: string): Dice {
	// FNV-1a for the seed, mulberry32 for the throws.
	let state = 0x811c9dc5;
	for (let at = 0; at < seed.length; at++) state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193);
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
	};
	return {
		next,
		below: (limit) => Math.floor(next() * limit),
		pick(items, weightOf = () => 1) {
			let left = next() * items.reduce((sum, item) => sum + weightOf(item), 0);
			const found = items.find((item) => (left -= weightOf(item)) < 0) ?? items.at(-1);
			if (found === undefined) throw new Error("Nothing to pick from");
			return found;
		},
	};
}
