import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import pins from "./pins.json" with { type: "json" };

/** A model as `@oh-my-pi/pi-catalog` lists it (from models.dev and the vendors' own lists). Zero stands for unknown. */
export interface CatalogModel {
	readonly kind?: string;
	readonly reasoning: boolean;
	readonly input: readonly string[];
	readonly supportsTools?: boolean;
	readonly contextWindow: number | null;
	readonly maxTokens: number | null;
	readonly cost: { readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number };
}

/** A model as `@tanstack/ai-openrouter` lists it (from OpenRouter's list). */
export interface RouterModel {
	readonly id: string;
	readonly supports: { readonly input: readonly string[]; readonly supports: readonly string[] };
}

export interface Sources {
	/** Of the newest of them. */
	readonly date: string;
	readonly origins: readonly string[];
	readonly catalog: Readonly<Record<string, Readonly<Record<string, CatalogModel>>>>;
	readonly router: readonly RouterModel[];
	readonly prices: { readonly calcPrice: typeof calcPrice; readonly findProvider: typeof findProvider };
}

/** Prices come from a development dependency; the rest is too big for one, is fetched when it is needed, and pinned. */
export function readSources(isPinned: boolean): Sources {
	const today = new Date().toISOString().slice(0, 10);
	const versions = isPinned ? pins : { catalog: newest(pins.catalog), router: newest(pins.router), date: today };
	writeFileSync(new URL("pins.json", import.meta.url), `${JSON.stringify(versions, undefined, "\t")}\n`);
	return {
		date: versions.date,
		origins: [
			`@pydantic/genai-prices@${installedVersion("@pydantic/genai-prices")} (prices, context windows)`,
			`${versions.catalog} (limits, abilities, prices that the first does not know)`,
			`${versions.router} (abilities)`,
		],
		catalog: unpack(versions.catalog, "src/models.json", (text) => JSON.parse(text) as Sources["catalog"]),
		router: unpack(versions.router, "src/model-meta.ts", readRouterModels),
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

function unpack<Value>(pin: string, file: string, read: (text: string) => Value): Value {
	const folder = mkdtempSync(join(tmpdir(), "model-table-"));
	try {
		const archive = execFileSync("npm", ["pack", "--silent", pin], { cwd: folder, encoding: "utf8" }).trim();
		execFileSync("tar", ["-xzf", archive, `package/${file}`], { cwd: folder });
		return read(readFileSync(join(folder, "package", file), "utf8"));
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
