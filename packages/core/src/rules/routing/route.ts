import type { CacheRules } from "../../contract/cache.ts";
import type { RouteDefinition, Strategy, UtilityWeights } from "../../contract/route.ts";
import { defaultWeights } from "./learn/index.ts";

/** A model alias with its targets, whichever way it was written. */
export interface Route {
	readonly strategy: Strategy;
	readonly isSticky: boolean;
	readonly cache?: CacheRules | false;
	/** Of a route that learns. */
	readonly weights?: UtilityWeights;
	/** In the order in which they were written. */
	readonly targets: readonly RouteTarget[];
}

export interface RouteTarget {
	/** `provider/model`. */
	readonly name: string;
	readonly weight: number;
}

export function routeOf(definition: RouteDefinition): Route {
	const { targets, strategy = "priority", sticky = strategy !== "priority", cache, weights } = isList(definition) ? { targets: definition } : definition;
	return {
		strategy,
		isSticky: sticky,
		...(cache === undefined ? {} : { cache }),
		...(weights === undefined ? {} : { weights: { ...defaultWeights, ...weights } }),
		targets: targets.map((target) => (typeof target === "string" ? { name: target, weight: 1 } : { name: target.target, weight: target.weight ?? 1 })),
	};
}

function isList(definition: RouteDefinition): definition is Extract<RouteDefinition, readonly unknown[]> {
	return Array.isArray(definition);
}
