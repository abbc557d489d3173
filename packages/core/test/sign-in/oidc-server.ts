import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import { vi } from "vitest";

export const clientId = "postern-client";
export const clientSecret = "a secret that the provider gave us";

/** What the provider knows of a person, by the name that is written into its login page. */
export type People = Record<string, Readonly<Record<string, unknown>>>;

export interface OidcServer {
	/** Where it listens. */
	readonly origin: string;
	readonly people: People;
	close(): Promise<void>;
}

export interface OidcServerOptions {
	/** What it calls itself. Default: where it listens. */
	readonly issuer?: string;
	readonly redirectUris: readonly string[];
	/** Puts the address into the ID token, as Google does; else it stands in the user info. */
	readonly claimsInIdToken?: boolean;
	/** Default: a client with a secret. */
	readonly isPublicClient?: boolean;
}

/** A complete OpenID Connect provider with its own login and consent pages, on a free port. */
export async function startOidcServer({ issuer, redirectUris, claimsInIdToken = false, isPublicClient = false }: OidcServerOptions): Promise<OidcServer> {
	const people: People = {};
	const server = createServer((request, response) => listener(request, response));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const silenced = [vi.spyOn(console, "warn").mockReturnValue(), vi.spyOn(console, "info").mockReturnValue()];
	const provider = new Provider(issuer ?? origin, {
		clients: [
			{
				client_id: clientId,
				redirect_uris: redirectUris,
				response_types: ["code"],
				...(isPublicClient ? { token_endpoint_auth_method: "none" } : { client_secret: clientSecret, token_endpoint_auth_method: "client_secret_post" }),
			},
		],
		cookies: { keys: ["a key of the provider's own"] },
		ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
		conformIdTokenClaims: !claimsInIdToken,
		claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "nickname", "preferred_username"] },
		findAccount: (_context: unknown, id: string) =>
			people[id] === undefined ? undefined : { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
	});
	for (const spy of silenced) spy.mockRestore();
	// A server under another name is asked as by a proxy that ended TLS.
	provider.proxy = issuer !== undefined;
	const listener = provider.callback();
	return { origin, people, close: () => closeServer(server) };
}

export function closeServer(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}
