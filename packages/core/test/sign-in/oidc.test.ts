import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Gateway } from "../../src/index.ts";
import { type Browser, createBrowser, type Page, passLoginPages } from "./browser.ts";
import { type GatewayServer, startGatewayServer } from "./gateway-server.ts";
import { clientId, clientSecret, type OidcServer, startOidcServer } from "./oidc-server.ts";

let provider: OidcServer;
let app: GatewayServer;
let gateway: Gateway;

beforeAll(async () => {
	app = await startGatewayServer();
	provider = await startOidcServer({ redirectUris: [`${app.origin}/auth/oidc/callback`] });
	provider.people["ada"] = { email: "Ada@Example.com", email_verified: true, name: "Ada Lovelace" };
});
beforeEach(async () => {
	await gateway?.close();
	gateway = app.open({ oidc: { issuer: provider.origin, clientId, clientSecret, name: "Example Inc." } });
});
afterAll(async () => {
	await app.close();
	await provider.close();
});

async function signIn(browser: Browser, name: string, query = ""): Promise<Page> {
	return passLoginPages(browser, await browser.visit(`${app.origin}/auth/oidc${query}`), name);
}

async function whoAmI(browser: Browser): Promise<Record<string, unknown>> {
	return JSON.parse((await browser.visit(`${app.origin}/auth/me`)).text);
}

test("somebody new is signed in, with an account and an organisation", async () => {
	const browser = createBrowser();
	const page = await signIn(browser, "ada", "?returnTo=/projects");
	expect(page).toMatchObject({ url: `${app.origin}/projects`, status: 200 });
	expect(await whoAmI(browser)).toMatchObject({
		user: { email: "Ada@Example.com", name: "Ada Lovelace", emailVerified: true },
		organisations: [{ name: "Ada Lovelace", role: "owner" }],
	});
	expect(browser.cookies.map(({ name }) => name)).not.toContain("postern_sign_in");
	expect(app.warnings).toEqual([]);
});

