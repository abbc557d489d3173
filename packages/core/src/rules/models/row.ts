import type { InputModality, ModelFacts, ModelPrices, TokenPrices } from "./facts.ts";

/**
 * One line of the generated table: names of one model (separated by spaces), its context window and longest answer (0: unknown), its
 * traits, and its prices.
 *
 * A trait is a letter, a capital one where the opposite is known: `t` calls tools, `j` answers in JSON, `r` reasons; `i`, `a`, `v`
 * and `f` takes images, audio, video and files; `e` makes embeddings.
 */
export type Row = readonly [
	names: string,
	contextWindow: number,
	maxOutputTokens: number,
	traits: string,
	...prices: readonly PriceRow[],
];

/**
 * Dollars per million tokens, of exchanges with more input tokens than the first number says. Others, as far as they are known: input
 * read from a cache, input written to a cache, reasoning, sound in the input, sound in the output.
 */
export type PriceRow = readonly [aboveInputTokens: number, input: number, output: number, ...others: readonly (number | null)[]];

/** The facts of one row of the generated table. */
export function readRow([, contextWindow, maxOutputTokens, traits, ...prices]: Row): ModelFacts {
	const base = prices[0];
	return {
		...(traits.includes("e") ? { kind: "embedding" } : {}),
		...(contextWindow === 0 ? {} : { contextWindow }),
		...(maxOutputTokens === 0 ? {} : { maxOutputTokens }),
		inputModalities: ["text", ...modalities.filter(([letter]) => traits.includes(letter)).map(([, modality]) => modality)],
		...flag("tools", "t", traits),
		...flag("structuredOutput", "j", traits),
		...flag("reasoning", "r", traits),
		...(base === undefined ? {} : { prices: readPrices(base, prices.slice(1)) }),
	};
}

const modalities: readonly (readonly [letter: string, modality: InputModality])[] = [
	["i", "image"],
	["a", "audio"],
	["v", "video"],
	["f", "file"],
];

function flag(name: "tools" | "structuredOutput" | "reasoning", letter: string, traits: string): Partial<ModelFacts> {
	if (traits.includes(letter)) return { [name]: true };
	return traits.includes(letter.toUpperCase()) ? { [name]: false } : {};
}

function readPrices(base: PriceRow, tiers: readonly PriceRow[]): ModelPrices {
	return {
		...readTokenPrices(base),
		...(tiers.length === 0 ? {} : { tiers: tiers.map((tier) => ({ aboveInputTokens: tier[0], ...readTokenPrices(tier) })) }),
	};
}

function readTokenPrices([, input, output, ...others]: PriceRow): TokenPrices {
	const [cachedInput = null, cacheWrite = null, reasoning = null, audioInput = null, audioOutput = null] = others;
	return {
		input,
		output,
		...(cachedInput === null ? {} : { cachedInput }),
		...(cacheWrite === null ? {} : { cacheWrite }),
		...(reasoning === null ? {} : { reasoning }),
		...(audioInput === null ? {} : { audioInput }),
		...(audioOutput === null ? {} : { audioOutput }),
	};
}
