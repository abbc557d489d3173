import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Identify, IdentifyRequest, Principal } from "../contract/principal.ts";
import { isSameSecret } from "../rules/auth/token.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";

/** How callers prove who they are: the operator's token, the embedding app's own login, or not at all. */
export interface Authentication {
	readonly token: string | undefined;
	readonly identify: Identify | undefined;
	readonly isDisabled: boolean;
}

const operator: Principal = { kind: "operator", id: "operator" };
const anonymous: Principal = { kind: "anonymous", id: "anonymous" };

/**
 * @param presented the token that the request carries in its surface's way, if any.
 */
export async function authenticate(
	{ token, identify, isDisabled }: Authentication,
	request: IdentifyRequest,
	presented: string | undefined,
): Promise<Decoded<Principal, GatewayError>> {
	if (isDisabled) return { ok: true, value: anonymous };
	if (token !== undefined && presented !== undefined && isSameSecret(presented, token)) return { ok: true, value: operator };
	const principal = await identify?.(request);
	if (principal !== undefined) return { ok: true, value: principal };
	return { ok: false, problem: gatewayError(presented === undefined ? "UNAUTHORIZED" : "INVALID_TOKEN") };
}
