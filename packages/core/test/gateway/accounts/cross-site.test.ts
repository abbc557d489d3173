import { describe, expect, it } from "vitest";
import { memoryStore } from "../../../src/index.ts";
import { ask, send, testGateway } from "../support.ts";
import { accountsGateway, ada, browser, page, registered } from "./browser.ts";

const app = "https://app.example";

describe("forged by another site's page", () => {
	const gateway = accountsGateway({ cors: { origins: [app] } });
	const evil = { origin: "https://evil.example" };

	it.each([
		["a script's request", evil, 403],
		["a script's request, as browsers of today tell", { ...evil, "sec-fetch-site": "cross-site" }, 403],
		["one of a sibling domain", { origin: "http://other.postern.test", "sec-fetch-site": "same-site" }, 403],
		["one of a sandboxed frame", { origin: "null" }, 403],
		["one that says nothing of its page", { origin: undefined }, 403],
		["one whose browser says it is ours", { origin: undefined, "sec-fetch-site": "same-origin" }, 200],
		["one of our own page", { origin: page }, 200],
		["one of a page that is welcome", { origin: app, "sec-fetch-site": "cross-site" }, 200],
	])("%s: %j: %i", async (_what, headers, status) => {
		const tab = await registered(gateway, { ...ada, email: `ada${Math.random()}@example.com` });
		const asked = await tab.ask("/v1/prompt", { prompt: "Hi" }, headers);
		expect(asked.status).toBe(status);
		if (status === 403) expect(asked.json).toMatchObject({ code: "CSRF_REFUSED" });
		const held = { cookie: `postern_session=${tab.cookies.get("postern_session")}` };
		expect((await tab.ask("/auth/logout", undefined, headers, "POST")).status).toBe(status);
		expect((await browser(gateway).ask("/auth/me", undefined, held)).status).toBe(status === 403 ? 200 : 401);
	});

	it("a form's post is refused by its media type before anybody is asked", async () => {
		const tab = await registered(gateway, { ...ada, email: "form@example.com" });
		for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
			const asked = await tab.ask("/v1/prompt", '{"prompt":"Hi"}', { "content-type": type });
			expect(asked.status).toBe(415);
		}
		expect((await tab.ask("/v1/prompt", '{"prompt":"Hi"}', { ...evil, "content-type": "text/plain" })).status).toBe(403);
	});

	it("reading is for browsers to prevent: no answer is shared with the page", async () => {
		const tab = await registered(gateway, { ...ada, email: "read@example.com" });
		const { status, headers } = await tab.ask("/auth/me", undefined, evil);
		expect(status).toBe(200);
		expect(headers.get("access-control-allow-origin")).toBeNull();
	});

	it.each(["/auth/login", "/auth/register"])("%s signs nobody in for it", async (path) => {
		await registered(gateway, { ...ada, email: `victim${path.length}@example.com` });
		const body = { email: path === "/auth/login" ? "victim11@example.com" : "new@example.com", password: ada.password };
		const refused = await browser(gateway).ask(path, body, evil);
		expect(refused).toMatchObject({ status: 403, json: { code: "CSRF_REFUSED" } });
		expect(refused.headers.get("set-cookie")).toBeNull();
		// What is no browser says nothing, and has no cookies that somebody else could put there.
		expect((await browser(gateway).ask(path, body, { origin: undefined })).status).toBeLessThan(300);
	});

	it("signing out is refused also where the cookie was kept from it: the answer would delete it", async () => {
		const refused = await browser(gateway).ask("/auth/logout", undefined, evil, "POST");
		expect(refused).toMatchObject({ status: 403, json: { code: "CSRF_REFUSED" } });
		expect(refused.headers.get("set-cookie")).toBeNull();
	});

	it("whoever shows a token or key is not concerned", async () => {
		expect((await ask(gateway, "/v1/prompt", { body: { prompt: "Hi" }, headers: evil })).status).toBe(200);
		const tab = await registered(gateway, { ...ada, email: "bearer@example.com" });
		const headers = { ...evil, authorization: `Bearer ${tab.cookies.get("postern_session")}` };
		expect((await browser(gateway).ask("/v1/prompt", { prompt: "Hi" }, headers)).status).toBe(200);
	});

	it("is told by the name that a trusted proxy was asked for", async () => {
		const proxied = accountsGateway({ trustProxy: 1 });
		const tab = await registered(proxied);
		const headers = { origin: "https://public.example", "x-forwarded-host": "public.example" };
		expect((await tab.ask("/v1/prompt", { prompt: "Hi" }, headers)).status).toBe(200);
		const direct = await registered(accountsGateway());
		expect((await direct.ask("/v1/prompt", { prompt: "Hi" }, headers)).status).toBe(403);
	});
});

