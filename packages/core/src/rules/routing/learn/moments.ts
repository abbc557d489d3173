/** Discounted sums over what was observed: how many, their sum, the sum of their squares. They add, and they fade. */
export type Moments = readonly [count: number, sum: number, squares: number];

export const noMoments: Moments = [0, 0, 0];

export function momentsOf(value: number, weight: number): Moments {
	return [weight, weight * value, weight * value * value];
}

export function addMoments(one: Moments, oneFactor: number, other: Moments, otherFactor: number): Moments {
	return [one[0] * oneFactor + other[0] * otherFactor, one[1] * oneFactor + other[1] * otherFactor, one[2] * oneFactor + other[2] * otherFactor];
}

/** What is left of a weight after so long. */
export function fading(elapsedMs: number, halfLifeMs: number): number {
	return elapsedMs <= 0 ? 1 : Math.exp((-Math.LN2 * elapsedMs) / halfLifeMs);
}
