import type { KeyScopes } from "../../contract/tenancy.ts";

/** Whether a key with these scopes may be used on a surface. */
export function allowsSurface({ surfaces }: KeyScopes, surface: string): boolean {
	return surfaces === undefined || surfaces.includes(surface);
}

/** @param names what the model is known by: the route's alias, `provider/model`. One of them in the list is enough. */
export function allowsModel({ models }: KeyScopes, ...names: readonly string[]): boolean {
	return models === undefined || models.some((pattern) => names.some((name) => matches(pattern, name)));
}

function matches(pattern: string, name: string): boolean {
	return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
