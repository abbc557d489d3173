import { describe, expect, it } from "vitest";
import { memoryStore } from "../../../src/index.ts";
import { createUserSessions } from "../../../src/effects/accounts/user-sessions.ts";
import { fakePasswords } from "../../../src/testing/index.ts";
import { ask, testGateway } from "../support.ts";
import { accountsGateway, ada, browser, registered, secret } from "./browser.ts";

const shownAda = { id: expect.stringMatching(/^usr_[0-9a-f]{24}$/), email: "Ada@Example.com", name: "Ada", emailVerified: false, createdAt: expect.any(String) };

describe("registering", () => {
	it("makes an account and its own organisation, and signs in", async () => {
		const tab = browser(accountsGateway());
		const { status, json, headers } = await tab.ask("/auth/register", ada);
		expect({ status, json }).toEqual({ status: 201, json: { user: shownAda } });
		expect(headers.get("set-cookie")).toMatch(/^postern_session=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Lax$/);
		expect(headers.get("cache-control")).toBe("no-store");
		const me = await tab.ask("/auth/me");
		expect(me).toMatchObject({ status: 200, json: { user: shownAda, organisations: [{ id: expect.stringMatching(/^org_/), name: "Ada", role: "owner" }] } });
	});

	it("takes the part before the @ for a name where none is given", async () => {
		const tab = await registered(accountsGateway(), { email: "grace.h@example.com", password: "12345678" });
		expect((await tab.ask("/auth/me")).json).toMatchObject({ user: { name: "grace.h" } });
	});

	it.each([
		["email", { ...ada, email: "ada" }, /email/],
		["email", { ...ada, email: "" }, /email/],
		["email", { ...ada, email: "ada＠example.com" }, /email/],
		["email", { ...ada, email: `${"a".repeat(400)}@example.com` }, /email/],
		["email", { password: ada.password }, /email/],
		["password", { ...ada, password: "1234567" }, /password.*at least 8 characters/],
		["password", { ...ada, password: "💜💜💜💜" }, /password.*at least 8 characters/],
		["password", { ...ada, password: "x".repeat(1025) }, /password.*1024 bytes/],
		["password", { ...ada, password: "é".repeat(600) }, /password.*1024 bytes/],
		["password", { email: ada.email }, /password/],
		["name", { ...ada, name: " " }, /name/],
		["name", { ...ada, name: "Ada\r\nSet-Cookie: x=1" }, /name.*control/],
		["name", { ...ada, name: "Ada\u202egnp.exe" }, /name.*control/],
		["role", { ...ada, role: "operator" }, /role.*Unknown field/],
	])("names the field: %s of %j", async (field, body, message) => {
		const { status, json, headers } = await browser(accountsGateway()).ask("/auth/register", body);
		expect(status).toBe(400);
		expect(json).toMatchObject({ code: "VALIDATION_ERROR", error: expect.stringMatching(message), issues: [{ path: field }] });
		expect(headers.get("set-cookie")).toBeNull();
	});

	it.each(["ada@example.com", "ADA@EXAMPLE.COM", " Ada@example.com ", "ada@ＥＸＡＭＰＬＥ.com"])("knows %j for the same address: 409", async (email) => {
		const gateway = accountsGateway();
		await registered(gateway);
		expect(await browser(gateway).ask("/auth/register", { ...ada, email })).toMatchObject({ status: 409, json: { code: "EMAIL_TAKEN" } });
	});

	it("gives an address to one of many who ask at once", async () => {
		const gateway = accountsGateway();
		const answers = await Promise.all(Array.from({ length: 20 }, () => browser(gateway).ask("/auth/register", ada)));
		expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, ...Array(19).fill(409)]);
	});

	it("can be closed: 403", async () => {
		const gateway = accountsGateway({ accounts: { registration: "closed" } });
		expect(await browser(gateway).ask("/auth/register", ada)).toMatchObject({ status: 403, json: { code: "REGISTRATION_CLOSED" } });
	});

	it("needs a runtime that hashes: 501", async () => {
		const store = memoryStore();
		const gateway = testGateway({ store, surfaces: ["accounts"], sessions: { secrets: [secret] } });
		expect(await browser(gateway).ask("/auth/register", ada)).toMatchObject({ status: 501, json: { code: "CAPABILITY_ABSENT" } });
		expect(await browser(gateway).ask("/auth/login", { email: ada.email, password: ada.password })).toMatchObject({ status: 501 });
		expect(await store.accounts.findUserByEmail("ada@example.com")).toBeUndefined();
	});
});

