import type { GatewayError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Reply } from "./reply.ts";

const contentType = "application/json; charset=utf-8";

export function jsonReply(body: object, headers: Readonly<Record<string, string>> = {}, status = 200): Reply {
	return jsonTextReply(JSON.stringify(body), headers, status);
}

/** The same for text that is JSON already. */
export function jsonTextReply(body: string, headers: Readonly<Record<string, string>> = {}, status = 200): Reply {
	return { status, headers: { "content-type": contentType, ...headers }, body };
}

/** An error in a surface's own shape, with Retry-After in whole seconds where it is known (RFC 9110 10.2.3). */
export function errorReply(error: GatewayError, body: JsonObject): Reply {
	const retryAfter = error.retryAfterMs === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))) };
	return jsonReply(body, retryAfter, error.status);
}

/** Postern's own error body: a superset of what the API documents show. */
export function posternErrorBody({ code, message, issues, rawText }: GatewayError, requestId: string): JsonObject {
	return {
		error: message,
		code,
		requestId,
		...(issues === undefined ? {} : { issues: issues.map(({ path, message }) => ({ path, message })) }),
		...(rawText === undefined ? {} : { rawText }),
	};
}
