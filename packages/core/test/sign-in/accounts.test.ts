import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGateway, type Gateway, type GatewayOptions, memoryStore, type Runtime, simulator, type Store } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/index.ts";
import { createFakeIssuer, type FakeIssuer, fakeClient, issuer } from "./fake-issuer.ts";
import { type Answer, createVisitor, publicUrl, type Visitor } from "./visitor.ts";

const folder = await mkdtemp(join(tmpdir(), "postern-sign-in-"));
let files = 0;
const stores: readonly (readonly [name: string, open: () => Store])[] = [
	["in memory", memoryStore],
	["in SQLite", () => sqliteStore({ path: join(folder, `${files++}.db`) })],
];
afterEach(() => gateway.close());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What passwords cost is not the matter here. */
const quickPasswords: NonNullable<Runtime["passwords"]> = {
	hash: async (password) => `hash of ${password}`,
	verify: async (password, hash) => (hash === `hash of ${password}` ? "yes" : "no"),
};

let now: number;
let fake: FakeIssuer;
let store: Store;
let gateway: Gateway;

describe.each(stores)("%s", (_name, openStore) => {
	beforeEach(() => {
		now = Date.parse("2030-01-02T03:04:05Z");
		fake = createFakeIssuer(() => now);
		store = openStore();
		gateway = openGateway();
	});

	test("somebody new gets an account, an organisation and entries in its audit log; the same person comes back to it", async () => {
		const first = createVisitor(() => gateway);
		await signIn(first);
		const again = createVisitor(() => gateway);
		fake.claims = { email: "jane@new.example.com", name: "Jane Married" };
		await signIn(again);
		const [one, other] = [await whoAmI(first), await whoAmI(again)];
		expect(other).toEqual(one);
		expect(one).toMatchObject({ user: { email: "jane@example.com", name: "Jane Doe", emailVerified: true }, organisations: [{ name: "Jane Doe", role: "owner" }] });
		expect(await auditOf(one)).toEqual([
			["user.registered", { method: "oidc" }],
			["user.signed-in", { method: "oidc" }],
			["user.signed-in", { method: "oidc" }],
		]);
	});

	test("an account that was registered in advance with a stranger's address does not get the stranger", async () => {
		const attacker = createVisitor(() => gateway);
		await register(attacker, "Jane@Example.com");
		const victim = createVisitor(() => gateway);
		const refused = await signIn(victim);
		expect(refused.status).toBe(409);
		expect(refused.json).toMatchObject({ code: "ACCOUNT_NOT_LINKED", error: expect.stringContaining("sign in to it with its password first") });
		expect(victim.cookies).toEqual({});
		expect(await whoAmI(attacker)).toMatchObject({ user: { emailVerified: false } });
		const bystander = createVisitor(() => gateway);
		await register(bystander, "other@example.com");
		expect((await signIn(bystander)).status, "being signed in to another account proves nothing").toBe(409);
		const events = await store.audit.list({ limit: 10 });
		expect(events.map(({ action, details }) => [action, details])).toEqual(Array(2).fill(["user.sign-in-failed", { method: "oidc", reason: "identity-provider" }]));
	});

	test("whoever knows the password and has the address connects both, and signs in either way from then on", async () => {
		const browser = createVisitor(() => gateway);
		await register(browser, "jane@example.com");
		const before = await whoAmI(browser);
		expect((await signIn(browser)).status).toBe(302);
		const after = await whoAmI(browser);
		expect(after).toMatchObject({ user: { id: userOf(before), emailVerified: true } });
		const byProvider = createVisitor(() => gateway);
		await signIn(byProvider);
		expect(userOf(await whoAmI(byProvider))).toBe(userOf(before));
		const byPassword = createVisitor(() => gateway);
		expect((await byPassword.post("/auth/login", { email: "jane@example.com", password: "correct horse" })).status).toBe(200);
		expect((await auditOf(before)).filter(([action]) => action === "user.identity-added")).toEqual([["user.identity-added", { method: "oidc" }]]);
	});

	test("a second provider that vouches for the same address opens the same account", async () => {
		const browser = createVisitor(() => gateway);
		await signIn(browser);
		fake.answers["/.well-known/openid-configuration"] = () => ({ body: { ...fake.discovery, issuer: "https://accounts.google.com" } });
		fake.claims = { iss: "https://accounts.google.com", sub: "google-1" };
		const other = createVisitor(() => gateway);
		expect((await signIn(other, "google", "https://accounts.google.com")).status).toBe(302);
		expect(userOf(await whoAmI(other))).toBe(userOf(await whoAmI(browser)));
		expect(await store.accounts.findUserByIdentity({ provider: "google", subject: "google-1" })).toMatchObject({ email: "jane@example.com" });
	});

	test("ten sign-ins of one new person at once make one account", async () => {
		const departures: { readonly browser: Visitor; readonly path: string; readonly nonce: string }[] = [];
		for (let browsers = 0; browsers < 10; browsers++) {
			const browser = createVisitor(() => gateway);
			const { searchParams } = new URL((await browser.get("/auth/oidc")).location);
			const query = new URLSearchParams({ state: searchParams.get("state") ?? "", iss: issuer, code: `code-${browsers}` });
			departures.push({ browser, path: `/auth/oidc/callback?${query}`, nonce: searchParams.get("nonce") ?? "" });
		}
		const tokenAnswer = fake.answers["/token"];
		fake.answers["/token"] = (request) => {
			const code = new URLSearchParams(request.body).get("code") ?? "";
			fake.nonce = departures[Number(code.slice("code-".length))]?.nonce ?? "";
			return tokenAnswer?.(request) ?? { status: 500, body: "" };
		};
		const answers = await Promise.all(departures.map(({ browser, path }) => browser.get(path)));
		expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(302));
		const people = await Promise.all(departures.map(async ({ browser }) => userOf(await whoAmI(browser))));
		expect(new Set(people).size).toBe(1);
		const events = await auditOf({ user: { id: people[0] } });
		expect(events.filter(([action]) => action === "user.registered")).toHaveLength(1);
	});

	test("whoever has registered between the look and the step is found by another look", async () => {
		await signIn(createVisitor(() => gateway));
		const { accounts } = store;
		const blind = new Set(["identity", "email"]);
		const once = <Key, Found>(what: string, find: (key: Key) => Promise<Found | undefined>) => async (key: Key) => (blind.delete(what) ? undefined : find(key));
		store = {
			...store,
			accounts: { ...accounts, findUserByIdentity: once("identity", accounts.findUserByIdentity), findUserByEmail: once("email", accounts.findUserByEmail) },
		};
		gateway = openGateway();
		const late = createVisitor(() => gateway);
		expect((await signIn(late)).status).toBe(302);
		expect(blind.size).toBe(0);
		expect(await whoAmI(late)).toMatchObject({ user: { email: "jane@example.com" } });
	});

	test("where registration is closed only people who are known get in", async () => {
		await signIn(createVisitor(() => gateway));
		gateway = openGateway({ accounts: { registration: "closed" } });
		expect((await signIn(createVisitor(() => gateway))).status).toBe(302);
		fake.claims = { sub: "2", email: "joe@example.com" };
		const newcomer = createVisitor(() => gateway);
		expect((await signIn(newcomer)).json).toMatchObject({ code: "REGISTRATION_CLOSED" });
		expect(await store.accounts.findUserByEmail("joe@example.com")).toBeUndefined();
	});

	test("addresses of the domains that are named get in, others do not, whatever registration is", async () => {
		for (const registration of ["open", "closed"] as const) {
			gateway = openGateway({ accounts: { registration }, signIn: { publicUrl, oidc: { issuer, ...fakeClient }, domains: ["Example.com"] } });
			fake.claims = { sub: `in-${registration}`, email: `${registration}@example.com` };
			expect((await signIn(createVisitor(() => gateway))).status).toBe(302);
			for (const email of ["joe@sub.example.com", "joe@example.com.evil.example", "joe@evilexample.com"]) {
				fake.claims = { sub: email, email };
				expect((await signIn(createVisitor(() => gateway))).json, email).toMatchObject({ code: "REGISTRATION_CLOSED" });
			}
		}
	});

	test("each sign-in is a session of its own, which ends alone", async () => {
		const browser = createVisitor(() => gateway);
		browser.cookies["postern_session"] = "chosen.by.somebody";
		await signIn(browser);
		expect(browser.cookies["postern_session"]).not.toBe("chosen.by.somebody");
		const other = createVisitor(() => gateway);
		await signIn(other);
		expect(other.cookies["postern_session"]).not.toBe(browser.cookies["postern_session"]);
		await browser.post("/auth/logout", {});
		expect((await browser.get("/auth/me")).status).toBe(401);
		expect((await other.get("/auth/me")).status).toBe(200);
	});
});

