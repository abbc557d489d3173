import * as oauth from "oauth4webapi";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import { SendError } from "../../rules/providers/transport.ts";

export interface SignInFailure {
	/** What the person is told: nothing that the provider wrote, nothing of the protocol. */
	readonly problem: GatewayError;
	/** What the operator is told, where it is something to look into. */
	readonly reason?: string;
}

/**
 * What an error on the way to an identity provider and back means.
 * @param name the provider's.
 * @throws whatever is none of theirs: a mistake of ours.
 */
export function failureOf(error: unknown, name: string): SignInFailure {
	if (error instanceof oauth.AuthorizationResponseError && error.error === "access_denied") {
		return { problem: gatewayError("SIGN_IN_CANCELLED", { message: `${name} did not let you in, or you cancelled` }) };
	}
	if (error instanceof SendError) return { problem: failed(`${name} cannot be reached right now: try again in a moment`), reason: error.message };
	if (!isProvidersFault(error)) throw error;
	return { problem: failed(`The answer of ${name} could not be used: try again, and tell the operator if it stays so`), reason: reasonOf(error) };
}

function failed(message: string): GatewayError {
	return gatewayError("SIGN_IN_FAILED", { message });
}

/** A key that cannot be imported is a `DOMException` of the platform. */
function isProvidersFault(error: unknown): error is Error {
	return (
		error instanceof oauth.OperationProcessingError ||
		error instanceof oauth.AuthorizationResponseError ||
		error instanceof oauth.ResponseBodyError ||
		error instanceof oauth.WWWAuthenticateChallengeError ||
		error instanceof oauth.UnsupportedOperationError ||
		error instanceof DOMException
	);
}

/** `error` is a word of the standard, such as `invalid_client`; free text of the provider could hold anything. */
function reasonOf(error: Error): string {
	const word = "error" in error && typeof error.error === "string" ? ` (${error.error.replace(/[^\w.-]/g, "?").slice(0, 60)})` : "";
	return `${error.message.slice(0, 200)}${word}`;
}
