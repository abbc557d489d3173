import type { OpenApiOptions } from "./openapi-document.ts";

/** The OpenAPI document as text. Made when it is first asked for, and its libraries are loaded then, not before. */
export interface OpenApiText {
	json(): Promise<string>;
	yaml(): Promise<string>;
}

export function createOpenApiText(options: OpenApiOptions): OpenApiText {
	const document = once(async () => (await import("./openapi-document.ts")).openApiDocument(options));
	return {
		json: once(async () => JSON.stringify(await document())),
		yaml: once(async () => (await import("yaml")).stringify(await document(), { lineWidth: 0, aliasDuplicateObjects: false })),
	};
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
	let made: Promise<Value> | undefined;
	return () => (made ??= make());
}