function openGateway(options: Partial<GatewayOptions> = {}): Gateway {
	return createGateway({
		providers: { sim: simulator() },
		token: "operator-token",
		surfaces: ["accounts"],
		store,
		sessions: { secrets: ["a secret of at least thirty-two characters"] },
		signIn: { publicUrl, google: fakeClient, oidc: { issuer, ...fakeClient } },
		runtime: { send: fake.send, now: () => now, passwords: quickPasswords },
		...options,
	});
}

async function signIn(browser: Visitor, provider = "oidc", iss = issuer): Promise<Answer> {
	const { searchParams } = new URL((await browser.get(`/auth/${provider}`)).location);
	fake.nonce = searchParams.get("nonce") ?? "";
	return browser.get(`/auth/${provider}/callback?${new URLSearchParams({ state: searchParams.get("state") ?? "", code: "c0de", iss })}`);
}

async function register(browser: Visitor, email: string): Promise<void> {
	expect((await browser.post("/auth/register", { email, password: "correct horse" })).status).toBe(201);
}

async function whoAmI(browser: Visitor): Promise<Readonly<Record<string, unknown>>> {
	const { status, json } = await browser.get("/auth/me");
	expect(status).toBe(200);
	return json;
}

function userOf(profile: Readonly<Record<string, unknown>>): string {
	return String((profile["user"] as { readonly id: unknown }).id);
}

/** Oldest first; equally old ones in any order, and so by name. */
async function auditOf(profile: Readonly<Record<string, unknown>>): Promise<(readonly [string, unknown])[]> {
	const events = await store.audit.list({ organisationId: userOf(profile).replace("usr_", "org_"), limit: 100 });
	return events.map(({ action, details }) => [action, details] as const).sort(([one], [other]) => (one < other ? -1 : 1));
}
