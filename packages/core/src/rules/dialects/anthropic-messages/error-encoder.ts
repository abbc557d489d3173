import type { GatewayError } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";

const types: ReadonlyMap<number, string> = new Map([
	[401, "authentication_error"],
	[402, "billing_error"],
	[403, "permission_error"],
	[404, "not_found_error"],
	[413, "request_too_large"],
	[429, "rate_limit_error"],
	[504, "timeout_error"],
]);

/** An error as Anthropic's SDKs read it, whole or behind `event: error`. */
export function encodeError(error: GatewayError, requestId: string): JsonObject {
	return { type: "error", error: { type: errorType(error), message: error.message }, request_id: requestId };
}

function errorType({ code, status }: GatewayError): string {
	if (code === "PROVIDER_OVERLOADED" || code === "SHUTTING_DOWN") return "overloaded_error";
	return types.get(status) ?? (status < 500 ? "invalid_request_error" : "api_error");
}
