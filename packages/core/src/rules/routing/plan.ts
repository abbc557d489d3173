import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Decoded } from "../dialects/dialect.ts";
import type { Provider } from "../providers/provider.ts";

/** A provider and one of its models. */
export interface Target {
	readonly providerName: string;
	readonly provider: Provider;
	readonly model: string;
}

/** The targets of one exchange, in the order in which they are tried. */
export interface Plan {
	/** The name that the caller used, for answers that must echo one. */
	readonly requested: string;
	readonly route?: string;
	readonly targets: readonly [Target, ...Target[]];
}

export interface RoutingTable {
	readonly providers: Readonly<Record<string, Provider>>;
	readonly routes: Readonly<Record<string, readonly string[]>>;
	readonly defaultModel: string | undefined;
}

export interface ModelRequest {
	readonly model?: string | undefined;
	readonly provider?: string | undefined;
}

/**
 * Finds the targets that a caller names, in this order: `provider` and `model` fields, the alias of a route, `provider/model`, a
 * bare model name that one provider lists or whose prefix is its own, and the only provider there is.
 */
export function planTargets(request: ModelRequest, table: RoutingTable): Decoded<Plan, GatewayError> {
	if (request.provider !== undefined) return planForProvider(request.provider, request.model, table);
	const model = request.model ?? table.defaultModel;
	if (model === undefined) {
		return refuse("VALIDATION_ERROR", `Name a model: ${known(table)}`, "model");
	}
	const route = ownValue(table.routes, model);
	if (route !== undefined) return planForRoute(model, route, table);
	const target = findTarget(model, table);
	return target === undefined
		? refuse("MODEL_NOT_FOUND", `Unknown model ${quote(model)}. ${known(table)}`, "model")
		: callable({ requested: model, targets: [target] });
}

/** The target of a model name that is not a route. */
export function findTarget(name: string, table: RoutingTable): Target | undefined {
	const slash = name.indexOf("/");
	const providerName = slash > 0 ? name.slice(0, slash) : "";
	const prefixed = ownValue(table.providers, providerName);
	if (prefixed !== undefined && slash < name.length - 1) {
		return { providerName, provider: prefixed, model: name.slice(slash + 1) };
	}
	const entries = Object.entries(table.providers);
	const owner =
		entries.find(([, provider]) => provider.models.includes(name)) ??
		entries.find(([, provider]) => provider.modelPrefixes.some((prefix) => name.startsWith(prefix))) ??
		(entries.length === 1 && entries[0]?.[1].send === undefined ? entries[0] : undefined);
	return owner === undefined ? undefined : { providerName: owner[0], provider: owner[1], model: name };
}

function planForProvider(providerName: string, model: string | undefined, table: RoutingTable): Decoded<Plan, GatewayError> {
	const provider = ownValue(table.providers, providerName);
	if (provider === undefined) {
		const names = Object.keys(table.providers).join(", ");
		return refuse("VALIDATION_ERROR", `Unknown provider ${quote(providerName)}. Configured: ${names}`, "provider");
	}
	const name = model ?? provider.defaultModel;
	if (name === undefined) return refuse("VALIDATION_ERROR", `Name a model of provider ${providerName}`, "model");
	const own = name.startsWith(`${providerName}/`) ? name.slice(providerName.length + 1) : name;
	return callable({ requested: name, targets: [{ providerName, provider, model: own }] });
}

function planForRoute(alias: string, names: readonly string[], table: RoutingTable): Decoded<Plan, GatewayError> {
	const targets = names.flatMap((name) => findTarget(name, table) ?? []);
	const ready = targets.filter((target) => target.provider.unavailable === undefined);
	const [first, ...rest] = ready.length > 0 ? ready : targets;
	return first === undefined
		? refuse("MODEL_NOT_FOUND", `Route ${quote(alias)} has no target that is configured`, "model")
		: callable({ requested: alias, route: alias, targets: [first, ...rest] });
}

function callable(plan: Plan): Decoded<Plan, GatewayError> {
	const reason = plan.targets[0].provider.unavailable;
	return reason === undefined ? { ok: true, value: plan } : { ok: false, problem: gatewayError("PROVIDER_NOT_CONFIGURED", { message: reason }) };
}

function refuse(code: "VALIDATION_ERROR" | "MODEL_NOT_FOUND", message: string, param: string): Decoded<Plan, GatewayError> {
	const issues = code === "VALIDATION_ERROR" ? { issues: [{ path: param, message }] } : {};
	return { ok: false, problem: gatewayError(code, { message, param, ...issues }) };
}

function known({ routes, providers }: RoutingTable): string {
	const names = [...Object.keys(routes), ...Object.entries(providers).map(([name, provider]) => `${name}/${provider.defaultModel ?? "<model>"}`)];
	return `Use provider/model or a route, such as ${names.slice(0, 5).join(", ")}`;
}

/** A caller's text in a message: short, on one line. */
function quote(text: string): string {
	return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

/** Names come from callers: `constructor` is no provider. */
function ownValue<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
	return Object.hasOwn(record, name) ? record[name] : undefined;
}
