import type { UserSession } from "../../contract/account.ts";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Principal } from "../../contract/principal.ts";
import { cookieValues } from "../../rules/auth/cookie.ts";
import { changesState, siteOf } from "../../rules/auth/cross-site.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import type { SessionRequest } from "../authenticate.ts";
import type { Store } from "../store/store.ts";
import type { AccountServices } from "./account-services.ts";
import { isSessionToken } from "./user-sessions.ts";

/**
 * The session of a request: of the token that it presents, else of its cookie. A browser sends cookies by itself, also for a page of
 * somebody else's: by cookie nothing is changed but for a page that is known to be ours.
 * @returns CSRF_REFUSED for such a page's request; INVALID_TOKEN where the cookie comes twice and differs.
 */
export async function findSession(
	request: SessionRequest,
	presented: string | undefined,
	{ sessions, cookie, allowedOrigins }: Pick<AccountServices, "sessions" | "cookie" | "allowedOrigins">,
): Promise<Decoded<UserSession | undefined, GatewayError>> {
	if (presented !== undefined) return { ok: true, value: isSessionToken(presented) ? await sessions.find(presented) : undefined };
	const [token, ...others] = new Set(cookieValues(request.header("cookie"), cookie.name));
	if (token === undefined) return { ok: true, value: undefined };
	// Which of them this browser was given, and which a page of a sibling domain has put there, nobody can tell.
	if (others.length > 0) return { ok: false, problem: gatewayError("INVALID_TOKEN", { message: `Two different ${cookie.name} cookies: clear them and sign in again` }) };
	const session = await sessions.find(token);
	if (session !== undefined && changesState(request.method) && pageOf(request, allowedOrigins) !== "own") {
		return { ok: false, problem: gatewayError("CSRF_REFUSED", { message: "A request that changes something by cookie needs the Origin header of a page that is welcome here" }) };
	}
	return { ok: true, value: session };
}

/** The person behind a request, with its organisations as they are now. */
export async function findSessionPrincipal(
	request: SessionRequest,
	presented: string | undefined,
	accounts: Pick<AccountServices, "sessions" | "cookie" | "allowedOrigins">,
	store: Pick<Store, "tenancy">,
): Promise<Decoded<Principal | undefined, GatewayError>> {
	const found = await findSession(request, presented, accounts);
	if (!found.ok) return found;
	if (found.value === undefined) return { ok: true, value: undefined };
	const { userId } = found.value;
	return { ok: true, value: { kind: "user", id: userId, memberships: await store.tenancy.listMemberships(userId) } };
}

/** Whose page sent a request, as far as its browser says. */
export function pageOf(request: Pick<SessionRequest, "header" | "host">, allowedOrigins: readonly string[]): ReturnType<typeof siteOf> {
	return siteOf({ origin: request.header("origin"), fetchSite: request.header("sec-fetch-site"), host: request.host ?? request.header("host") }, allowedOrigins);
}
