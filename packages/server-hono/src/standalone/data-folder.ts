import { accessSync, constants, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { sqliteStore, type Store } from "@postern/core/node";
import { StartError } from "./problem.ts";

/** Mode 0700 where it was missing. @returns its whole path. @throws {StartError} where it cannot be written. */
export function makeDataFolder(path: string): string {
	const folder = resolve(path);
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		accessSync(folder, constants.W_OK);
	} catch (error) {
		throw new StartError(`POSTERN_DATA: the folder ${folder} cannot be written (${codeOf(error)}); name one that can, or change its owner`, { cause: error });
	}
	return folder;
}

/** @throws {StartError} where the folder cannot be written or the database cannot be read. */
export async function openDataFolder(path: string): Promise<Store> {
	const folder = makeDataFolder(path);
	const file = join(folder, "postern.db");
	try {
		const store = sqliteStore(file);
		await store.check();
		return store;
	} catch (error) {
		throw new StartError(`POSTERN_DATA: the database ${file} cannot be opened (${messageOf(error)}); move it away or restore a backup`, { cause: error });
	}
}

function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
}

function messageOf(error: unknown): string {
	return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
