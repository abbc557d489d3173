import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Asset } from "../effects/runtime.ts";

const require = createRequire(import.meta.url);
const javascript = "text/javascript; charset=utf-8";
const known: Readonly<Record<string, () => Promise<Asset | undefined>>> = {
	"scalar.js": async () => (await scalarBuilt()) ?? (await scalarInstalled()),
};
const loaded = new Map<string, Promise<Asset | undefined>>();

/** Reads a file that ships with the package, once. `undefined` for a name that is none, or where the file is missing. */
export function asset(name: string): Promise<Asset | undefined> {
	const load = Object.hasOwn(known, name) ? known[name] : undefined;
	if (load === undefined) return Promise.resolve(undefined);
	let promise = loaded.get(name);
	if (promise === undefined) {
		promise = load();
		loaded.set(name, promise);
	}
	return promise;
}

async function scalarBuilt(): Promise<Asset | undefined> {
	// By the package's own name: the way is the same from the sources and from wherever the bundler put this code.
	const folder = join(dirname(require.resolve("@postern/core/package.json")), "assets");
	const bytes = await readIfThere(join(folder, "scalar.js.br"));
	return bytes === undefined ? undefined : { bytes, contentType: javascript, contentEncoding: "br" };
}

/** A source checkout before its first build. */
async function scalarInstalled(): Promise<Asset | undefined> {
	let entry: string;
	try {
		entry = require.resolve("@scalar/api-reference");
	} catch {
		return undefined;
	}
	const bytes = await readIfThere(join(dirname(entry), "browser/standalone.js"));
	return bytes === undefined ? undefined : { bytes, contentType: javascript };
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
	try {
		return await readFile(path);
	} catch {
		return undefined;
	}
}
