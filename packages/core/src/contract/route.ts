import type { CacheRules } from "./cache.ts";

/**
 * How a route chooses among its targets: `priority` in the order they stand in, `weighted` by chance, `cheapest` by the price of
 * the request, `fastest` by what was measured, `learned` by what each project's requests and feedback have taught of quality, latency
 * and cost. In each of them the others follow where one fails.
 */
export const strategies = ["priority", "weighted", "cheapest", "fastest", "learned"] as const;
export type Strategy = (typeof strategies)[number];

/**
 * What a route that learns is to be good for. Only the proportions count: by default an answer's quality is worth as much as its time
 * and its price together.
 */
export interface UtilityWeights {
	readonly quality: number;
	readonly latency: number;
	readonly cost: number;
}

/** `provider/model`, no two of them the same. A weight is for routes that are `weighted` alone: 1 where none is given. */
export type RouteTargetDefinition = string | { readonly target: string; readonly weight?: number };

/** What a route can be written as, in code and in the configuration file alike. */
export type RouteDefinition =
	| readonly RouteTargetDefinition[]
	| {
			readonly targets: readonly RouteTargetDefinition[];
			/** Default `priority`. */
			readonly strategy?: Strategy;
			/** Of `learned` alone: what counts, none below 0 and not all of them 0. Default: quality 0.5, latency 0.25, cost 0.25. */
			readonly weights?: Partial<UtilityWeights>;
			/** A session stays with the target that answered it last, as long as that one is well. Default: not with `priority`, else yes. */
			readonly sticky?: boolean;
			/** Answers its requests from the cache; `false`: only those that ask for it. Default: as the gateway does. */
			readonly cache?: CacheRules | false;
	  };
