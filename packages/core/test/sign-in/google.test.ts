import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createGateway, type Gateway, simulator } from "../../src/index.ts";
import { createBrowser, passLoginPages } from "./browser.ts";
import { createFakeIssuer, fakeClient } from "./fake-issuer.ts";
import { type GatewayServer, redirected, startGatewayServer } from "./gateway-server.ts";
import { clientId, clientSecret, type OidcServer, startOidcServer } from "./oidc-server.ts";
import { createVisitor, publicUrl } from "./visitor.ts";

const google = "https://accounts.google.com";
let provider: OidcServer;
let app: GatewayServer;

beforeAll(async () => {
	app = await startGatewayServer();
	provider = await startOidcServer({ issuer: google, redirectUris: [`${app.origin}/auth/google/callback`], claimsInIdToken: true });
});
afterAll(async () => {
	await app.close();
	await provider.close();
});

test("a server that calls itself Google signs people in", async () => {
	provider.people["115"] = { email: "ada@gmail.com", email_verified: true, name: "Ada Lovelace", hd: undefined };
	app.open({ google: { clientId, clientSecret } }, { runtime: { send: redirected({ [google]: provider.origin }) } });
	const browser = createBrowser({ [google]: provider.origin });
	const login = await browser.visit(`${app.origin}/auth/google?returnTo=/in`);
	expect(new URL(login.url).origin).toBe(google);
	const page = await passLoginPages(browser, login, "115");
	expect(page.url).toBe(`${app.origin}/in`);
	expect(JSON.parse((await browser.visit(`${app.origin}/auth/me`)).text)).toMatchObject({ user: { email: "ada@gmail.com", name: "Ada Lovelace" } });
	expect(app.warnings).toEqual([]);
});

let gateway: Gateway;
afterEach(() => gateway?.close());

/** Google's ID tokens may name it with or without the scheme; it alone has two names. */
const names: readonly (readonly [way: "google" | "oidc", issuer: string, says: string, status: number])[] = [
	["google", google, google, 302],
	["google", google, "accounts.google.com", 302],
	["google", google, "accounts.google.com.evil.example", 502],
	["google", google, "http://accounts.google.com", 502],
	["oidc", "https://id.example.com", "https://id.example.com", 302],
	["oidc", "https://id.example.com", "id.example.com", 502],
	["oidc", "https://id.example.com", "accounts.google.com", 502],
];

test.each(names)("%s at %s: a token of %s is answered with %i", async (way, issuer, says, status) => {
	const fake = createFakeIssuer(() => Date.now());
	fake.discovery = { ...fake.discovery, issuer, authorization_response_iss_parameter_supported: false };
	fake.claims = { iss: says, sub: "115" };
	gateway = createGateway({
		providers: { sim: simulator() },
		token: "operator-token",
		surfaces: ["accounts"],
		sessions: { secrets: ["a secret of at least thirty-two characters"] },
		signIn: { publicUrl, google: fakeClient, oidc: { issuer, ...fakeClient } },
		runtime: { send: fake.send },
	});
	const visitor = createVisitor(() => gateway);
	const { searchParams } = new URL((await visitor.get(`/auth/${way}`)).location);
	fake.nonce = searchParams.get("nonce") ?? "";
	const answer = await visitor.get(`/auth/${way}/callback?${new URLSearchParams({ state: searchParams.get("state") ?? "", code: "c0de" })}`);
	expect(answer.status).toBe(status);
});
