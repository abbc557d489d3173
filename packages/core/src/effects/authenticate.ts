import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Identify, IdentifyRequest, Principal } from "../contract/principal.ts";
import { asOwnPrincipal } from "../rules/auth/host-principal.ts";
import { isSameSecret } from "../rules/auth/token.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";

/** How callers prove who they are: the operator's token, a virtual key, the embedding app's own login, a session, or not at all. */
export interface Authentication {
	readonly token: string | undefined;
	readonly identify: Identify | undefined;
	readonly isDisabled: boolean;
	/** The principal of a virtual key; `undefined` where the text is none that is valid. */
	findKey?(presented: string): Promise<Principal | undefined>;
	/**
	 * The person whose session the request carries: as the token that it presents, or in its cookie where it presents none.
	 * A problem where that cookie may not be believed.
	 */
	findUser?(request: SessionRequest, presented: string | undefined): Promise<Decoded<Principal | undefined, GatewayError>>;
}

/** What finding a session takes of a request. */
export interface SessionRequest extends IdentifyRequest {
	readonly method: string;
	/** What the caller calls us: name and port. */
	readonly host?: string | undefined;
}

const operator: Principal = { kind: "operator", id: "operator" };
const anonymous: Principal = { kind: "anonymous", id: "anonymous" };

/**
 * What a caller shows on purpose goes before the cookie that its browser sends by itself.
 * @param presented the token that the request carries in its surface's way, if any.
 */
export async function authenticate(authentication: Authentication, request: SessionRequest, presented: string | undefined): Promise<Decoded<Principal, GatewayError>> {
	const { token, identify, isDisabled } = authentication;
	if (token !== undefined && presented !== undefined && isSameSecret(presented, token)) return { ok: true, value: operator };
	const key = presented === undefined ? undefined : await authentication.findKey?.(presented);
	if (key !== undefined) return { ok: true, value: key };
	const user = await authentication.findUser?.(request, presented);
	if (user?.ok === false) return user;
	const principal = user?.value ?? (await identify?.(request)) ?? (isDisabled ? anonymous : undefined);
	if (principal !== undefined) return { ok: true, value: asOwnPrincipal(principal) };
	return { ok: false, problem: gatewayError(presented === undefined ? "UNAUTHORIZED" : "INVALID_TOKEN") };
}
