import type { ModelPrice } from "@pydantic/genai-prices";
import type { PriceRow } from "../../packages/core/src/rules/models/row.ts";
import type { CatalogModel } from "./catalog.ts";
import type { Context } from "./rows.ts";
import type { Rule } from "./rules.ts";

interface Chosen {
	readonly prices: readonly PriceRow[];
	readonly contextWindow?: number | undefined;
}

/** A model's prices from the source that is to be believed: where both say the same, the price table, which knows tiers. */
export function choosePrices(
	name: string,
	model: CatalogModel | undefined,
	rule: Rule | undefined,
	isEmbedding: boolean,
	{ names, sources: { prices, date } }: Context,
): Chosen {
	const fromCatalog = catalogPrices(name, model, isEmbedding);
	// Some prices go by the hour. Noon is the one that is taken.
	const timestamp = new Date(`${date}T12:00:00Z`);
	const found = rule === undefined ? null : prices.calcPrice({ input_tokens: 1 }, rule.text, { providerId: rule.provider, timestamp });
	if (found === null) return { prices: fromCatalog };
	const fromTable = tablePrices(found.model_price, isEmbedding);
	const [table] = fromTable;
	const [catalog] = fromCatalog;
	const differs = catalog !== undefined && (table?.[1] !== catalog[1] || table[2] !== catalog[2]);
	const isCatalog = differs && (names.catalogWins === true || table === undefined);
	return { prices: isCatalog ? fromCatalog : fromTable, contextWindow: found.model.context_window };
}

function tablePrices(prices: ModelPrice, isEmbedding: boolean): readonly PriceRow[] {
	const told = Object.values(fields).flatMap((field) => prices[field] ?? []);
	const starts = told.flatMap((price) => (typeof price === "object" ? price.tiers.map(({ start }) => start) : []));
	const rows = [...new Set([0, ...starts])].toSorted((first, second) => first - second).map((start) => {
		const at = (field: string) => priceAt(prices[field], start);
		return priceRow(start, [
			at(fields.input),
			at(fields.output) ?? (isEmbedding ? 0 : undefined),
			at(fields.cachedInput),
			at(fields.cacheWrite),
			at(fields.reasoning),
			at(fields.audioInput),
			at(fields.audioOutput),
		]);
	});
	return rows.every((row) => row !== undefined) ? rows : [];
}
const fields = {
	input: "input_mtok",
	output: "output_mtok",
	cachedInput: "cache_read_mtok",
	cacheWrite: "cache_write_mtok",
	reasoning: "output_reasoning_mtok",
	audioInput: "input_audio_mtok",
	audioOutput: "output_audio_mtok",
} as const;

function priceAt(price: ModelPrice[string], start: number): number | undefined {
	if (typeof price !== "object") return price;
	const reached = price.tiers.filter((tier) => tier.start <= start).toSorted((first, second) => second.start - first.start);
	return reached[0]?.price ?? price.base;
}

/** The catalog writes 0 for unknown, and gives regional profiles of Anthropic's models at Bedrock the lower price of global ones. */
function catalogPrices(name: string, model: CatalogModel | undefined, isEmbedding: boolean): readonly PriceRow[] {
	if (model === undefined || /^(?!global)[a-z-]+\.anthropic\.(?!claude-3)/.test(name)) return [];
	const { tiers = [], ...base } = model.cost;
	if (base.input <= 0 || (base.output <= 0 && !isEmbedding)) return [];
	const known = (price: number) => (price > 0 ? price : undefined);
	return [{ ...base, inputTokensAbove: 0 }, ...tiers].flatMap(({ inputTokensAbove, input, output, cacheRead, cacheWrite }) => {
		const row = priceRow(inputTokensAbove, [input, output, known(cacheRead), known(cacheWrite)]);
		return row === undefined ? [] : [row];
	});
}

type Prices = readonly [input: number | undefined, output: number | undefined, ...others: readonly (number | undefined)[]];

/** Without a price of input and one of output there is none. */
function priceRow(aboveInputTokens: number, [input, output, ...others]: Prices): PriceRow | undefined {
	if (input === undefined || output === undefined || input < 0 || output < 0) return undefined;
	const told = others.map((price) => (price === undefined ? null : rounded(price)));
	return [aboveInputTokens, rounded(input), rounded(output), ...told.slice(0, told.findLastIndex((price) => price !== null) + 1)];
}

/** To what a price can be in costs of whole numbers: a millionth of a millionth of a dollar per token. */
function rounded(price: number): number {
	return Math.round(price * 1e6) / 1e6;
}
