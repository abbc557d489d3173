/**
 * A number in [0, 1) that depends on nothing but the text: FNV-1a (32 bit) with the final mix of MurmurHash3, which spreads short
 * texts evenly. Not for secrets.
 */
export function hashFraction(text: string): number {
	return hash32(text) / 2 ** 32;
}

export function hash32(text: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; index++) {
		hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
	}
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return (hash ^ (hash >>> 16)) >>> 0;
}
