import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createGateway, type Gateway, nodeHandler, simulator } from "@postern/core/node";
import { build } from "esbuild";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";
import { chromiumArguments, findChromium } from "../../../tools/chromium.ts";

const executablePath = findChromium();
if (executablePath === undefined) console.log("Skipped: no Chromium was found for the test of accounts in pages");

const person = { email: "Dev@Example.com", password: "min8chars", name: "Dev" };

/** An answer as a page's script sees it; `failed` where its browser shows none. */
type Seen = { readonly status: number; readonly body: Readonly<Record<string, unknown>> } | "failed";

describe.runIf(executablePath !== undefined)("accounts in pages of other origins", () => {
	const servers: Server[] = [];
	let gateway: Gateway;
	let gate: string;
	/** Listed by the gateway; not listed, of the same site; not listed, of another site. */
	let [app, sibling, foreign] = ["", "", ""];
	let browser: Browser;
	let context: BrowserContext;

	async function listen(handle: Parameters<typeof createServer>[1]): Promise<number> {
		const server = createServer(handle);
		servers.push(server);
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return (server.address() as AddressInfo).port;
	}

	beforeAll(async () => {
		const { outputFiles } = await build({
			entryPoints: [fileURLToPath(new URL("../src/accounts.ts", import.meta.url))],
			bundle: true,
			format: "iife",
			globalName: "postern",
			write: false,
		});
		const script = outputFiles[0]?.text ?? "";
		const pages = () =>
			listen((request, response) => {
				if (request.url === "/client.js") response.writeHead(200, { "content-type": "text/javascript" }).end(script);
				else response.writeHead(200, { "content-type": "text/html" }).end('<!doctype html><title>A page</title><script src="/client.js"></script>');
			});
		app = `http://127.0.0.1:${await pages()}`;
		sibling = `http://127.0.0.1:${await pages()}`;
		foreign = `http://localhost:${new URL(sibling).port}`;
		gateway = createGateway({
			providers: { sim: simulator() },
			token: "operator-token",
			surfaces: ["accounts", "prompt"],
			sessions: { secrets: ["a secret of thirty-two characters"] },
			cors: { origins: [app] },
		});
		gate = `http://127.0.0.1:${await listen(nodeHandler(gateway))}`;
		browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...chromiumArguments] });
	});
	afterAll(async () => {
		await browser.close();
		for (const server of servers) server.close();
		await gateway.close();
	});
	beforeEach(async () => {
		context = await browser.newContext();
	});
	afterEach(() => context.close());

	async function open(origin: string): Promise<Page> {
		const page = await context.newPage();
		await page.goto(`${origin}/`);
		return page;
	}
	/** Calls a method of the client in a page. */
	function call(page: Page, method: string, ...args: readonly unknown[]): Promise<Readonly<Record<string, unknown>>> {
		const expression = `postern.createAccountsClient({ baseUrl: ${JSON.stringify(gate)}, credentials: "include" }).${method}(${args.map((arg) => JSON.stringify(arg)).join()})
			.catch(({ code, status, requestId }) => ({ code, status, requestId }))`;
		return page.evaluate(expression);
	}
	function fetched(page: Page, path: string, init: object): Promise<Seen> {
		const expression = `fetch(${JSON.stringify(gate + path)}, ${JSON.stringify({ credentials: "include", ...init })})
			.then(async (answer) => ({ status: answer.status, body: await answer.json() }), () => "failed")`;
		return page.evaluate(expression);
	}
	const prompt = { method: "POST", headers: { "content-type": "application/json" }, body: '{"prompt":"Hi"}' };

	test("a listed page signs up, in and out by cookie, and reads errors with their ids", async () => {
		const page = await open(app);
		expect(await call(page, "getProfile")).toMatchObject({ code: "UNAUTHORIZED", status: 401, requestId: expect.stringMatching(/^req_/) });
		expect(await call(page, "register", person)).toMatchObject({ user: { email: "Dev@Example.com", name: "Dev" } });
		expect(await page.evaluate("document.cookie")).toBe("");
		expect(await call(page, "getProfile")).toMatchObject({ user: { name: "Dev" }, organisations: [{ name: "Dev", role: "owner" }] });
		expect(await fetched(page, "/v1/prompt", prompt)).toMatchObject({ status: 200, body: { text: expect.any(String) } });
		expect(await call(page, "register", person)).toMatchObject({ code: "EMAIL_TAKEN", status: 409 });
		expect(await call(page, "logout")).toEqual({ ok: true });
		expect(await call(page, "getProfile")).toMatchObject({ code: "UNAUTHORIZED" });
		expect(await call(page, "login", { email: person.email, password: "wrong horse" })).toMatchObject({ code: "INVALID_CREDENTIALS" });
		expect(await call(page, "login", { email: "dev@example.com", password: person.password })).toMatchObject({ user: { name: "Dev" } });
	});

	test("other pages neither read nor change anything with the same browser's cookie", async () => {
		const own = await open(app);
		expect(await call(own, "login", { email: person.email, password: person.password })).toMatchObject({ user: { name: "Dev" } });
		for (const origin of [sibling, foreign]) {
			const page = await open(origin);
			expect(await fetched(page, "/auth/me", {})).toBe("failed");
			expect(await fetched(page, "/v1/prompt", prompt)).toBe("failed");
			expect(await fetched(page, "/auth/logout", { method: "POST" })).toBe("failed");
			expect(await call(page, "logoutEverywhere")).toMatchObject({ code: "NETWORK_ERROR" });
		}
		expect(await call(own, "getProfile")).toMatchObject({ user: { name: "Dev" } });
	});

	test("a form that another page posts signs nobody out and asks no model", async () => {
		const own = await open(app);
		await call(own, "login", { email: person.email, password: person.password });
		for (const [origin, path, status] of [
			[sibling, "/auth/logout", 403],
			[sibling, "/v1/prompt", 403],
			[foreign, "/auth/logout", 403],
			[foreign, "/auth/login", 415],
		] as const) {
			const page = await open(origin);
			const answered = page.waitForResponse((response) => response.url() === gate + path);
			await page.evaluate(`(() => {
				const form = document.createElement("form");
				Object.assign(form, { method: "POST", action: ${JSON.stringify(gate + path)}, enctype: "text/plain" });
				document.body.append(form);
				form.submit();
			})()`);
			expect([path, (await answered).status()]).toEqual([path, status]);
		}
		expect(await call(own, "getProfile")).toMatchObject({ user: { name: "Dev" } });
	});
});
