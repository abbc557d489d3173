import type { EmbeddingInput, EmbeddingRequest } from "../../contract/embedding.ts";

const defaultDimensions = 256;
/** How many dimensions each feature reaches: enough that two features seldom meet in all of them. */
const reach = 8;
/** Parts of words count less than whole ones, but bring "recursion" near to "recursive". */
const pieceWeight = 0.25;

/**
 * Vectors of length 1 by feature hashing: the same input has the same vector, and texts that share words are nearer to each other
 * than texts that do not, so that a semantic search can be tried.
 */
export function embed({ inputs, dimensions = defaultDimensions }: EmbeddingRequest): readonly (readonly number[])[] {
	return inputs.map((input) => vectorOf(featuresOf(input), dimensions));
}

function featuresOf(input: EmbeddingInput): readonly (readonly [name: string, weight: number])[] {
	if (input.type === "tokens") return input.tokens.map((token) => [`#${token}`, 1]);
	const text = (input.type === "text" ? input.text : JSON.stringify(input.value)).toLowerCase();
	const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
	const features = words.flatMap((word): (readonly [string, number])[] => [[word, 1], ...pieces(word).map((piece) => [`~${piece}`, pieceWeight] as const)]);
	return features.length > 0 ? features : [[`=${text}`, 1]];
}

function pieces(word: string): readonly string[] {
	const characters = [...word];
	return characters.length <= 3 ? [] : Array.from({ length: characters.length - 2 }, (_, index) => characters.slice(index, index + 3).join(""));
}

function vectorOf(features: readonly (readonly [name: string, weight: number])[], dimensions: number): readonly number[] {
	const values = new Float64Array(dimensions);
	for (const [name, weight] of features) {
		let state = hash(name);
		for (let step = 0; step < reach; step++) {
			state = scramble(state + step);
			const place = (state >>> 1) % dimensions;
			values[place] = (values[place] ?? 0) + ((state & 1) === 0 ? weight : -weight);
		}
	}
	// Features can undo each other, above all where there are few dimensions.
	if (values.every((value) => value === 0)) values[0] = 1;
	const length = Math.hypot(...values);
	// As a model's 32-bit floats.
	return Array.from(values, (value) => Math.fround(value / length));
}

/** FNV-1a. */
function hash(text: string): number {
	let state = 0x811c9dc5;
	for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
	return state;
}

/** The last round of MurmurHash3: neighbours end far apart. */
function scramble(value: number): number {
	let state = value | 0;
	state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
	state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
	return (state ^ (state >>> 16)) >>> 0;
}
