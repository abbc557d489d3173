import type { GatewayOptions } from "./options.ts";
import { ConfigurationError } from "./rules/providers/configuration-error.ts";

/** @throws {ConfigurationError} naming what is wrong with sign-in. */
export function checkSignIn({ signIn, surfaces = [] }: GatewayOptions): void {
	if (signIn === undefined) return;
	const { publicUrl, google, github, oidc } = signIn;
	if (!surfaces.some((surface) => (typeof surface === "string" ? surface : surface.id) === "accounts")) {
		throw new ConfigurationError('signIn needs the accounts surface: add "accounts" to surfaces');
	}
	if (google === undefined && github === undefined && oidc === undefined) throw new ConfigurationError("signIn: set up google, github or oidc, or leave it out");
	checkUrl("signIn.publicUrl", publicUrl);
	for (const [name, client] of Object.entries({ google, github, oidc })) {
		for (const [field, value] of Object.entries(client === undefined ? {} : { clientId: client.clientId, clientSecret: client.clientSecret })) {
			if (value === undefined && name === "oidc" && field === "clientSecret") continue;
			if (typeof value !== "string" || value.trim() === "") throw new ConfigurationError(`signIn.${name}.${field} is missing: the provider gives it where the app is registered`);
		}
	}
	const domain = signIn.domains?.find((name) => !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name));
	if (domain !== undefined) throw new ConfigurationError(`signIn.domains: ${JSON.stringify(domain)} is no domain: write it like example.com`);
	if (github?.url !== undefined) checkUrl("signIn.github.url", github.url);
	if (oidc === undefined) return;
	checkUrl("signIn.oidc.issuer", oidc.issuer);
	const scope = (oidc.scopes ?? []).find((name) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name));
	if (scope !== undefined) throw new ConfigurationError(`signIn.oidc.scopes: ${JSON.stringify(scope)} cannot be a scope`);
	if (oidc.name?.trim() === "") throw new ConfigurationError("signIn.oidc.name is empty: give what people call the provider, or leave it out");
}

/** Codes and cookies travel there: in the clear only where they do not leave the machine. */
function checkUrl(where: string, text: string): void {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isThisMachine(url.hostname));
	if (url === undefined || !isSafe) throw new ConfigurationError(`${where}: ${JSON.stringify(text)} is no https address (http is for localhost only)`);
	if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
		throw new ConfigurationError(`${where}: leave out name, password, query and fragment`);
	}
}

function isThisMachine(hostname: string): boolean {
	return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
