import * as oauth from "oauth4webapi";
import { personOfGitHub } from "../../rules/sign-in/vouched-person.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import type { ProviderFetch } from "./provider-fetch.ts";

export interface GitHubClient {
	readonly clientId: string;
	readonly clientSecret: string;
	/** Of an Enterprise Server; `undefined` for github.com. */
	readonly url: string | undefined;
	readonly redirectUri: string;
}

/** GitHub speaks OAuth, not OpenID Connect: who the person is, its API tells. */
export function createGitHubProvider({ clientId, clientSecret, url, redirectUri }: GitHubClient, fetch: ProviderFetch): IdentityProvider {
	const origin = new URL(url ?? "https://github.com").origin;
	const api = url === undefined ? "https://api.github.com" : `${origin}/api/v3`;
	const authorizePage = `${origin}/login/oauth/authorize`;
	// GitHub names itself in its answers (RFC 9207); older Enterprise Servers do not.
	const server: oauth.AuthorizationServer = { issuer: `${origin}/login/oauth`, token_endpoint: `${origin}/login/oauth/access_token` };
	const client: oauth.Client = { client_id: clientId };
	const identityProvider = url === undefined ? "github" : origin;
	const isInsecure = origin.startsWith("http:");

	async function read(path: string, accessToken: string): Promise<unknown> {
		const headers = new Headers({ accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" });
		const network = { [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: isInsecure };
		const response = await oauth.protectedResourceRequest(accessToken, "GET", new URL(api + path), headers, null, network);
		if (response.status !== 200) throw new oauth.OperationProcessingError(`GitHub answered ${path} with ${response.status}`);
		try {
			return await response.json();
		} catch {
			throw new oauth.OperationProcessingError(`GitHub answered ${path} with something else than JSON`);
		}
	}

	return {
		name: "GitHub",
		identityProvider,
		async begin({ state, verifier }) {
			const page = new URL(authorizePage);
			const parameters = {
				response_type: "code",
				client_id: clientId,
				redirect_uri: redirectUri,
				scope: "read:user user:email",
				state,
				code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
				code_challenge_method: "S256",
			};
			for (const [name, value] of Object.entries(parameters)) page.searchParams.set(name, value);
			return page;
		},
		async finish(query, { state, verifier }) {
			const parameters = oauth.validateAuthResponse(server, client, query, state);
			const network = { [oauth.customFetch]: withHonestStatus(fetch), [oauth.allowInsecureRequests]: isInsecure };
			const authentication = oauth.ClientSecretPost(clientSecret);
			const response = await oauth.authorizationCodeGrantRequest(server, client, authentication, parameters, redirectUri, verifier, network);
			const { access_token: accessToken } = await oauth.processAuthorizationCodeResponse(server, client, response);
			const [user, emails] = await Promise.all([read("/user", accessToken), read("/user/emails?per_page=100", accessToken)]);
			return personOfGitHub(identityProvider, user, emails);
		},
	};
}

/** GitHub tells that a code is wrong with a status of 200: 400 is what the standard says, and what makes the error readable. */
function withHonestStatus(fetch: ProviderFetch): ProviderFetch {
	return async (url, options) => {
		const response = await fetch(url, options);
		if (response.status !== 200) return response;
		const text = await response.text();
		return new Response(text, { status: isError(text) ? 400 : 200, headers: response.headers });
	};
}

function isError(text: string): boolean {
	try {
		const answer: unknown = JSON.parse(text);
		return typeof answer === "object" && answer !== null && "error" in answer;
	} catch {
		return false;
	}
}
