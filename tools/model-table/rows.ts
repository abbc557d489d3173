import { namesOf } from "../../packages/core/src/rules/models/names.ts";
import type { Row } from "../../packages/core/src/rules/models/row.ts";
import { type CatalogModel, modelsOf } from "./catalog.ts";
import { choosePrices } from "./prices.ts";
import { findRule, type Rule, rulesByName } from "./rules.ts";
import type { Sources } from "./sources.ts";
import { senseOf } from "./spelling.ts";
import { findRouterModel, traitsOf } from "./traits.ts";
import { isLeftOut, type VendorNames } from "./vendors.ts";

export interface Context {
	readonly vendor: string;
	readonly names: VendorNames;
	readonly sources: Sources;
}

/** Everything that is known of a vendor's models: one row for those whose facts are the same, and none that another row stands for. */
export function buildRows(context: Context): readonly Row[] {
	const { vendor, names } = context;
	const catalog = modelsOf(context);
	const bySense = new Map([...catalog].map(([name, model]) => [senseOf(vendor, name), model]));
	const rules = rulesByName(context);
	const facts = new Map<string, string>();
	for (const name of new Set([...catalog.keys(), ...rules.keys()])) {
		const model = catalog.get(name) ?? bySense.get(senseOf(vendor, name));
		if (isLeftOut(name, names) || (model?.kind !== undefined && model.kind !== "embedding")) continue;
		// What OpenRouter's list does not have any more is not sold any more.
		if (vendor === "openrouter" && !catalog.has(name)) continue;
		const row = rowOf(name, model, findRule(name, rules, context), context);
		if (row !== undefined) facts.set(name, JSON.stringify(row));
	}
	return joinNames(vendor, facts);
}
type Facts = Row extends readonly [string, ...infer Rest] ? Rest : never;

function rowOf(name: string, model: CatalogModel | undefined, rule: Rule | undefined, context: Context): Facts | undefined {
	const isEmbedding = model?.kind === "embedding" || name.includes("embed");
	const { prices, contextWindow: ruled } = choosePrices(name, model, rule, isEmbedding, context);
	const contextWindow = model?.contextWindow ?? ruled ?? 0;
	// A name without limits and without a price says nothing, and one without limits is most likely a piece of a rule.
	if (contextWindow === 0 && (prices.length === 0 || (model === undefined && !isEmbedding))) return undefined;
	const traits = isEmbedding ? "e" : traitsOf(model, findRouterModel(name, context));
	return [contextWindow, isEmbedding ? 0 : (model?.maxTokens ?? 0), traits, ...prices];
}

function joinNames(vendor: string, facts: ReadonlyMap<string, string>): readonly Row[] {
	const byFacts = new Map<string, string[]>();
	for (const [name, row] of facts) {
		const other = namesOf(vendor, name).find((candidate) => candidate !== name && facts.has(candidate));
		const isFoundAnyway = other !== undefined && other.length < name.length && facts.get(other) === row;
		if (!isFoundAnyway) byFacts.set(row, [...(byFacts.get(row) ?? []), name]);
	}
	return [...byFacts]
		.map(([row, list]): Row => [list.toSorted().join(" "), ...(JSON.parse(row) as Facts)])
		.toSorted((first, second) => (first[0] < second[0] ? -1 : 1));
}
