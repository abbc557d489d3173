import { commonFacts } from "../models/common-facts.ts";
import type { ModelFacts } from "../models/facts.ts";
import type { ModelTable } from "../models/table.ts";
import { findTargetFacts } from "../models/target-facts.ts";
import { findCandidates, type RoutingTable } from "./plan.ts";

/** A name that callers can use as model. */
export interface ListedModel {
	readonly id: string;
	/** `postern` for routes, else the provider's name. */
	readonly ownedBy: string;
	/** What is known of the model; of a route, what all of its targets can do. */
	readonly facts?: ModelFacts;
}

/** What there is to ask, and what is known of it. */
export interface Catalog {
	readonly routing: RoutingTable;
	readonly models: ModelTable;
}

/** Routes first, then the models that the configured providers list. Others pass through by `provider/model`. */
export function listModels(catalog: Catalog): readonly ListedModel[] {
	const { routes, providers } = catalog.routing;
	return [
		...Object.keys(routes).map((alias) => routeModel(alias, catalog)),
		...Object.entries(providers)
			.filter(([, credentials]) => credentials.some((provider) => provider.unavailable === undefined))
			.flatMap(([name, [provider]]) => provider.models.map((model) => providerModel(name, model, catalog))),
	];
}

/** A route, or any model that the name of a provider leads to. */
export function findModel(id: string, catalog: Catalog): ListedModel | undefined {
	const { routes, providers } = catalog.routing;
	if (Object.hasOwn(routes, id)) return routeModel(id, catalog);
	const slash = id.indexOf("/");
	const name = id.slice(0, slash);
	return slash > 0 && slash < id.length - 1 && Object.hasOwn(providers, name) ? providerModel(name, id.slice(slash + 1), catalog) : undefined;
}

function routeModel(alias: string, { routing, models }: Catalog): ListedModel {
	const found = findCandidates({ model: alias }, routing);
	const facts = found.ok ? commonFacts(found.value.targets.map((target) => findTargetFacts(models, target))) : undefined;
	return { id: alias, ownedBy: "postern", ...(facts === undefined ? {} : { facts }) };
}

function providerModel(providerName: string, model: string, { routing, models }: Catalog): ListedModel {
	const provider = routing.providers[providerName]?.[0];
	const facts = provider === undefined ? undefined : findTargetFacts(models, { providerName, provider, model });
	return { id: `${providerName}/${model}`, ownedBy: providerName, ...(facts === undefined ? {} : { facts }) };
}
