import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Browser, createBrowser, type Page, passLoginPages } from "./browser.ts";
import { type GatewayServer, startGatewayServer } from "./gateway-server.ts";
import { clientId, clientSecret, type OidcServer, type OidcServerOptions, startOidcServer } from "./oidc-server.ts";

const variants: readonly (readonly [what: string, mountPath: string, server: Partial<OidcServerOptions>, secret: { readonly clientSecret?: string }])[] = [
	["an address in the user info", "", {}, { clientSecret }],
	["an address in the ID token", "", { claimsInIdToken: true }, { clientSecret }],
	["a client without a secret", "", { isPublicClient: true }, {}],
	["a gateway below a path", "/ai", {}, { clientSecret }],
];

describe.each(variants)("an OpenID Connect server, over sockets: %s", (_what, mountPath, server, secret) => {
	let provider: OidcServer;
	let app: GatewayServer;

	beforeEach(async () => {
		app = await startGatewayServer(mountPath);
		provider = await startOidcServer({ redirectUris: [`${app.origin}${mountPath}/auth/oidc/callback`], ...server });
		provider.people["ada"] = { email: "Ada@Example.com", email_verified: true, name: "Ada Lovelace" };
		provider.people["eve"] = { email: "ada@example.com", email_verified: false, name: "Ada Lovelace" };
		app.open({ oidc: { issuer: provider.origin, clientId, ...secret, name: "Example Inc." } });
	});
	afterEach(async () => {
		await app.close();
		await provider.close();
	});

	async function signIn(browser: Browser, name: string, query = ""): Promise<Page> {
		return passLoginPages(browser, await browser.visit(`${app.origin}${mountPath}/auth/oidc${query}`), name);
	}

	async function whoAmI(browser: Browser): Promise<{ readonly status: number; readonly body: unknown }> {
		const { status, text } = await browser.visit(`${app.origin}${mountPath}/auth/me`);
		return { status, body: JSON.parse(text) };
	}

	test("somebody new is signed in, with an account and an organisation, and out again", async () => {
		const browser = createBrowser();
		const page = await signIn(browser, "ada", "?returnTo=/projects?tab=keys");
		expect(page).toMatchObject({ url: `${app.origin}/projects?tab=keys`, status: 200 });
		expect(await whoAmI(browser)).toMatchObject({
			status: 200,
			body: { user: { email: "Ada@Example.com", name: "Ada Lovelace", emailVerified: true }, organisations: [{ name: "Ada Lovelace", role: "owner" }] },
		});
		const session = browser.cookies.find(({ name }) => name === "postern_session");
		expect(session).toMatchObject({ path: "/", attributes: expect.stringContaining("HttpOnly") });
		expect(browser.cookies.map(({ name }) => name)).not.toContain("postern_sign_in");

		const out = await browser.visit(`${app.origin}${mountPath}/auth/logout`, { method: "POST", headers: { origin: app.origin } });
		expect(out.status).toBe(200);
		expect((await whoAmI(browser)).status).toBe(401);
		// The provider still knows the person: it asks nothing again.
		expect((await signIn(browser, "ada")).url).toBe(`${app.origin}/`);
		expect((await whoAmI(browser)).status).toBe(200);
		expect(app.warnings).toEqual([]);
	});

	test("an address that is not verified opens nothing", async () => {
		const browser = createBrowser();
		const page = await signIn(browser, "eve");
		expect(page.status).toBe(403);
		expect(page.text).toContain("Example Inc. does not say that your email address is verified");
		expect((await whoAmI(browser)).status).toBe(401);
	});

	test("whoever cancels reads so, and may begin anew", async () => {
		const browser = createBrowser();
		const login = await browser.visit(`${app.origin}${mountPath}/auth/oidc?returnTo=/projects`);
		const abort = /href="([^"]+\/abort)"/.exec(login.text)?.[1] ?? "";
		const page = await browser.visit(new URL(abort, login.url).href);
		expect(page.status).toBe(403);
		expect(page.text).toContain("Example Inc. did not let you in, or you cancelled");
		const again = /<a href="([^"]+)">Try again/.exec(page.text)?.[1] ?? "";
		expect((await passLoginPages(browser, await browser.visit(again), "ada")).url).toBe(`${app.origin}/projects`);
	});

	test("a code works once, also with the cookies of before", async () => {
		const browser = createBrowser({}, "/callback?");
		const { url: callback } = await signIn(browser, "ada");
		const flow = browser.cookies.find(({ name }) => name === "postern_sign_in");
		await browser.visit(callback);
		expect((await whoAmI(browser)).status).toBe(200);

		const thief = createBrowser();
		const cookie = `${flow?.name}=${flow?.value}`;
		const replayed = await thief.visit(callback, { headers: { cookie, accept: "application/json" }, follow: false });
		expect(JSON.parse(replayed.text)).toMatchObject({ code: "SIGN_IN_FAILED" });
		expect(thief.cookies).toEqual([]);
		expect(app.warnings).toEqual([expect.stringContaining("invalid_grant")]);
		const elsewhere = await thief.visit(callback, { headers: { accept: "application/json" }, follow: false });
		expect(JSON.parse(elsewhere.text)).toMatchObject({ code: "SIGN_IN_EXPIRED" });
	});
});