describe("signing in", () => {
	it("begins another session, with the same person in it", async () => {
		const gateway = accountsGateway();
		const first = await registered(gateway);
		const second = browser(gateway);
		expect(await second.ask("/auth/login", { email: "ada@example.com", password: ada.password })).toMatchObject({ status: 200, json: { user: shownAda } });
		expect(second.cookies.get("postern_session")).not.toBe(first.cookies.get("postern_session"));
		expect((await second.ask("/auth/me")).json).toEqual((await first.ask("/auth/me")).json);
	});

	it("says the same of an unknown address and a wrong password, after the same work", async () => {
		const passwords = fakePasswords();
		const gateway = accountsGateway({ runtime: { passwords } });
		await registered(gateway);
		await browser(gateway).ask("/auth/login", { ...ada, name: undefined });
		const asked = async (email: string) => {
			const before = passwords.work.length;
			const { status, json, headers } = await browser(gateway).ask("/auth/login", { email, password: "wrong horse" });
			const { requestId: _, ...told } = json;
			return { status, told, names: [...headers.keys()], work: passwords.work.slice(before).map(({ kind }) => kind) };
		};
		const wrong = await asked(ada.email);
		expect(wrong).toMatchObject({ status: 401, told: { code: "INVALID_CREDENTIALS", error: "Email or password is wrong" }, work: ["verify"] });
		expect(await asked("nobody@example.com")).toEqual(wrong);
	});

	it("takes a password as another keyboard writes it", async () => {
		const gateway = accountsGateway();
		await registered(gateway, { ...ada, password: "caf\u00e9 caf\u00e9" });
		expect((await browser(gateway).ask("/auth/login", { email: ada.email, password: "cafe\u0301 cafe\u0301" })).status).toBe(200);
	});

	it("hashes a password anew where the parameters have changed", async () => {
		const store = memoryStore();
		await registered(accountsGateway({ store }));
		const user = await store.accounts.findUserByEmail("ada@example.com");
		const later = accountsGateway({ store, runtime: { passwords: fakePasswords(2) } });
		for (let at = 0; at < 2; at++) expect((await browser(later).ask("/auth/login", { email: ada.email, password: ada.password })).status).toBe(200);
		expect(await store.accounts.findPasswordHash(user?.id ?? "")).toMatch(/^\$fake\$v=2\$/);
	});

	it("makes the organisation that a crash has left out", async () => {
		const store = memoryStore();
		await store.accounts.createUser({ id: "usr_1", email: "ada@example.com", shownEmail: "ada@example.com", name: "Ada", createdAt: 1, passwordHash: await fakePasswords().hash(ada.password) });
		const tab = browser(accountsGateway({ store }));
		await tab.ask("/auth/login", { email: ada.email, password: ada.password });
		await tab.ask("/auth/login", { email: ada.email, password: ada.password });
		expect((await tab.ask("/auth/me")).json).toMatchObject({ organisations: [{ id: "org_1", name: "Ada", role: "owner" }] });
	});

	it("needs a password that is there: not for somebody who signs in elsewhere", async () => {
		const store = memoryStore();
		await store.accounts.createUser({ id: "usr_1", email: "ada@example.com", shownEmail: "ada@example.com", name: "Ada", createdAt: 1, identity: { provider: "google", subject: "1" } });
		expect((await browser(accountsGateway({ store })).ask("/auth/login", { email: ada.email, password: ada.password })).status).toBe(401);
	});
});

