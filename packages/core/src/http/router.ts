import { addRoute, createRouter, findRoute } from "rou3";
import type { Operation, SurfaceId } from "../contract/operation.ts";
import { type OperationId, operations } from "../contract/operations/index.ts";

export interface MatchedOperation {
	readonly id: OperationId;
	readonly operation: Operation;
	readonly parameters: Readonly<Record<string, string>>;
}

export type RouteMatch =
	| ({ readonly found: true } & MatchedOperation)
	/** `allow` lists the methods that the path knows; empty where the path is unknown. */
	| { readonly found: false; readonly allow: readonly string[] };

export interface Router {
	/** @param header reads a header of the request: some operations are told apart by one. */
	match(method: string, path: string, header: (name: string) => string | undefined): RouteMatch;
}

interface Candidate {
	readonly id: OperationId;
	readonly operation: Operation;
}

/** The operations of the mounted surfaces by method and path. HEAD asks for GET without its body. */
export function createRouterFor(mounted: ReadonlyMap<SurfaceId, string>): Router {
	const table = createRouter<Candidate[]>();
	const byRoute = new Map<string, Candidate[]>();
	const methods = new Set<string>();
	for (const [id, operation] of Object.entries(operations) as [OperationId, Operation][]) {
		const prefix = mounted.get(operation.surface);
		if (prefix === undefined) continue;
		const path = prefix + operation.path;
		const key = `${operation.method} ${path}`;
		const candidates = byRoute.get(key) ?? [];
		if (candidates.length === 0) addRoute(table, operation.method, path, candidates);
		candidates.push({ id, operation });
		// One with a condition is looked at before the one without.
		candidates.sort((first, second) => Number(isConditional(second.operation)) - Number(isConditional(first.operation)));
		byRoute.set(key, candidates);
		methods.add(operation.method);
	}

	return {
		match(method, path, header) {
			const route = findRoute(table, method === "HEAD" ? "GET" : method, path);
			if (route === undefined) return { found: false, allow: [...methods].filter((other) => findRoute(table, other, path) !== undefined) };
			const parameters = route.params === undefined ? {} : decodeParameters(route.params);
			const applies = ({ operation }: Candidate) =>
				(operation.whenHeader === undefined || header(operation.whenHeader) !== undefined) && hasSuffix(parameters, operation.whenSuffix);
			// Without its header an operation still answers where it stands alone; without its suffix the path is another's.
			const candidate = route.data.find(applies) ?? route.data.find(({ operation }) => operation.whenSuffix === undefined);
			if (candidate === undefined) return { found: false, allow: [] };
			return { found: true, ...candidate, parameters: withoutSuffix(parameters, candidate.operation.whenSuffix) };
		},
	};
}

function isConditional({ whenHeader, whenSuffix }: Operation): boolean {
	return whenHeader !== undefined || whenSuffix !== undefined;
}

function hasSuffix(parameters: Readonly<Record<string, string>>, suffix: string | undefined): boolean {
	return suffix === undefined || Object.values(parameters).at(-1)?.endsWith(suffix) === true;
}

function withoutSuffix(parameters: Readonly<Record<string, string>>, suffix: string | undefined): Readonly<Record<string, string>> {
	if (suffix === undefined) return parameters;
	const entries = Object.entries(parameters);
	return Object.fromEntries(entries.map(([name, value], index) => [name, index === entries.length - 1 ? value.slice(0, -suffix.length) : value]));
}

function decodeParameters(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decode(value)]));
}

function decode(value: string): string {
	try {
		return decodeURIComponent(value);
	} catch {
		return value;
	}
}
