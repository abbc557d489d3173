import type { RoutingTable } from "./plan.ts";

/** A name that callers can use as model. */
export interface ListedModel {
	readonly id: string;
	/** `postern` for routes, else the provider's name. */
	readonly ownedBy: string;
}

/** Routes first, then the models that the configured providers list. Others pass through by `provider/model`. */
export function listModels({ routes, providers }: RoutingTable): readonly ListedModel[] {
	return [
		...Object.keys(routes).map((id) => ({ id, ownedBy: "postern" })),
		...Object.entries(providers)
			.filter(([, credentials]) => credentials.some((provider) => provider.unavailable === undefined))
			.flatMap(([name, [provider]]) => provider.models.map((model) => ({ id: `${name}/${model}`, ownedBy: name }))),
	];
}

/** A listed model, or any model that a prefix leads to. */
export function findModel(id: string, table: RoutingTable): ListedModel | undefined {
	const listed = listModels(table).find((model) => model.id === id);
	if (listed !== undefined) return listed;
	const slash = id.indexOf("/");
	const name = id.slice(0, slash);
	return slash > 0 && slash < id.length - 1 && Object.hasOwn(table.providers, name) ? { id, ownedBy: name } : undefined;
}
