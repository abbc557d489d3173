import { decodeJwt } from "jose";
import * as oauth from "oauth4webapi";
import { personOfClaims } from "../../rules/sign-in/vouched-person.ts";
import type { Runtime } from "../runtime.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import type { ProviderFetch } from "./provider-fetch.ts";

export interface OidcClient {
	readonly name: string;
	readonly issuer: string;
	/** What else the provider calls itself in ID tokens. */
	readonly otherIssuer?: string;
	/** Under which name its people are kept. */
	readonly identityProvider: string;
	readonly clientId: string;
	readonly clientSecret?: string;
	readonly scopes: readonly string[];
	readonly trustEmail?: boolean;
	readonly redirectUri: string;
}

type FoundServer = oauth.AuthorizationServer & { readonly authorization_endpoint: string };

/** Endpoints and key sets move seldom, and a provider announces it long before. */
const discoveryLifetimeMs = 3_600_000;

/** A provider that speaks OpenID Connect: found by discovery, and believed only what it signed for this very sign-in. */
export function createOidcProvider(options: OidcClient, fetch: ProviderFetch, { now }: Pick<Runtime, "now">): IdentityProvider {
	const { issuer, otherIssuer, clientId, clientSecret, redirectUri, trustEmail = false } = options;
	const network = { [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: new URL(issuer).protocol === "http:" };
	let found: { readonly server: Promise<FoundServer>; readonly until: number } | undefined;

	/** One look for all who wait; what failed is tried again by the next. */
	function discover(): Promise<FoundServer> {
		if (found !== undefined && found.until > now()) return found.server;
		const server = lookUp();
		const look = { server, until: now() + discoveryLifetimeMs };
		found = look;
		server.catch(() => {
			if (found === look) found = undefined;
		});
		return server;
	}

	async function lookUp(): Promise<FoundServer> {
		const url = new URL(issuer);
		const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, network));
		// The library looks for the other endpoints when it needs them; this one nobody asks but the browser.
		if (server.authorization_endpoint === undefined) throw new oauth.OperationProcessingError("The provider has no authorization endpoint");
		return { ...server, authorization_endpoint: server.authorization_endpoint };
	}

	/** The library reads the platform's clock: told how far ours is from it. */
	function client(): oauth.Client {
		return { client_id: clientId, [oauth.clockSkew]: Math.round((now() - Date.now()) / 1000), [oauth.clockTolerance]: 30 };
	}

	/** In the body where the provider takes that: not all agree on how the header's form is to be escaped. */
	function clientAuthentication({ token_endpoint_auth_methods_supported: methods }: oauth.AuthorizationServer): oauth.ClientAuth {
		if (clientSecret === undefined) return oauth.None();
		return methods?.includes("client_secret_post") === true ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret);
	}

	return {
		name: options.name,
		identityProvider: options.identityProvider,
		async begin({ state, nonce, verifier }) {
			const url = new URL((await discover()).authorization_endpoint);
			const parameters = {
				response_type: "code",
				client_id: clientId,
				redirect_uri: redirectUri,
				scope: [...new Set(["openid", ...options.scopes])].join(" "),
				state,
				nonce,
				code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
				code_challenge_method: "S256",
			};
			for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
			return url;
		},
		async finish(query, { state, nonce, verifier }) {
			const server = await discover();
			const us = client();
			const parameters = oauth.validateAuthResponse(server, us, query, state);
			const authentication = clientAuthentication(server);
			const response = await oauth.authorizationCodeGrantRequest(server, us, authentication, parameters, redirectUri, verifier, network);
			const signer = otherIssuer !== undefined && (await issuerOf(response)) === otherIssuer ? { ...server, issuer: otherIssuer } : server;
			const tokens = await oauth.processAuthorizationCodeResponse(signer, us, response, { expectedNonce: nonce, requireIdToken: true });
			// It came straight from the provider, and may be signed with no key of theirs all the same.
			await oauth.validateApplicationLevelSignature(server, response, network);
			const claims = oauth.getValidatedIdTokenClaims(tokens);
			if (claims === undefined) throw new oauth.OperationProcessingError("The provider sent no ID token");
			const identity = { provider: options.identityProvider, subject: claims.sub };
			if (saysAddress(claims, trustEmail) || server.userinfo_endpoint === undefined) return personOfClaims(identity, claims, trustEmail);
			// The address and whether it is verified come from one place: halves of two would vouch for what nobody said.
			const answer = await oauth.userInfoRequest(server, us, tokens.access_token, network);
			return personOfClaims(identity, await oauth.processUserInfoResponse(server, us, claims.sub, answer), trustEmail);
		},
	};
}

function saysAddress(claims: oauth.IDToken, trustEmail: boolean): boolean {
	return claims["email"] !== undefined && (trustEmail || claims["email_verified"] !== undefined);
}

/** Unverified: chooses only which of two names is expected. */
async function issuerOf(response: Response): Promise<string | undefined> {
	try {
		const { id_token: token } = (await response.clone().json()) as { readonly id_token: string };
		return decodeJwt(token).iss;
	} catch {
		return undefined;
	}
}
