import type { GatewayError } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";

const statuses: ReadonlyMap<number, string> = new Map([
	[401, "UNAUTHENTICATED"],
	[402, "RESOURCE_EXHAUSTED"],
	[403, "PERMISSION_DENIED"],
	[404, "NOT_FOUND"],
	[429, "RESOURCE_EXHAUSTED"],
	[499, "CANCELLED"],
	[500, "INTERNAL"],
	[501, "UNIMPLEMENTED"],
	[504, "DEADLINE_EXCEEDED"],
]);

const detail = "type.googleapis.com/google.rpc.";

/** An error as Google's SDKs read it, whole or in a stream: its code and fields stand in details of the known types. */
export function encodeError(error: GatewayError, requestId: string): JsonObject {
	const { code, status, message, retryAfterMs, issues = [] } = error;
	const info = { "@type": `${detail}ErrorInfo`, reason: code, domain: "postern", metadata: { requestId } };
	const violations = issues.map(({ path, message }) => ({ field: path, description: message }));
	return {
		error: {
			code: status,
			message,
			status: statuses.get(status) ?? (status < 500 ? "INVALID_ARGUMENT" : "UNAVAILABLE"),
			details: [
				info,
				...(violations.length === 0 ? [] : [{ "@type": `${detail}BadRequest`, fieldViolations: violations }]),
				...(retryAfterMs === undefined ? [] : [{ "@type": `${detail}RetryInfo`, retryDelay: `${Math.ceil(retryAfterMs / 1000)}s` }]),
			],
		},
	};
}
