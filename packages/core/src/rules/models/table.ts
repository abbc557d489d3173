import { ConfigurationError } from "../providers/configuration-error.ts";
import { checkModelOverrides } from "./check.ts";
import { rows, tableVersion } from "./data.ts";
import type { ModelFacts } from "./facts.ts";
import type { ModelOverrides } from "./overrides.ts";
import { namesOf, originOf } from "./names.ts";
import { readRow, type Row } from "./row.ts";

/** Which version of the public tables the facts are from: a date. */
export const priceTableVersion: string = tableVersion;

/** What is known of models: per vendor, by name. */
export interface ModelTable {
	readonly version: string;
	readonly vendors: ReadonlyMap<string, ReadonlyMap<string, ModelFacts>>;
	readonly overrides: ModelOverrides;
}

/** Who is asked: the name that the provider has in the configuration, and the vendor whose service it is. */
export interface ModelSource {
	readonly providerName: string;
	/** As `vendorOf` tells it. Default: the provider's name. */
	readonly vendor?: string;
}

/**
 * The table that comes with this package, with the operator's own facts laid over it.
 * @throws {ConfigurationError} naming the field of an override that cannot be.
 */
export function createModelTable(overrides: ModelOverrides = {}): ModelTable {
	checkModelOverrides(overrides);
	const table = { version: tableVersion, vendors: shippedVendors(), overrides };
	for (const [provider, models] of Object.entries(overrides)) {
		for (const [model, { sameAs }] of Object.entries(models)) {
			if (sameAs === undefined || findByPath(table, sameAs) !== undefined) continue;
			throw new ConfigurationError(`models.${provider}[${JSON.stringify(model)}].sameAs: no model ${sameAs} is known`);
		}
	}
	return table;
}

/**
 * What is known of a model, `undefined` if nothing is. Finds dated snapshots and `-latest`, inference profiles and variants; a
 * fine-tuned model and other kin of a known one have its facts without its prices.
 */
export function findModelFacts(table: ModelTable, { providerName, vendor = providerName }: ModelSource, model: string): ModelFacts | undefined {
	const override = ownValue(ownValue(table.overrides, providerName), model);
	if (override === undefined) return findShipped(table, vendor, model);
	const { sameAs, ...own } = override;
	const base = sameAs === undefined ? findShipped(table, vendor, model) : findByPath(table, sameAs);
	return { ...base, ...own };
}

function findByPath(table: ModelTable, path: string): ModelFacts | undefined {
	const slash = path.indexOf("/");
	return findShipped(table, path.slice(0, slash), path.slice(slash + 1));
}

function findShipped(table: ModelTable, vendor: string, model: string): ModelFacts | undefined {
	const known = table.vendors.get(vendor);
	const exact = known?.get(model);
	if (known === undefined || exact !== undefined) return exact;
	for (const name of namesOf(vendor, model)) {
		const facts = known.get(name);
		if (facts !== undefined) return facts;
	}
	const origin = originOf(vendor, model);
	return origin === undefined ? undefined : withoutPrices(findShipped(table, vendor, origin));
}

function withoutPrices(facts: ModelFacts | undefined): ModelFacts | undefined {
	if (facts?.prices === undefined) return facts;
	const { prices: _prices, ...rest } = facts;
	return rest;
}

function ownValue<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
	return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

let shipped: ModelTable["vendors"] | undefined;
/** Read when it is first asked for: who never asks does not pay for it. */
function shippedVendors(): ModelTable["vendors"] {
	shipped ??= new Map(Object.entries(rows).map(([vendor, list]) => [vendor, factsByName(vendor, list)]));
	return shipped;
}

function factsByName(vendor: string, list: readonly Row[]): ReadonlyMap<string, ModelFacts> {
	const byName = new Map<string, ModelFacts>();
	for (const row of list) {
		const facts = readRow(row);
		for (const name of row[0].split(" ")) byName.set(name, facts);
	}
	return byName;
}
