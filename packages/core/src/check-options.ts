import { surfaceIds } from "./contract/operation.ts";
import type { GatewayOptions } from "./options.ts";
import { ConfigurationError } from "./rules/providers/configuration-error.ts";

/**
 * What is wrong with a gateway's options, before anything is built of them.
 * @returns what the operator should know.
 * @throws {ConfigurationError} naming the option.
 */
export function checkOptions(options: GatewayOptions): readonly string[] {
	checkNames(options);
	checkRoutes(options);
	checkSurfaces(options);
	checkNumbers(options);
	return authenticationWarnings(options);
}

function authenticationWarnings({ token, identify, auth }: GatewayOptions): readonly string[] {
	if (auth === false) {
		if (token !== undefined && token !== "") throw new ConfigurationError("auth: false and token exclude each other: take one of them out");
		return [];
	}
	if (token === undefined && identify === undefined) {
		throw new ConfigurationError("Choose who may call: set token, or identify for the app's own login, or auth: false for everybody");
	}
	if (token === "") return ["token is empty: authentication is disabled, everybody who reaches the gateway may use it"];
	return [];
}

function checkNames({ providers }: GatewayOptions): void {
	const names = Object.keys(providers);
	if (names.length === 0) throw new ConfigurationError("providers is empty: give at least one, such as { sim: simulator() }");
	for (const name of names) {
		if (!/^[a-z0-9][a-z0-9_-]*$/.test(name)) {
			throw new ConfigurationError(`providers.${name}: a provider's name is made of lower-case letters, digits, "-" and "_"`);
		}
	}
}

function checkRoutes({ routes = {}, providers, defaultModel }: GatewayOptions): void {
	for (const [alias, targets] of Object.entries(routes)) {
		if (alias.trim() === "") throw new ConfigurationError("routes: an alias is empty");
		if (targets.length === 0) throw new ConfigurationError(`routes.${alias}: give at least one target, as provider/model`);
		targets.forEach((target, index) => checkTarget(`routes.${alias}[${index}]`, target, providers));
	}
	if (defaultModel !== undefined && !Object.hasOwn(routes, defaultModel)) checkTarget("defaultModel", defaultModel, providers);
}

function checkTarget(where: string, target: string, providers: GatewayOptions["providers"]): void {
	const slash = target.indexOf("/");
	if (slash <= 0 || slash === target.length - 1) throw new ConfigurationError(`${where}: ${JSON.stringify(target)} is not provider/model`);
	const name = target.slice(0, slash);
	if (!Object.hasOwn(providers, name)) {
		throw new ConfigurationError(`${where}: there is no provider ${JSON.stringify(name)}. Configured: ${Object.keys(providers).join(", ")}`);
	}
}

function checkSurfaces({ surfaces = [], basePath = "" }: GatewayOptions): void {
	const seen = new Set<string>();
	for (const surface of surfaces) {
		const { id, prefix } = typeof surface === "string" ? { id: surface, prefix: "" } : surface;
		if (!surfaceIds.includes(id)) throw new ConfigurationError(`surfaces: there is no ${JSON.stringify(id)}. Known: ${surfaceIds.join(", ")}`);
		if (seen.has(id)) throw new ConfigurationError(`surfaces: ${id} is mounted twice`);
		seen.add(id);
		checkPath(`surfaces.${id}.prefix`, prefix);
	}
	checkPath("basePath", basePath);
}

function checkPath(where: string, path: string): void {
	if (path !== "" && !/^(\/[\w.~-]+)+$/.test(path)) throw new ConfigurationError(`${where}: ${JSON.stringify(path)} is not of the form /a or /a/b`);
}

function checkNumbers({ limits = {}, clocks = {}, retry = {}, bodyLimitBytes }: GatewayOptions): void {
	const { surfaces = {}, ...own } = limits;
	checkAll("limits", own, 0);
	for (const [id, surface] of Object.entries(surfaces)) checkAll(`limits.surfaces.${id}`, surface, 0);
	checkAll("clocks", clocks, 1);
	const { baseDelayMs, maxDelayMs, ...attempts } = retry;
	checkAll("retry", { baseDelayMs, maxDelayMs }, 0);
	checkAll("retry", attempts, 1);
	checkAll("options", { bodyLimitBytes }, 1);
}

function checkAll(where: string, values: Readonly<Record<string, number | undefined>>, least: number): void {
	for (const [name, value] of Object.entries(values)) {
		if (value !== undefined && (!Number.isInteger(value) || value < least)) {
			throw new ConfigurationError(`${where === "options" ? "" : `${where}.`}${name} is a whole number of at least ${least}, not ${value}`);
		}
	}
}
