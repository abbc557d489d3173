import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Strategy, UtilityWeights } from "../../contract/route.ts";
import type { Decoded } from "../dialects/dialect.ts";
import type { Provider } from "../providers/provider.ts";
import type { Route } from "./route.ts";
import { labelled, type Target } from "./target.ts";

/** The targets that a caller's words lead to, before it is decided in which order they are tried. */
export interface Candidates {
	/** The name that the caller used, for answers that must echo one. */
	readonly requested: string;
	readonly route?: string;
	readonly strategy: Strategy;
	readonly isSticky: boolean;
	/** Of a route that learns. */
	readonly weights?: UtilityWeights;
	/** In the order in which they were written; the credentials of one model next to each other. */
	readonly targets: readonly [Candidate, ...Candidate[]];
}

export interface Candidate extends Target {
	readonly weight: number;
	/** Of its model among the route's: the same for all of its credentials. */
	readonly place: number;
}

/** The credentials of a provider, each with its address. */
export type Credentials = readonly [Provider, ...Provider[]];

export interface RoutingTable {
	readonly providers: Readonly<Record<string, Credentials>>;
	readonly routes: Readonly<Record<string, Route>>;
	readonly defaultModel: string | undefined;
}

export interface ModelRequest {
	readonly model?: string | undefined;
	readonly provider?: string | undefined;
}

/** A provider's model, before one of its credentials is chosen. */
interface Model {
	readonly providerName: string;
	readonly credentials: Credentials;
	readonly model: string;
	readonly weight: number;
}

/**
 * Finds the targets that a caller names, in this order: `provider` and `model` fields, the alias of a route, `provider/model`, a
 * bare model name that one provider lists or whose prefix is its own, and the only provider there is.
 */
export function findCandidates(request: ModelRequest, table: RoutingTable): Decoded<Candidates, GatewayError> {
	if (request.provider !== undefined) return candidatesOfProvider(request.provider, request.model, table);
	const model = request.model ?? table.defaultModel;
	if (model === undefined) {
		return refuse("VALIDATION_ERROR", `Name a model: ${known(table)}`, "model");
	}
	const route = ownValue(table.routes, model);
	if (route !== undefined) return candidatesOfRoute(model, route, table);
	const found = findModel(model, table);
	return found === undefined
		? refuse("MODEL_NOT_FOUND", `Unknown model ${quote(model)}. ${known(table)}`, "model")
		: callable([found], { requested: model, ...direct });
}

/** A model by its name takes the first credential that is well; a session stays with its own. */
const direct = { strategy: "weighted", isSticky: true } as const;

/** The model that a name which is no route's leads to. */
function findModel(name: string, table: RoutingTable): Model | undefined {
	const slash = name.indexOf("/");
	const providerName = slash > 0 ? name.slice(0, slash) : "";
	const prefixed = ownValue(table.providers, providerName);
	if (prefixed !== undefined && slash < name.length - 1) {
		return { providerName, credentials: prefixed, model: name.slice(slash + 1), weight: 1 };
	}
	const entries = Object.entries(table.providers);
	const owner =
		entries.find(([, [provider]]) => provider.models.includes(name)) ??
		entries.find(([, [provider]]) => provider.modelPrefixes.some((prefix) => name.startsWith(prefix))) ??
		(entries.length === 1 && entries[0]?.[1][0].send === undefined ? entries[0] : undefined);
	return owner === undefined ? undefined : { providerName: owner[0], credentials: owner[1], model: name, weight: 1 };
}

function candidatesOfProvider(providerName: string, model: string | undefined, table: RoutingTable): Decoded<Candidates, GatewayError> {
	const credentials = ownValue(table.providers, providerName);
	if (credentials === undefined) {
		const names = Object.keys(table.providers).join(", ");
		return refuse("VALIDATION_ERROR", `Unknown provider ${quote(providerName)}. Configured: ${names}`, "provider");
	}
	const name = model ?? credentials[0].defaultModel;
	if (name === undefined) return refuse("VALIDATION_ERROR", `Name a model of provider ${providerName}`, "model");
	const own = name.startsWith(`${providerName}/`) ? name.slice(providerName.length + 1) : name;
	return callable([{ providerName, credentials, model: own, weight: 1 }], { requested: name, ...direct });
}

function candidatesOfRoute(alias: string, route: Route, table: RoutingTable): Decoded<Candidates, GatewayError> {
	const models = route.targets.flatMap(({ name, weight }) => {
		const found = findModel(name, table);
		return found === undefined ? [] : [{ ...found, weight }];
	});
	const { strategy, isSticky, weights } = route;
	return models.length === 0
		? refuse("MODEL_NOT_FOUND", `Route ${quote(alias)} has no target that is configured`, "model")
		: callable(models, { requested: alias, route: alias, strategy, isSticky, ...(weights === undefined ? {} : { weights }) });
}

function callable(models: readonly Model[], rest: Omit<Candidates, "targets">): Decoded<Candidates, GatewayError> {
	const [first, ...others] = models.flatMap(candidatesOf);
	if (first !== undefined) return { ok: true, value: { ...rest, targets: [first, ...others] } };
	const reason = models[0]?.credentials[0].unavailable;
	return { ok: false, problem: gatewayError("PROVIDER_NOT_CONFIGURED", reason === undefined ? {} : { message: reason }) };
}

function candidatesOf({ providerName, credentials, model, weight }: Model, place: number): Candidate[] {
	return credentials.flatMap((provider, index) => {
		if (provider.unavailable !== undefined) return [];
		return labelled({ providerName, provider, credential: provider.credentialId ?? index + 1, model, weight, place });
	});
}

function refuse(code: "VALIDATION_ERROR" | "MODEL_NOT_FOUND", message: string, param: string): Decoded<never, GatewayError> {
	const issues = code === "VALIDATION_ERROR" ? { issues: [{ path: param, message }] } : {};
	return { ok: false, problem: gatewayError(code, { message, param, ...issues }) };
}

function known({ routes, providers }: RoutingTable): string {
	const names = [...Object.keys(routes), ...Object.entries(providers).map(([name, [provider]]) => `${name}/${provider.defaultModel ?? "<model>"}`)];
	return `Use provider/model or a route, such as ${names.slice(0, 5).join(", ")}`;
}

/** A caller's text in a message: short, on one line. */
function quote(text: string): string {
	return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

/** What answers where nobody names a model: the first provider's own. */
export function firstModel(providers: RoutingTable["providers"]): string | undefined {
	const ready = Object.entries(providers).find(([, list]) => list[0].defaultModel !== undefined && list.some(({ unavailable }) => unavailable === undefined));
	return ready === undefined ? undefined : `${ready[0]}/${ready[1][0].defaultModel}`;
}

/** Names come from callers: `constructor` is no provider. */
export function ownValue<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
	return Object.hasOwn(record, name) ? record[name] : undefined;
}
