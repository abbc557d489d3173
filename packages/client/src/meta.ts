import type { Health, OperationResult } from "@postern/core/contract";
import type { CallOptions } from "./options.ts";
import type { Transport } from "./transport.ts";

/** The gateway's OpenAPI 3.1 document. */
export type OpenApiDocument = OperationResult<"getOpenApiJson">;

/** What the gateway says of itself; needs no token. */
export interface MetaMethods {
	/** An unhealthy gateway is an answer too (`status: "unhealthy"`), not an error. */
	health(options?: CallOptions): Promise<Health>;
	openApi(options?: CallOptions): Promise<OpenApiDocument>;
}

export function metaMethods({ json }: Transport): MetaMethods {
	return {
		health: (options) => json("/health", options, { isResult: (body) => body instanceof Object && "service" in body }),
		openApi: (options) => json("/openapi.json", options),
	};
}
