import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import { type Catalog, readFreshModels, readModels } from "./catalog.ts";
import pins from "./pins.json" with { type: "json" };
import { vendors } from "./vendors.ts";

/** A model as `@tanstack/ai-openrouter` lists it (from OpenRouter's list). */
export interface RouterModel {
	readonly id: string;
	readonly supports: { readonly input: readonly string[]; readonly supports: readonly string[] };
}

export interface Sources {
	/** When they were read. */
	readonly date: string;
	readonly origins: readonly string[];
	/** Broad: models that call no tools included. */
	readonly catalog: Catalog;
	/** Narrower, and published more often. */
	readonly fresh: Catalog;
	readonly router: readonly RouterModel[];
	readonly prices: { readonly calcPrice: typeof calcPrice; readonly findProvider: typeof findProvider };
}

/** Prices come from a development dependency; the rest is too big for one, is fetched when it is needed, and pinned. */
export function readSources(isPinned: boolean): Sources {
	const { date: _, ...packages } = pins;
	const fetched = Object.fromEntries(Object.entries(packages).map(([name, pin]) => [name, isPinned ? pin : newest(pin)])) as typeof packages;
	const versions = { ...fetched, date: isPinned ? pins.date : new Date().toISOString().slice(0, 10) };
	writeFileSync(new URL("pins.json", import.meta.url), `${JSON.stringify(versions, undefined, "\t")}\n`);
	const names = Object.values(vendors).map(({ catalog }) => catalog);
	return {
		date: versions.date,
		origins: [
			`@pydantic/genai-prices@${installedVersion("@pydantic/genai-prices")} (prices, context windows)`,
			`${versions.catalog} (limits, abilities, prices)`,
			`${versions.fresh} (newer models, newer prices)`,
			`${versions.router} (abilities)`,
		],
		catalog: unpack(versions.catalog, (read) => readModels(read("src/models.json"))),
		fresh: unpack(versions.fresh, (read) => readFreshModels(names, (name) => read(`dist/providers/data/${name}.json`))),
		router: unpack(versions.router, (read) => readRouterModels(read("src/model-meta.ts"))),
		prices: { calcPrice, findProvider },
	};
}

function installedVersion(name: string): string {
	const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
	return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function newest(pin: string): string {
	const name = pin.slice(0, pin.lastIndexOf("@"));
	return `${name}@${execFileSync("npm", ["view", name, "version"], { encoding: "utf8" }).trim()}`;
}

function unpack<Value>(pin: string, read: (file: (path: string) => string) => Value): Value {
	const folder = mkdtempSync(join(tmpdir(), "model-table-"));
	try {
		const archive = execFileSync("npm", ["pack", "--silent", pin], { cwd: folder, encoding: "utf8" }).trim();
		execFileSync("tar", ["-xzf", archive], { cwd: folder });
		return read((path) => readFileSync(join(folder, "package", path), "utf8"));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** The list is a module with one constant a model: what is wanted of each is read without running it. */
function readRouterModels(text: string): readonly RouterModel[] {
	return text.split(/^const \w+ = \{$/m).flatMap((block) => {
		const id = /^ {2}id: '(.+)',$/m.exec(block)?.[1];
		return id === undefined ? [] : [{ id, supports: { input: words(block, "input"), supports: words(block, "supports") } }];
	});
}

/** The words of the inner list `name: ['...', ...]`. */
function words(block: string, name: string): readonly string[] {
	const list = new RegExp(`^ {4}${name}: \\[([^\\]]*)\\]`, "m").exec(block)?.[1] ?? "";
	return [...list.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? "");
}
