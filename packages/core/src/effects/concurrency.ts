/** Slots for concurrent requests of one class. */
export interface Slots {
	readonly limit: number | undefined;
	active(): number;
	/** @returns what gives the slot back (safe to call twice), or `undefined` where none is free. */
	acquire(): (() => void) | undefined;
}

/** `limit` undefined: no limit; 0: nothing passes. */
export function createSlots(limit: number | undefined): Slots {
	let active = 0;
	return {
		limit,
		active: () => active,
		acquire() {
			if (limit !== undefined && active >= limit) return undefined;
			active++;
			let isHeld = true;
			return () => {
				if (isHeld) active--;
				isHeld = false;
			};
		},
	};
}
