import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumArguments, findChromium } from "../../../../tools/chromium.ts";
import { createBrowser, passLoginPages } from "./browser.ts";
import { type GatewayServer, startGatewayServer } from "./gateway-server.ts";
import { type GitHubServer, githubClient, startGitHubServer } from "./github-server.ts";
import { clientId, clientSecret, type OidcServer, startOidcServer } from "./oidc-server.ts";

const executablePath = findChromium();
if (executablePath === undefined) console.log("Skipped: no Chromium was found for the test of signing in");

describe.runIf(executablePath !== undefined)("signing in by clicking", () => {
	let browser: Browser;
	let provider: OidcServer;
	let github: GitHubServer;
	let app: GatewayServer;
	let context: BrowserContext;
	let page: Page;

	beforeAll(async () => {
		browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...chromiumArguments] });
		app = await startGatewayServer();
		provider = await startOidcServer({ redirectUris: [`${app.origin}/auth/oidc/callback`] });
		provider.people["ada"] = { email: "ada@example.com", email_verified: true, name: "Ada Lovelace" };
		github = await startGitHubServer({ apiPath: "/api/v3" });
		github.user = { id: 583231, login: "octocat", name: "The Octocat" };
		github.emails = [{ email: "octocat@example.com", primary: true, verified: true, visibility: null }];
		app.open({ oidc: { issuer: provider.origin, clientId, clientSecret, name: "Example Inc." }, github: { ...githubClient, url: github.origin } });
	});
	afterAll(async () => {
		await browser?.close();
		await app?.close();
		await provider?.close();
		await github?.close();
	});
	beforeEach(async () => {
		context = await browser.newContext();
		page = await context.newPage();
	});
	afterEach(() => context.close());

	/** As the page's own script sees it. */
	const me = () => page.evaluate(async () => (await fetch("/auth/me")).json());
	const status = (path: string, method: string) => page.evaluate(async ([path = "", method = ""]) => (await fetch(path, { method })).status, [path, method]);

	async function passLogin(): Promise<void> {
		await page.locator('input[name="login"]').fill("ada");
		await page.locator('input[name="password"]').fill("any");
		await page.getByRole("button", { name: /sign-in/i }).click();
		await page.getByRole("button", { name: /continue/i }).click();
	}

	test("by the provider's login and consent, back into the app, and out", async () => {
		await page.goto(`${app.origin}/auth/oidc?returnTo=/projects`);
		expect(new URL(page.url()).origin).toBe(provider.origin);
		await passLogin();
		await page.waitForURL(`${app.origin}/projects`);
		expect(await me()).toMatchObject({ user: { email: "ada@example.com", emailVerified: true }, organisations: [{ role: "owner" }] });

		// Cookies know no ports: the provider's stand among them.
		const cookies = (await context.cookies(`${app.origin}/auth/oidc/callback`)).filter(({ name }) => name.startsWith("postern"));
		expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([{ name: "postern_session", httpOnly: true, sameSite: "Lax" }]);
		expect(await page.evaluate(() => document.cookie)).toBe("");

		expect(await status("/auth/logout", "POST")).toBe(200);
		expect(await status("/auth/me", "GET")).toBe(401);
	});

	test("by GitHub's page", async () => {
		await page.goto(`${app.origin}/auth/github?returnTo=/in`);
		await page.getByRole("link", { name: "Authorize" }).click();
		await page.waitForURL(`${app.origin}/in`);
		expect(await me()).toMatchObject({ user: { email: "octocat@example.com", name: "The Octocat" } });
	});

	test("whoever cancels reads why, begins anew and gets in", async () => {
		await page.goto(`${app.origin}/auth/oidc?returnTo=/projects`);
		await page.getByRole("link", { name: /cancel/i }).click();
		await page.getByRole("alert").waitFor();
		expect(await page.getByRole("alert").textContent()).toBe("Example Inc. did not let you in, or you cancelled.");
		await page.getByRole("link", { name: "Try again" }).click();
		await passLogin();
		await page.waitForURL(`${app.origin}/projects`);
		expect(await me()).toMatchObject({ user: { email: "ada@example.com" } });
	});

	test("the way back of another browser signs nobody in", async () => {
		const attacker = createBrowser({}, "/callback?");
		const { url: callback } = await passLoginPages(attacker, await attacker.visit(`${app.origin}/auth/oidc`), "ada");
		await page.goto(callback);
		expect(await page.getByRole("alert").textContent()).toContain("was not begun in this browser");
		expect(await context.cookies()).toEqual([]);
	});

	test("no trick leads to a stranger's page", async () => {
		const tricks = ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "/\t/evil.example", "%2F%2Fevil.example"];
		const asked: string[] = [];
		page.on("request", (request) => asked.push(new URL(request.url()).origin));
		for (const trick of [...tricks, "javascript:alert(1)", "https://127.0.0.1@evil.example/"]) {
			const response = await page.goto(`${app.origin}/auth/oidc?returnTo=${encodeURIComponent(trick)}`);
			expect(response?.status(), trick).toBe(400);
		}
		expect(new Set(asked)).toEqual(new Set([app.origin]));
	});

	test("a path that looks like a host stays ours", async () => {
		await page.goto(`${app.origin}/auth/oidc?returnTo=${encodeURIComponent("/.//evil.example/x")}`);
		await passLogin();
		await page.waitForURL(`${app.origin}//evil.example/x`);
	});
});
