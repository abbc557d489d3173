import { type CacheOptions, type CacheRules, defaultSemanticThreshold, type SemanticCacheOptions } from "../../contract/cache.ts";
import type { Route } from "../../rules/routing/route.ts";
import type { Runtime } from "../runtime.ts";
import type { CacheStore } from "./cache-store.ts";
import { createFlights, type Flights } from "./flights.ts";
import { memoryCache } from "./memory-cache.ts";
import { patientStore } from "./patient-store.ts";
import type { StreamLanding } from "./shared-stream.ts";
import type { WholeLanding } from "./whole.ts";

export interface ResponseCacheOptions extends CacheOptions {
	/** Where answers are kept, such as one that several gateways share. Default: in memory, within `maxEntries`, `maxBytes` and `maxEntryBytes`. */
	readonly store?: CacheStore;
}

/** A gateway's kept answers, and the calls under way that are shared. */
export interface ResponseCache {
	readonly rules: CacheRules;
	/** Whether a request that says nothing of the cache may be answered from it: where not, it is not looked at. */
	readonly isForAll: boolean;
	readonly store: CacheStore;
	readonly semantic: Required<SemanticCacheOptions> | undefined;
	readonly wholes: Flights<WholeLanding>;
	readonly streams: Flights<StreamLanding>;
}

/** @returns `undefined` where the gateway is to have none. */
export function createResponseCache(
	options: ResponseCacheOptions | false = {},
	routes: Readonly<Record<string, Route>>,
	runtime: Pick<Runtime, "now" | "schedule" | "observe">,
): ResponseCache | undefined {
	if (options === false) return undefined;
	const { store, maxEntries = 10_000, maxBytes = 64 * mebibyte, maxEntryBytes = mebibyte, semantic, ...rules } = options;
	return {
		rules,
		isForAll: [rules, ...Object.values(routes).map(({ cache }) => cache)].some((asked) => asked !== undefined && asked !== false && asked.ttlSeconds !== undefined),
		store: store === undefined ? memoryCache({ maxEntries, maxBytes, maxEntryBytes }) : patientStore(store, runtime),
		semantic: semantic === undefined ? undefined : { model: semantic.model, threshold: semantic.threshold ?? defaultSemanticThreshold },
		wholes: createFlights(),
		streams: createFlights(),
	};
}
const mebibyte = 1024 * 1024;
