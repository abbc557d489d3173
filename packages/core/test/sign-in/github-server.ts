import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { closeServer } from "./oidc-server.ts";

export const githubClient = { clientId: "Iv1.8a61f9b3a7aba766", clientSecret: "3c8f1a5e0b2d4c6e8f1a5e0b2d4c6e8f1a5e0b2d" } as const;

export interface GitHubServer {
	readonly origin: string;
	/** What `/user` and `/user/emails` answer. */
	user: unknown;
	emails: unknown;
	/** What the token endpoint answers in place of a token, always with a status of 200. */
	tokenError: string | undefined;
	/** Whether the browser brings back `iss`, as github.com has it since 2026 and older Enterprise Servers have not. */
	namesItself: boolean;
	close(): Promise<void>;
}

/** GitHub's sign-in and the two parts of its API that tell who somebody is, in the shapes of its documentation. */
export async function startGitHubServer({ issuer, apiPath }: { readonly issuer?: string; readonly apiPath: string }): Promise<GitHubServer> {
	const codes = new Map<string, { readonly challenge: string; readonly redirectUri: string }>();
	const accessTokens = new Set<string>();
	const server = createServer(async (request, response) => {
		const url = new URL(request.url ?? "/", "http://github.test");
		const json = (status: number, body: unknown) => response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
		switch (url.pathname) {
			case "/login/oauth/authorize": {
				const parameters = url.searchParams;
				const redirectUri = parameters.get("redirect_uri") ?? "";
				if (parameters.get("client_id") !== githubClient.clientId) return response.writeHead(404).end("Not Found");
				if (parameters.get("code_challenge_method") !== "S256") return response.writeHead(400).end();
				const back = new URL(redirectUri);
				const code = `code-${codes.size}`;
				codes.set(code, { challenge: parameters.get("code_challenge") ?? "", redirectUri });
				back.searchParams.set("code", code);
				back.searchParams.set("state", parameters.get("state") ?? "");
				if (github.namesItself) back.searchParams.set("iss", `${issuer ?? origin}/login/oauth`);
				const page = `<h1>Authorize Postern</h1><p>${parameters.get("scope")}</p><a href="${back.href.replaceAll("&", "&amp;")}">Authorize</a>`;
				return response.writeHead(200, { "content-type": "text/html" }).end(page);
			}
			case "/login/oauth/access_token": {
				const form = new URLSearchParams(await read(request));
				const issued = codes.get(form.get("code") ?? "");
				codes.delete(form.get("code") ?? "");
				const isKnown = form.get("client_id") === githubClient.clientId && form.get("client_secret") === githubClient.clientSecret;
				const error = github.tokenError ?? tokenError(isKnown, issued, form);
				if (error !== undefined) {
					return json(200, { error, error_description: "Words of GitHub", error_uri: "https://docs.github.com/apps" });
				}
				const accessToken = `gho_${accessTokens.size}`;
				accessTokens.add(accessToken);
				return json(200, { access_token: accessToken, token_type: "bearer", scope: "read:user,user:email" });
			}
			case `${apiPath}/user`:
			case `${apiPath}/user/emails`: {
				const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ");
				if (scheme?.toLowerCase() !== "bearer" || !accessTokens.has(token)) return json(401, { message: "Bad credentials", status: "401" });
				if (request.headers["user-agent"] === undefined) return json(403, { message: "Request forbidden by administrative rules." });
				return json(200, url.pathname.endsWith("/emails") ? github.emails : github.user);
			}
			default:
				return json(404, { message: "Not Found", status: "404" });
		}
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const github: GitHubServer = { origin, user: {}, emails: [], tokenError: undefined, namesItself: true, close: () => closeServer(server) };
	return github;
}

function tokenError(isKnown: boolean, issued: { readonly challenge: string; readonly redirectUri: string } | undefined, form: URLSearchParams): string | undefined {
	if (!isKnown) return "incorrect_client_credentials";
	if (issued === undefined) return "bad_verification_code";
	if (issued.redirectUri !== form.get("redirect_uri")) return "redirect_uri_mismatch";
	const digest = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
	return digest === issued.challenge ? undefined : "bad_verification_code";
}

async function read(request: IncomingMessage): Promise<string> {
	let text = "";
	for await (const chunk of request) text += String(chunk);
	return text;
}
