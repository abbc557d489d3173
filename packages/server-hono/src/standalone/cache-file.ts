import { type CacheStore, type GatewayOptions, type SqliteCacheStoreOptions, sqliteCacheStore } from "@postern/core/node";
import type { ConfigurationFile } from "./configuration-file.ts";
import { type Problem, StartError } from "./problem.ts";

/** The cache as the gateway takes it, and the file that its answers are kept in, if they are not kept in memory. */
export interface CacheConfiguration {
	readonly cache?: GatewayOptions["cache"];
	readonly file?: SqliteCacheStoreOptions;
	readonly problems: readonly Problem[];
}

/** @param environmentPath goes before the file's own. */
export function readCache({ cache }: ConfigurationFile, environmentPath: string | undefined): CacheConfiguration {
	if (cache === false) {
		const contradiction = { where: "POSTERN_CACHE_PATH", what: "names a file for the cache, and the configuration says cache: false", remedy: "take one of them out" };
		return { cache, problems: environmentPath === undefined ? [] : [contradiction] };
	}
	const { path: filePath, ...inMemory } = cache ?? {};
	const path = environmentPath ?? filePath;
	if (path === undefined) return { ...(cache === undefined ? {} : { cache: inMemory }), problems: [] };
	const { maxEntries, maxBytes, maxEntryBytes, ...rules } = inMemory;
	return {
		cache: rules,
		file: { path, ...(maxBytes === undefined ? {} : { maxBytes }), ...(maxEntryBytes === undefined ? {} : { maxEntryBytes }) },
		problems: maxEntries === undefined ? [] : [{ where: "cache.maxEntries", what: "counts answers in memory, and these are kept in a file", remedy: "write cache.maxBytes" }],
	};
}

/** Opened once at the start: what is wrong with it later costs no request, and is told in the log alone. @throws {StartError} */
export async function openCacheFile(options: SqliteCacheStoreOptions): Promise<CacheStore> {
	const store = sqliteCacheStore(options);
	try {
		await store.find("", 0);
		return store;
	} catch (error) {
		const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0];
		throw new StartError(`POSTERN_CACHE_PATH: the file ${options.path} cannot be opened (${reason}); name another one, or delete it: nothing is lost but answers`, { cause: error });
	}
}