describe("who is signed in", () => {
	it("is nobody without a session: 401", async () => {
		expect(await browser(accountsGateway()).ask("/auth/me")).toMatchObject({ status: 401, json: { code: "UNAUTHORIZED" } });
	});

	it("is no person where the operator's token is shown: 401", async () => {
		expect(await ask(accountsGateway(), "/auth/me")).toMatchObject({ status: 401, json: { code: "UNAUTHORIZED" } });
	});

	it("may use models, as itself", async () => {
		const store = memoryStore();
		const tab = await registered(accountsGateway({ store }));
		expect((await tab.ask("/v1/prompt", { prompt: "Hi" })).status).toBe(200);
		expect((await store.listUsage())[0]?.principalId).toMatch(/^usr_/);
	});

	it("shows the token as a bearer where there is no browser, and needs no origin then", async () => {
		const gateway = accountsGateway();
		const tab = await registered(gateway);
		const headers = { authorization: `Bearer ${tab.cookies.get("postern_session")}` };
		expect((await ask(gateway, "/auth/me", { headers })).status).toBe(200);
		expect((await ask(gateway, "/v1/prompt", { headers, body: { prompt: "Hi" } })).status).toBe(200);
		expect((await ask(gateway, "/auth/logout", { headers, method: "POST" })).status).toBe(200);
		expect((await ask(gateway, "/auth/me", { headers })).status).toBe(401);
	});

	it("is who the bearer token names, not who the cookie does", async () => {
		const gateway = accountsGateway();
		const tab = await registered(gateway);
		const grace = await registered(gateway, { email: "grace@example.com", password: "12345678" });
		const me = await tab.ask("/auth/me", undefined, { authorization: `Bearer ${grace.cookies.get("postern_session")}` });
		expect(me.json).toMatchObject({ user: { email: "grace@example.com" } });
		expect((await tab.ask("/auth/me", undefined, { authorization: "Bearer wrong" })).status).toBe(401);
	});

	it("stays so without a cookie's place in a gateway that has no accounts", async () => {
		const store = memoryStore();
		const tab = await registered(accountsGateway({ store }));
		const other = browser(accountsGateway({ store, surfaces: ["prompt"] }));
		for (const [name, value] of tab.cookies) other.cookies.set(name, value);
		expect((await other.ask("/v1/prompt", { prompt: "Hi" })).status).toBe(401);
	});
});

