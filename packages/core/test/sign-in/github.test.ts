import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OAuthClientOptions } from "../../src/index.ts";
import { type Browser, createBrowser, type Page } from "./browser.ts";
import { type GatewayServer, redirected, startGatewayServer } from "./gateway-server.ts";
import { type GitHubServer, githubClient, startGitHubServer } from "./github-server.ts";

const site = "https://github.com";
const api = "https://api.github.com";
const octocat = { login: "octocat", id: 583231, node_id: "MDQ6VXNlcjE=", type: "User", name: "monalisa octocat", email: null };
const emails = [
	{ email: "octocat@users.noreply.github.com", verified: true, primary: false, visibility: null },
	{ email: "octocat@github.com", verified: true, primary: true, visibility: "private" },
];

const places = [
	["github.com", true],
	["an Enterprise Server", false],
] as const;

describe.each(places)("%s", (_where, isPublic) => {
	let github: GitHubServer;
	let app: GatewayServer;
	let browser: Browser;

	beforeEach(async () => {
		app = await startGatewayServer();
		github = await startGitHubServer(isPublic ? { issuer: site, apiPath: "" } : { apiPath: "/api/v3" });
		Object.assign(github, { user: octocat, emails, namesItself: isPublic });
		open();
		browser = createBrowser(isPublic ? { [site]: github.origin } : {});
	});
	afterEach(async () => {
		await app.close();
		await github.close();
	});

	function open(client: OAuthClientOptions = githubClient): void {
		if (isPublic) app.open({ github: client }, { runtime: { send: redirected({ [site]: github.origin, [api]: github.origin }) } });
		else app.open({ github: { ...client, url: github.origin } });
	}

	async function signIn(): Promise<Page> {
		const page = await browser.visit(`${app.origin}/auth/github?returnTo=/in`);
		expect(page.text).toContain("read:user user:email");
		const link = /<a href="([^"]+)">Authorize/.exec(page.text)?.[1] ?? "";
		return browser.visit(link.replaceAll("&amp;", "&"));
	}

	test("the primary address that GitHub verified is the account's", async () => {
		expect((await signIn()).url).toBe(`${app.origin}/in`);
		const me = JSON.parse((await browser.visit(`${app.origin}/auth/me`)).text);
		expect(me).toMatchObject({ user: { email: "octocat@github.com", name: "monalisa octocat", emailVerified: true } });
		// Another login and another address are still the same person.
		Object.assign(github, { user: { ...octocat, login: "hexacat" }, emails: [{ ...emails[1], email: "hexacat@github.com" }] });
		browser = createBrowser(isPublic ? { [site]: github.origin } : {});
		await signIn();
		expect(JSON.parse((await browser.visit(`${app.origin}/auth/me`)).text)).toEqual(me);
		expect(app.warnings).toEqual([]);
	});

	const refusals: readonly (readonly [what: string, status: number, code: string, change: () => void, warning: string | undefined])[] = [
		["an address that is not verified", 403, "EMAIL_NOT_VERIFIED", () => void (github.emails = [{ ...emails[1], verified: false }, emails[0]]), undefined],
		["no address", 403, "EMAIL_NOT_VERIFIED", () => void (github.emails = []), undefined],
		["an answer in another form", 502, "SIGN_IN_FAILED", () => void (github.user = { message: "Moved" }), undefined],
		["a code that is refused", 502, "SIGN_IN_FAILED", () => void (github.tokenError = "bad_verification_code"), "bad_verification_code"],
		["a secret that is wrong", 502, "SIGN_IN_FAILED", () => void open({ ...githubClient, clientSecret: "wrong" }), "incorrect_client_credentials"],
	];

	test.each(refusals)("%s: %i %s", async (_what, status, code, change, warning) => {
		change();
		const page = await signIn();
		expect(page.status).toBe(status);
		expect(page.text).toContain(code);
		expect(page.text).not.toContain("Words of GitHub");
		expect(browser.cookies.map(({ name }) => name)).toEqual([]);
		expect(app.warnings).toEqual(warning === undefined ? [] : [expect.stringContaining(warning)]);
	});

	test("an answer in another's name is refused", async () => {
		const page = await browser.visit(`${app.origin}/auth/github`);
		const link = new URL((/<a href="([^"]+)">Authorize/.exec(page.text)?.[1] ?? "").replaceAll("&amp;", "&"));
		link.searchParams.set("iss", "https://evil.example/login/oauth");
		expect((await browser.visit(link.href)).text).toContain("SIGN_IN_FAILED");
	});
});
