import type { CacheRules } from "./cache.ts";

/**
 * How a route chooses among its targets: `priority` in the order they stand in, `weighted` by chance, `cheapest` by the price of
 * the request, `fastest` by what was measured. In each of them the others follow where one fails.
 */
export const strategies = ["priority", "weighted", "cheapest", "fastest"] as const;
export type Strategy = (typeof strategies)[number];

/** `provider/model`, with a weight of 1 where none is given. */
export type RouteTargetDefinition = string | { readonly target: string; readonly weight?: number };

/** What a route can be written as, in code and in the configuration file alike. */
export type RouteDefinition =
	| readonly RouteTargetDefinition[]
	| {
			readonly targets: readonly RouteTargetDefinition[];
			/** Default `priority`. */
			readonly strategy?: Strategy;
			/** A session stays with the target that answered it last, as long as that one is well. Default: not with `priority`, else yes. */
			readonly sticky?: boolean;
			/** Answers its requests from the cache; `false`: only those that ask for it. Default: as the gateway does. */
			readonly cache?: CacheRules | false;
	  };
