import { surfaceIds } from "./contract/operation.ts";
import type { GatewayOptions } from "./options.ts";
import { isCookieName } from "./rules/auth/cookie.ts";
import { isKeyPrefix } from "./rules/auth/key.ts";
import { cacheRuleProblems } from "./rules/cache/cache-problems.ts";
import { ConfigurationError } from "./rules/providers/configuration-error.ts";
import { checkSignIn } from "./check-sign-in.ts";
import { decodeEncryptionKey } from "./rules/secrets/encryption-key.ts";
import { routeProblems } from "./rules/routing/route-problems.ts";

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
	checkCache(options);
	checkEncryptionKeys(options);
	checkSessions(options);
	checkSignIn(options);
	checkTelemetry(options);
	if (options.keyPrefix !== undefined && !isKeyPrefix(options.keyPrefix)) {
		throw new ConfigurationError("keyPrefix: begin with a small letter, go on with those, digits, - and _, end with _; at most 21 characters");
	}
	return [...authenticationWarnings(options), ...sessionWarnings(options), ...modelWarnings(options)];
}

function checkTelemetry({ telemetry }: GatewayOptions): void {
	if (telemetry === undefined || (typeof telemetry === "object" && typeof telemetry?.exchange === "function" && typeof telemetry.within === "function")) return;
	throw new ConfigurationError("telemetry is an object such as openTelemetry() of @postern/core/opentelemetry gives");
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

function sessionWarnings({ sessions, surfaces = [] }: GatewayOptions): readonly string[] {
	const hasAccounts = surfaces.some((surface) => (typeof surface === "string" ? surface : surface.id) === "accounts");
	if (!hasAccounts || sessions?.secrets !== undefined) return [];
	return ["sessions.secrets is not set: sessions are signed with a random secret, and end with the process"];
}

/** One that is misspelt would leave its prices out in silence. One that is not there yet is no mistake. */
function modelWarnings({ models = {}, providers }: GatewayOptions): readonly string[] {
	const known = Object.keys(providers);
	return Object.keys(models)
		.filter((name) => !known.includes(name))
		.map((name) => `models.${name} counts for nothing: there is no provider ${JSON.stringify(name)}; configured: ${known.join(", ")}`);
}

function checkSessions({ sessions = {}, cors, trustProxy, accounts = {} }: GatewayOptions): void {
	const { secrets, cookieName, maxAgeMs, sameSite, secure } = sessions;
	if (secrets?.length === 0) throw new ConfigurationError("sessions.secrets is an empty list: give at least one, or leave it out");
	for (const [at, secret] of (secrets ?? []).entries()) {
		if (secret.length < 32) throw new ConfigurationError(`sessions.secrets[${at}] is too short: give at least 32 random characters`);
	}
	if (cookieName !== undefined && !isCookieName(cookieName)) throw new ConfigurationError(`sessions.cookieName: ${JSON.stringify(cookieName)} cannot be the name of a cookie`);
	if (sameSite !== undefined && !["lax", "strict", "none"].includes(sameSite)) throw new ConfigurationError("sessions.sameSite is lax, strict or none");
	if (secure === false && (sameSite === "none" || /^__(?:Host|Secure)-/.test(cookieName ?? ""))) {
		throw new ConfigurationError("sessions.secure is false, but browsers take such a cookie over https only");
	}
	checkAll("sessions", { maxAgeMs }, 1000);
	if (!["open", "closed", undefined].includes(accounts.registration)) throw new ConfigurationError("accounts.registration is open or closed");
	for (const origin of cors?.origins ?? []) {
		if (!URL.canParse(origin) || new URL(origin).origin !== origin) throw new ConfigurationError(`cors.origins: ${JSON.stringify(origin)} is no origin: write it like https://app.example.com`);
	}
	checkAll("cors", { maxAgeMs: cors?.maxAgeMs }, 0);
	checkAll("options", { trustProxy }, 0);
}

function checkEncryptionKeys({ encryptionKeys }: GatewayOptions): void {
	if (encryptionKeys === undefined || typeof encryptionKeys === "function") return;
	if (encryptionKeys.length === 0) throw new ConfigurationError("encryptionKeys is empty: give at least one key, or leave it out");
	encryptionKeys.forEach((key, index) => decodeEncryptionKey(key, `encryptionKeys[${index}]`));
}

function checkNames({ providers }: GatewayOptions): void {
	const names = Object.keys(providers);
	if (names.length === 0) throw new ConfigurationError("providers is empty: give at least one, such as { sim: simulator() }");
	for (const [name, provider] of Object.entries(providers)) {
		if (!/^[a-z0-9][a-z0-9_-]*$/.test(name)) {
			throw new ConfigurationError(`providers.${name}: a provider's name is made of lower-case letters, digits, "-" and "_"`);
		}
		const credentials = [provider].flat();
		if (credentials.length === 0) throw new ConfigurationError(`providers.${name} is an empty list: give at least one provider`);
		if (new Set(credentials.map(({ dialect }) => dialect)).size > 1) {
			throw new ConfigurationError(`providers.${name}: the credentials of one provider speak one dialect; give the others a name of their own`);
		}
	}
}

function checkRoutes({ routes = {}, providers, defaultModel }: GatewayOptions): void {
	const names = Object.keys(providers);
	for (const [alias, definition] of Object.entries(routes)) {
		if (alias.trim() === "") throw new ConfigurationError("routes: an alias is empty");
		const [problem] = routeProblems(definition, names);
		if (problem !== undefined) throw new ConfigurationError(`routes.${alias}${pathText(problem.path)}: ${problem.what}; ${problem.remedy}`);
	}
	if (defaultModel === undefined || Object.hasOwn(routes, defaultModel)) return;
	const [problem] = routeProblems([defaultModel], names);
	if (problem !== undefined) throw new ConfigurationError(`defaultModel: ${problem.what}; ${problem.remedy}`);
}

function pathText(path: readonly (string | number)[]): string {
	return path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
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

function checkNumbers({ limits = {}, clocks = {}, retry = {}, retention = {}, bodyLimitBytes }: GatewayOptions): void {
	const { surfaces = {}, ...own } = limits;
	checkAll("limits", own, 0);
	for (const [id, surface] of Object.entries(surfaces)) checkAll(`limits.surfaces.${id}`, surface, 0);
	checkAll("clocks", clocks, 1);
	const { baseDelayMs, maxDelayMs, concurrentRetries, budgetRatio, budgetPerSecond, ...attempts } = retry;
	checkAll("retry", { baseDelayMs, maxDelayMs, concurrentRetries }, 0);
	for (const [name, value] of Object.entries({ budgetRatio, budgetPerSecond })) {
		if (value !== undefined && !(value >= 0 && value < Number.POSITIVE_INFINITY)) throw new ConfigurationError(`retry.${name} is a number of at least 0, not ${value}`);
	}
	checkAll("retry", attempts, 1);
	checkAll("options", { bodyLimitBytes }, 1);
	checkAll("retention", { ...retention }, 1);
}

function checkCache({ cache = {}, routes = {}, providers }: GatewayOptions): void {
	if (cache === false) return;
	const { semantic, store, ttlSeconds, toolCalls, maxEntries, maxBytes, maxEntryBytes, ...unknown } = cache;
	const [field] = Object.keys(unknown);
	if (field !== undefined) throw new ConfigurationError(`cache.${field} is not a known setting`);
	const [problem] = cacheRuleProblems({ ttlSeconds, toolCalls });
	if (problem !== undefined) throw new ConfigurationError(`cache.${problem.field} ${problem.what}; ${problem.remedy}`);
	checkAll("cache", { maxEntries, maxBytes, maxEntryBytes }, 1);
	if (store !== undefined && (maxEntries ?? maxBytes ?? maxEntryBytes) !== undefined) {
		throw new ConfigurationError("cache.store decides by itself how much it keeps: take cache.maxEntries, cache.maxBytes and cache.maxEntryBytes out");
	}
	if (semantic === undefined) return;
	if (store !== undefined && store.findNearest === undefined) throw new ConfigurationError("cache.semantic needs a cache.store that compares directions: this one has no findNearest");
	const { model, threshold } = semantic;
	if (threshold !== undefined && !(threshold > 0 && threshold <= 1)) throw new ConfigurationError(`cache.semantic.threshold is a number above 0 and at most 1, not ${threshold}`);
	const [modelProblem] = Object.hasOwn(routes, model) ? [] : routeProblems([model], Object.keys(providers));
	if (modelProblem !== undefined) throw new ConfigurationError(`cache.semantic.model: ${modelProblem.what}; ${modelProblem.remedy}`);
}

function checkAll(where: string, values: Readonly<Record<string, number | undefined>>, least: number): void {
	for (const [name, value] of Object.entries(values)) {
		if (value !== undefined && (!Number.isInteger(value) || value < least)) {
			throw new ConfigurationError(`${where === "options" ? "" : `${where}.`}${name} is a whole number of at least ${least}, not ${value}`);
		}
	}
}
