import { pageOf } from "../../effects/accounts/session-principal.ts";
import type { Services } from "../../effects/services.ts";
import type { GatewayRequest, ReplyHeaders } from "../../http/reply.ts";
import { formatCookie } from "../../rules/auth/cookie.ts";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";

/** Signs a person in on the browser that asks: always in a session of its own. @returns the headers that tell the browser. */
export async function startSession(userId: string, request: GatewayRequest, { accounts }: Pick<Services, "accounts">): Promise<ReplyHeaders> {
	const { token } = await accounts.sessions.start(userId);
	return sessionCookie(token, accounts.cookie.maxAgeMs, request, { accounts });
}

/** Makes the browser forget its session; ending that is another matter. */
export function forgetSession(request: GatewayRequest, services: Pick<Services, "accounts">): ReplyHeaders {
	return sessionCookie("", 0, request, services);
}

function sessionCookie(value: string, maxAgeMs: number, request: GatewayRequest, { accounts }: Pick<Services, "accounts">): ReplyHeaders {
	const { name, sameSite, isSecure = request.isSecure === true } = accounts.cookie;
	return { "set-cookie": [formatCookie(name, value, { maxAgeMs, isSecure, sameSite })], "cache-control": "no-store" };
}

/** Nobody is signed in, or up, by a page of somebody else's. Callers that are no pages say nothing of one. */
export function refuseForeignPage(request: GatewayRequest, { accounts }: Pick<Services, "accounts">): GatewayError | undefined {
	return pageOf(request, accounts.allowedOrigins) === "foreign" ? gatewayError("CSRF_REFUSED") : undefined;
}
