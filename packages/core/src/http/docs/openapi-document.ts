import { createDocument, type ZodOpenApiOperationObject } from "zod-openapi";
import type { Operation, SurfaceId } from "../../contract/operation.ts";
import { describeOperation, type NamedOperation } from "./openapi-operation.ts";
import { surfaceHabits } from "./openapi-habits.ts";

export interface OpenApiOptions {
	/** The operation table, or a part of it. Its keys become operation ids. */
	readonly operations: Readonly<Record<string, Operation>>;
	/** What is mounted, and where. Default: every surface of the table, at the root. */
	readonly surfaces?: readonly (SurfaceId | { readonly id: SurfaceId; readonly prefix: string })[];
	/** Where the gateway stands as a caller sees it (`/ai`). */
	readonly basePath?: string;
	/** The gateway's version. */
	readonly version: string;
}

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document of a gateway, derived from its operation table. */
export function openApiDocument({ operations, surfaces, basePath, version }: OpenApiOptions): OpenApiDocument {
	const prefixes = prefixesOf(surfaces ?? Object.values(operations).map((operation) => operation.surface));
	const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
	for (const [path, methods] of endpointsOf(operations, prefixes)) {
		paths[path] = Object.fromEntries([...methods].map(([method, alternatives]) => [method, describeOperation(alternatives)]));
	}
	return createDocument({
		openapi: "3.1.1",
		info: {
			title: "Postern",
			version,
			summary: "An AI gateway: every model provider, key, session and tool behind one door.",
			description:
				"Models are named `provider/model`, by the alias of a route, or by the fields `provider` and `model`. Every answer carries the id of its request in the header `x-request-id`.",
			license: { name: "MIT", identifier: "MIT" },
		},
		servers: [{ url: basePath === undefined || basePath === "" ? "/" : basePath, description: "This gateway" }],
		tags: [...prefixes.keys()].map((surface) => ({ name: surface, description: surfaceHabits[surface].description })),
		paths,
		components: {
			securitySchemes: {
				bearer: { type: "http", scheme: "bearer", description: "`Authorization: Bearer` with the gateway's token" },
				cookie: { type: "apiKey", in: "cookie", name: "postern_session", description: "The session of a person who signed in" },
				apiKey: { type: "apiKey", in: "header", name: "x-api-key", description: "The gateway's token as Anthropic's SDKs send it" },
				googleApiKey: { type: "apiKey", in: "header", name: "x-goog-api-key", description: "The gateway's token as Google's SDKs send it; `?key=` does as well" },
			},
		},
	});
}

function prefixesOf(surfaces: NonNullable<OpenApiOptions["surfaces"]>): Map<SurfaceId, string> {
	return new Map(surfaces.map((surface) => (typeof surface === "string" ? [surface, ""] : [surface.id, surface.prefix])));
}

/** Path, then method, then the operations that share both and are told apart by a header. */
function endpointsOf(operations: OpenApiOptions["operations"], prefixes: ReadonlyMap<SurfaceId, string>) {
	const endpoints = new Map<string, Map<Lowercase<Operation["method"]>, NamedOperation[]>>();
	for (const [id, operation] of Object.entries(operations)) {
		const prefix = prefixes.get(operation.surface);
		if (prefix === undefined || operation.isUnlisted) continue;
		const path = prefix + operation.path.replaceAll(/(?:\*\*)?:(\w+)/g, "{$1}") + (operation.whenSuffix ?? "");
		const methods = endpoints.get(path) ?? new Map<Lowercase<Operation["method"]>, NamedOperation[]>();
		const method = operation.method.toLowerCase() as Lowercase<Operation["method"]>;
		methods.set(method, [...(methods.get(method) ?? []), { id, operation }]);
		endpoints.set(path, methods);
	}
	return endpoints;
}
