import { type ErrorCode, gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Failure, FailureKind } from "../../contract/failure.ts";

const codes: Readonly<Record<FailureKind, ErrorCode>> = {
	"rate-limited": "RATE_LIMITED",
	overloaded: "PROVIDER_OVERLOADED",
	timeout: "TIMEOUT_ERROR",
	// The gateway's own credential was refused: not the caller's to mend, so never a 401 or 403.
	authentication: "PROVIDER_ERROR",
	permission: "PROVIDER_ERROR",
	quota: "PROVIDER_ERROR",
	"bad-request": "INVALID_REQUEST",
	"model-not-found": "MODEL_NOT_FOUND",
	"context-length": "CONTEXT_OVERFLOW",
	"content-filter": "CONTENT_FILTERED",
	network: "PROVIDER_ERROR",
	protocol: "PROVIDER_ERROR",
	upstream: "PROVIDER_ERROR",
	cancelled: "CANCELLED",
};

/** What a caller is told of the failure that ended an exchange. */
export function errorFromFailure(failure: Failure): GatewayError {
	const isOurs = failure.kind === "cancelled" && failure.blame === "gateway";
	return gatewayError(isOurs ? "SHUTTING_DOWN" : codes[failure.kind], {
		message: failure.message,
		...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
		...(failure.code === undefined ? {} : { providerCode: failure.code }),
		...(failure.param === undefined ? {} : { param: failure.param }),
	});
}
