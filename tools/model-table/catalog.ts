import { namesOf } from "../../packages/core/src/rules/models/names.ts";
import type { Context } from "./rows.ts";
import { spelled } from "./spelling.ts";

/** A model as the catalogs list it (from models.dev and the vendors' own lists). Zero stands for unknown. */
export interface CatalogModel {
	readonly kind?: string;
	readonly reasoning: boolean;
	readonly input: readonly string[];
	readonly supportsTools?: boolean;
	readonly contextWindow: number | null;
	readonly maxTokens: number | null;
	readonly cost: CatalogCost;
}

interface CatalogPrices {
	readonly input: number;
	readonly output: number;
	readonly cacheRead: number;
	readonly cacheWrite: number;
}
export interface CatalogCost extends CatalogPrices {
	readonly tiers?: readonly (CatalogPrices & { readonly inputTokensAbove: number })[];
}

/** By the catalogs' names of vendors, then by the models' ids. */
export type Catalog = Readonly<Record<string, Readonly<Record<string, CatalogModel>>>>;

export function readModels(text: string): Catalog {
	return JSON.parse(text) as Catalog;
}

/** `{ "<api>": { "chat:<id>": model } }` in a file per vendor. */
export function readFreshModels(names: readonly string[], read: (name: string) => string): Catalog {
	return Object.fromEntries(
		names.map((name) => {
			const byApi = JSON.parse(read(name)) as Readonly<Record<string, Readonly<Record<string, CatalogModel>>>>;
			const chats = Object.values(byApi)
				.flatMap((list) => Object.entries(list))
				.filter(([key]) => key.startsWith("chat:"));
			return [name, Object.fromEntries(chats.map(([key, model]) => [key.slice("chat:".length), wholeWindow(model)]))];
		}),
	);
}

/** The list cuts some windows where the prices rise: how far the model goes it does not tell. */
function wholeWindow(model: CatalogModel): CatalogModel {
	const isCut = model.cost.tiers?.some(({ inputTokensAbove }) => inputTokensAbove === model.contextWindow) === true;
	return isCut ? { ...model, contextWindow: null } : model;
}

/** A vendor's models by their names in the table: limits from the broad catalog, newer models and newer prices from the fresh one. */
export function modelsOf({ vendor, names, sources }: Context): ReadonlyMap<string, CatalogModel> {
	const byKey = (catalog: Catalog) =>
		new Map(Object.entries(catalog[names.catalog] ?? {}).map(([id, model]) => [namesOf(vendor, spelled(vendor, id))[0], model]));
	const broad = byKey(sources.catalog);
	const fresh = byKey(sources.fresh);
	const merged = new Map([...fresh, ...broad]);
	for (const [name, model] of broad) {
		const cost = fresh.get(name)?.cost;
		if (cost !== undefined && cost.input > 0) merged.set(name, { ...model, cost: isMoving(name) && isOther(cost, model.cost) ? unknownCost : cost });
	}
	return merged;
}

/** What such a name stands for has changed where the catalogs differ: nobody knows which one has noticed. */
function isMoving(name: string): boolean {
	return name.endsWith("-latest");
}
function isOther(one: CatalogPrices, other: CatalogPrices): boolean {
	return other.input > 0 && (one.input !== other.input || one.output !== other.output);
}
const unknownCost: CatalogCost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
