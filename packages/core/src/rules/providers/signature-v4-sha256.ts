/**
 * SHA-256 and HMAC (FIPS 180-4, RFC 2104) as plain functions: the platform's own can only be awaited, and a signature is to be a value.
 */

const primes = firstPrimes(64);
const roundConstants = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const initialState = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

function firstPrimes(count: number): readonly number[] {
	const found: number[] = [];
	for (let candidate = 2; found.length < count; candidate++) if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
	return found;
}

/** The first 32 bits behind the point. */
function fraction(value: number): number {
	return Math.floor((value - Math.floor(value)) * 0x1_0000_0000);
}

const blockLength = 64;

export function sha256(message: Uint8Array): Uint8Array {
	const padded = new Uint8Array(Math.ceil((message.length + 9) / blockLength) * blockLength);
	padded.set(message);
	padded[message.length] = 0x80;
	const view = new DataView(padded.buffer);
	view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
	const state = Uint32Array.from(initialState);
	const schedule = new Uint32Array(64);
	for (let offset = 0; offset < padded.length; offset += blockLength) compress(state, schedule, view, offset);
	const digest = new Uint8Array(32);
	const digestView = new DataView(digest.buffer);
	for (const [index, word] of state.entries()) digestView.setUint32(index * 4, word);
	return digest;
}

function compress(state: Uint32Array, schedule: Uint32Array, view: DataView, offset: number): void {
	const word = (index: number): number => schedule[index] ?? 0;
	for (let index = 0; index < 16; index++) schedule[index] = view.getUint32(offset + index * 4);
	for (let index = 16; index < 64; index++) {
		const early = word(index - 15);
		const late = word(index - 2);
		const first = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
		const second = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
		schedule[index] = word(index - 16) + first + word(index - 7) + second;
	}
	let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
	for (let index = 0; index < 64; index++) {
		const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + (roundConstants[index] ?? 0) + word(index)) | 0;
		const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
		h = g;
		g = f;
		f = e;
		e = (d + first) | 0;
		d = c;
		c = b;
		b = a;
		a = (first + second) | 0;
	}
	for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] ?? 0) + value;
}

function rotate(value: number, by: number): number {
	return (value >>> by) | (value << (32 - by));
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
	const block = new Uint8Array(blockLength);
	block.set(key.length > blockLength ? sha256(key) : key);
	const keyed = (pad: number, text: Uint8Array) => sha256(Uint8Array.from([...block.map((byte) => byte ^ pad), ...text]));
	return keyed(0x5c, keyed(0x36, message));
}

export function hex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
