/** A seeded source of numbers in [0, 1) (sfc32): the same on every machine. */
export function seeded(...seeds: readonly number[]): () => number {
	let [a, b, c, counter] = [seeds[0] ?? 0, seeds[1] ?? 0, seeds[2] ?? 0, 1];
	const next = (): number => {
		const sum = (((a + b) | 0) + counter) | 0;
		counter = (counter + 1) | 0;
		a = b ^ (b >>> 9);
		b = (c + (c << 3)) | 0;
		c = ((c << 21) | (c >>> 11)) + sum;
		return (sum >>> 0) / 2 ** 32;
	};
	for (let round = 0; round < 15; round++) next();
	return next;
}

export function gaussian(random: () => number): number {
	return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function between(random: () => number, low: number, high: number): number {
	return low + (high - low) * random();
}
