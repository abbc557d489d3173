import { describe, expect, it } from "vitest";
import { memoryStore } from "../../../src/index.ts";
import { awkwardTexts } from "../../../src/testing/awkward-texts.ts";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { accountsGateway, ada, browser, registered } from "./browser.ts";

const attacks = [
	["a quote", "'"],
	["a condition that is always true", "' or '1'='1"],
	["another statement", "'; drop table users; --"],
	["a comment", "admin'--"],
	["a union", "' union select password_hash from users --"],
	["a parameter", "?1 $1 :email"],
	["a header", "x\r\nset-cookie: postern_session=evil"],
	["markup", "<script>alert(1)</script>"],
	["a template", "${7*7}{{7*7}}"],
	["a path", "../../etc/passwd"],
	...awkwardTexts,
] as const;

describe.each([
	["memory", () => memoryStore()],
	["SQLite", () => sqliteStore(":memory:")],
] as const)("texts of attackers, in %s", (_name, makeStore) => {
	const gateway = accountsGateway({ store: makeStore() });

	it.each(attacks)("%s lets nobody in and breaks nothing", async (what, text) => {
		const tab = browser(gateway);
		for (const body of [{ email: text, password: text }, { email: `${text}@example.com`, password: text }, { email: `ada${attacks.findIndex(([label]) => label === what)}@example.com`, password: text }]) {
			const { status, headers, json } = await tab.ask("/auth/login", body);
			expect([400, 401]).toContain(status);
			expect(json).toMatchObject({ code: expect.stringMatching(/^(VALIDATION_ERROR|INVALID_CREDENTIALS)$/) });
			expect(headers.get("set-cookie")).toBeNull();
		}
		const { status } = await tab.ask("/auth/me", undefined, { cookie: `postern_session=${encodeURIComponent(text.toWellFormed())}`, authorization: "Bearer x'or'1'='1" });
		expect(status).toBe(401);
	});

	it.each(attacks)("%s is a password like any other, and a name where it may be one", async (what, text) => {
		const password = `${text.toWellFormed()} and more`;
		const email = `user${attacks.findIndex(([label]) => label === what)}@example.com`;
		const named = await browser(gateway).ask("/auth/register", { email, password, name: text });
		if (named.status === 400) expect(named.json).toMatchObject({ issues: [{ path: "name" }] });
		else expect(named).toMatchObject({ status: 201, json: { user: { name: text.trim().normalize("NFC") } } });
		if (named.status === 400) await registered(gateway, { email, password });
		expect((await browser(gateway).ask("/auth/login", { email, password })).status).toBe(200);
		expect((await browser(gateway).ask("/auth/login", { email, password: text })).status).not.toBe(200);
	});
});

describe("bodies", () => {
	const gateway = accountsGateway();
	it.each([
		["too large", JSON.stringify({ ...ada, name: "x".repeat(20_000) }), 413],
		["too deep", "[".repeat(10_000), 400],
		["empty", "", 400],
		["no JSON", "email=ada", 400],
		["a list", "[]", 400],
		["null", "null", 400],
		["a number for a text", JSON.stringify({ ...ada, password: 12345678 }), 400],
		["an object for a text", JSON.stringify({ ...ada, email: { $ne: null } }), 400],
		["a list for a text", JSON.stringify({ ...ada, email: [ada.email] }), 400],
		["a prototype", '{"__proto__":{"email":"a@b.co"},"email":"ada@example.com","password":"12345678"}', 400],
		["an unknown field", JSON.stringify({ ...ada, isAdmin: true }), 400],
	])("%s: %#", async (_what, body, status) => {
		for (const path of ["/auth/register", "/auth/login"]) {
			const asked = await browser(gateway).ask(path, body, { "content-type": "application/json" });
			expect(asked.status).toBe(status);
			expect(asked.text).not.toContain("12345678");
		}
	});

	it("that name a field twice are read as JSON is: the last one counts, also for the check", async () => {
		await registered(gateway);
		const twice = `{"email":"eve@example.com","email":"ada@example.com","password":"${ada.password}"}`;
		expect((await browser(gateway).ask("/auth/login", twice, { "content-type": "application/json" })).json).toMatchObject({ user: { email: ada.email } });
	});

	it("are never told again: no answer holds a password", async () => {
		const asked = await browser(gateway).ask("/auth/register", { ...ada, email: "not an address", password: "hunter2hunter2" });
		expect(asked.text).not.toContain("hunter2");
	});
});