describe("pages of other origins", () => {
	const cors = { origins: [app, "http://localhost:5173"] };
	const gateway = accountsGateway({ cors, surfaces: ["accounts", "prompt", "openai"] });
	const preflight = (path: string, origin: string, extra = {}) =>
		send(gateway, path, { method: "OPTIONS", headers: { authorization: undefined, origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type, X-Stainless-Lang", ...extra } });

	it("that are listed may ask, and are told what", async () => {
		const answer = await preflight("/v1/chat/completions", app);
		expect(answer.status).toBe(204);
		expect(Object.fromEntries(answer.headers)).toMatchObject({
			"access-control-allow-origin": app,
			"access-control-allow-credentials": "true",
			"access-control-allow-methods": "POST",
			"access-control-allow-headers": "content-type, x-stainless-lang",
			"access-control-max-age": "600",
			vary: "access-control-request-headers, origin",
			"x-request-id": expect.stringMatching(/^req_/),
		});
	});

	it.each(["https://evil.example", "https://app.example.evil.example", "http://app.example", "https://app.example:444", "null", "*", "https://APP.example"])("%s is not among them", async (origin) => {
		for (const answer of [await preflight("/v1/prompt", origin), await send(gateway, "/v1/prompt", { body: { prompt: "Hi" }, headers: { origin } })]) {
			expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
			expect(answer.headers.get("vary")).toBe("origin");
			expect([204, 200]).toContain(answer.status);
		}
	});

	it("that are listed may read answers, errors and streams, and their headers", async () => {
		const whole = await send(gateway, "/v1/prompt", { body: { prompt: "Hi" }, headers: { origin: app } });
		const failed = await send(gateway, "/v1/prompt", { body: {}, headers: { origin: app, authorization: "Bearer wrong" } });
		const stream = await send(gateway, "/v1/stream", { body: { prompt: "Hi" }, headers: { origin: app } });
		const unknown = await send(gateway, "/nowhere", { headers: { origin: app } });
		for (const answer of [whole, failed, stream, unknown]) {
			expect(answer.headers.get("access-control-allow-origin")).toBe(app);
			expect(answer.headers.get("access-control-expose-headers")?.split(", ")).toContain("x-request-id");
			await answer.text();
		}
		expect(failed.headers.get("access-control-expose-headers")).toContain("x-postern-error");
	});

	it("keep the cookie flow", async () => {
		const tab = browser(gateway);
		const there = { origin: "http://localhost:5173", "sec-fetch-site": "cross-site" };
		const { status, headers } = await tab.ask("/auth/register", { ...ada, email: "page@example.com" }, there);
		expect(status).toBe(201);
		expect(headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
		expect((await tab.ask("/v1/prompt", { prompt: "Hi" }, there)).status).toBe(200);
		expect((await tab.ask("/auth/logout", undefined, there, "POST")).status).toBe(200);
	});

	it("know nothing of a path that is not there", async () => {
		const answer = await preflight("/nowhere", app);
		expect(answer.status).toBe(404);
	});

	it("cannot break the answer with the names they ask for", async () => {
		const answer = await preflight("/v1/prompt", app, { "access-control-request-headers": `ok, a b, ${"x".repeat(200)}, <script>, é`.replace("é", "e:") });
		expect(answer.headers.get("access-control-allow-headers")).toBe("ok");
	});

	it("are none where none are listed", async () => {
		const closed = testGateway();
		const answer = await send(closed, "/v1/prompt", { method: "OPTIONS", headers: { origin: app } });
		expect(answer.status).toBe(204);
		expect(answer.headers.get("allow")).toBe("POST, OPTIONS");
		expect(answer.headers.get("access-control-allow-origin")).toBeNull();
		expect(answer.headers.get("vary")).toBeNull();
	});

	it.each([["*"], ["app.example"], ["https://app.example/"], ["https://app.example/path"], ["HTTPS://app.example"], [""]])("%j in the list is a configuration error", (origin) => {
		expect(() => accountsGateway({ cors: { origins: [origin] } })).toThrow(/cors\.origins/);
	});
});

describe("with an app's own login beside", () => {
	it("a session goes before it, so that somebody is who the page shows", async () => {
		const store = memoryStore();
		const gateway = accountsGateway({ store, identify: () => ({ kind: "anonymous", id: "anonymous" }) });
		const tab = await registered(gateway);
		expect((await tab.ask("/auth/me")).status).toBe(200);
		expect((await browser(gateway).ask("/v1/prompt", { prompt: "Hi" })).status).toBe(200);
	});
});