describe("signing out", () => {
	it("ends the session, wherever its cookie is still held", async () => {
		const store = memoryStore();
		const gateway = accountsGateway({ store });
		const tab = await registered(gateway);
		const thief = browser(accountsGateway({ store }));
		for (const [name, value] of tab.cookies) thief.cookies.set(name, value);
		expect((await thief.ask("/auth/me")).status).toBe(200);
		const { status, headers, json } = await tab.ask("/auth/logout", undefined, {}, "POST");
		expect({ status, json }).toEqual({ status: 200, json: { ok: true } });
		expect(headers.get("set-cookie")).toBe("postern_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
		expect((await thief.ask("/auth/me")).status).toBe(401);
		expect((await tab.ask("/auth/logout", undefined, {}, "POST")).status).toBe(200);
	});

	it("leaves other sessions alone, unless everywhere is asked for", async () => {
		const gateway = accountsGateway();
		const tabs = [await registered(gateway), browser(gateway), browser(gateway)];
		const [first, second, third] = tabs;
		for (const tab of [second, third]) await tab?.ask("/auth/login", { email: ada.email, password: ada.password });
		const grace = await registered(gateway, { email: "grace@example.com", password: "12345678" });
		await first?.ask("/auth/logout", undefined, {}, "POST");
		expect((await second?.ask("/auth/me"))?.status).toBe(200);
		expect((await second?.ask("/auth/logout-all", undefined, {}, "POST"))?.status).toBe(200);
		expect((await third?.ask("/auth/me"))?.status).toBe(401);
		expect((await grace.ask("/auth/me")).status).toBe(200);
		expect((await third?.ask("/auth/logout-all", undefined, {}, "POST"))?.status).toBe(401);
	});
});

describe("changing the password", () => {
	const change = { currentPassword: ada.password, newPassword: "battery staple" };

	it("signs out everywhere else, and here anew", async () => {
		const gateway = accountsGateway();
		const tab = await registered(gateway);
		const other = browser(gateway);
		await other.ask("/auth/login", { email: ada.email, password: ada.password });
		const before = tab.cookies.get("postern_session") ?? "";
		expect((await tab.ask("/auth/password", change)).status).toBe(200);
		expect((await tab.ask("/auth/me")).status).toBe(200);
		expect((await other.ask("/auth/me")).status).toBe(401);
		tab.cookies.set("postern_session", before);
		expect((await tab.ask("/auth/me")).status).toBe(401);
		const asked = (password: string) => browser(gateway).ask("/auth/login", { email: ada.email, password });
		expect((await asked(ada.password)).status).toBe(401);
		expect((await asked(change.newPassword)).status).toBe(200);
	});

	it.each([
		[401, { ...change, currentPassword: "wrong horse" }, "INVALID_CREDENTIALS"],
		[400, { newPassword: change.newPassword }, "VALIDATION_ERROR"],
		[400, { ...change, newPassword: "short" }, "VALIDATION_ERROR"],
		[400, { ...change, newPassword: "💜💜💜💜" }, "VALIDATION_ERROR"],
	])("is refused with %i: %j", async (status, body, code) => {
		const tab = await registered(accountsGateway());
		expect(await tab.ask("/auth/password", body)).toMatchObject({ status, json: { code } });
		expect((await tab.ask("/auth/me")).status).toBe(200);
	});

	it("gives a first one to somebody who had none", async () => {
		const store = memoryStore();
		const gateway = accountsGateway({ store });
		await store.accounts.createUser({ id: "usr_1", email: "ada@example.com", shownEmail: ada.email, name: "Ada", createdAt: 1, identity: { provider: "google", subject: "1" } });
		const sessions = createUserSessions({ secrets: [secret], maxAgeMs: 60_000, accounts: store.accounts, now: Date.now, createId: () => "sid_1" });
		const tab = browser(gateway);
		tab.cookies.set("postern_session", (await sessions.start("usr_1")).token);
		expect((await tab.ask("/auth/password", { newPassword: "first of all" })).status).toBe(200);
		expect((await browser(gateway).ask("/auth/login", { email: ada.email, password: "first of all" })).status).toBe(200);
		expect((await tab.ask("/auth/password", { newPassword: "second of all" })).status).toBe(400);
	});

	it("happens once where two ask at the same time", async () => {
		const tab = await registered(accountsGateway());
		const both = await Promise.all(["battery staple", "staple battery"].map((newPassword) => tab.ask("/auth/password", { ...change, newPassword })));
		expect(both.map(({ status }) => status).toSorted()).toEqual([200, 401]);
	});
});

it("leaves an entry for each in the person's own audit log, with no word of what was typed", async () => {
	const tab = await registered(accountsGateway());
	await tab.ask("/auth/login", { email: ada.email, password: "wrong horse" });
	await tab.ask("/auth/login", { email: ada.email, password: ada.password });
	await tab.ask("/auth/password", { currentPassword: ada.password, newPassword: "battery staple" });
	await tab.ask("/auth/logout", undefined, {}, "POST");
	await tab.ask("/auth/login", { email: ada.email, password: "battery staple" });
	const { organisations } = (await tab.ask("/auth/me")).json as { organisations: { id: string }[] };
	const { status, json, text } = await tab.ask(`/v1/orgs/${organisations[0]?.id}/audit`);
	expect(status).toBe(200);
	const actions = (json as { events: { action: string }[] }).events.map(({ action }) => action);
	expect(actions.toSorted()).toEqual(
		["user.password-changed", "user.registered", "user.sign-in-failed", "user.signed-in", "user.signed-in", "user.signed-out"],
	);
	expect(text).not.toMatch(/horse|staple|example\.com/);
});
