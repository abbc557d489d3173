import type { CatalogModel } from "./catalog.ts";
import type { Context } from "./rows.ts";
import type { RouterModel } from "./sources.ts";
import { senseOf } from "./spelling.ts";

export function findRouterModel(name: string, { vendor, names, sources }: Context): RouterModel | undefined {
	if (names.isMaker !== true) return undefined;
	if (vendor === "openrouter") return sources.router.find(({ id }) => id.toLowerCase() === name);
	const sense = senseOf(vendor, name);
	return sources.router.find(({ id }) => !id.startsWith("~") && senseOf(vendor, id.slice(id.indexOf("/") + 1)) === sense);
}

/** The letters of `row.ts`. What neither source tells has none. */
export function traitsOf(model: CatalogModel | undefined, router: RouterModel | undefined): string {
	const settings = router?.supports.supports ?? [];
	const inputs = new Set([...(model?.input ?? []), ...(router?.supports.input ?? [])]);
	const isKnown = model !== undefined || router !== undefined;
	const callsTools = model === undefined ? settings.includes("toolChoice") : model.supportsTools !== false;
	return [
		isKnown ? letter("t", callsTools) : "",
		settings.includes("responseFormat") ? "j" : "",
		isKnown ? letter("r", model?.reasoning === true || settings.includes("reasoning")) : "",
		...Object.entries(inputLetters).map(([input, mark]) => (inputs.has(input) ? mark : "")),
	].join("");
}
const inputLetters = { image: "i", audio: "a", video: "v", document: "f" };

function letter(mark: string, isSo: boolean): string {
	return isSo ? mark : mark.toUpperCase();
}
