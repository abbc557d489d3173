import { beforeEach, expect, test } from "vitest";
import { createGateway, type Gateway, type GatewayOptions, memoryStore, simulator, type Store } from "../../src/index.ts";
import { createFakeIssuer, type FakeIssuer, fakeClient, issuer } from "./fake-issuer.ts";
import { type Answer, createVisitor, publicUrl, type Visitor } from "./visitor.ts";

const google = "https://accounts.google.com";
const now = Date.parse("2030-01-02T03:04:05Z");
let fake: FakeIssuer;
let store: Store;
let gateway: Gateway;

beforeEach(() => {
	fake = createFakeIssuer(() => now);
	store = memoryStore();
	gateway = openGateway();
});

function openGateway(options: Partial<GatewayOptions> = {}): Gateway {
	const passwords = { hash: async (password: string) => `hash of ${password}`, verify: async () => "yes" as const };
	return createGateway({
		providers: { sim: simulator() },
		token: "operator-token",
		surfaces: ["accounts"],
		store,
		sessions: { secrets: ["a secret of at least thirty-two characters"] },
		signIn: { publicUrl, google: fakeClient, oidc: { issuer, ...fakeClient, name: "Example Inc." } },
		runtime: { send: fake.send, now: () => now, passwords },
		...options,
	});
}

async function signIn(browser: Visitor, provider: "oidc" | "google" = "oidc"): Promise<Answer> {
	const iss = provider === "google" ? google : issuer;
	fake.answers["/.well-known/openid-configuration"] = () => ({ body: { ...fake.discovery, issuer: iss } });
	fake.claims = { iss, sub: `${provider}-1` };
	const { searchParams } = new URL((await browser.get(`/auth/${provider}`)).location);
	fake.nonce = searchParams.get("nonce") ?? "";
	return browser.get(`/auth/${provider}/callback?${new URLSearchParams({ state: searchParams.get("state") ?? "", code: "c0de", iss })}`);
}

/** A browser of somebody who came by both providers. */
async function withBoth(): Promise<Visitor> {
	const browser = createVisitor(() => gateway);
	expect((await signIn(browser)).status).toBe(302);
	expect((await signIn(browser, "google")).status).toBe(302);
	return browser;
}

async function list(browser: Visitor): Promise<{ readonly identities: readonly { readonly id: string; readonly provider: string }[]; readonly hasPassword: boolean }> {
	const { status, json } = await browser.get("/auth/identities");
	expect(status).toBe(200);
	return json as never;
}

async function remove(browser: Visitor, provider: string): Promise<Answer> {
	const identity = (await list(browser)).identities.find((each) => each.provider === provider);
	return browser.send("DELETE", `/auth/identities/${identity?.id}`);
}

test("everybody sees with which accounts of elsewhere it signs in", async () => {
	const browser = await withBoth();
	expect(await list(browser)).toEqual({
		identities: [
			{ id: expect.stringMatching(/^idn_[0-9a-f]{24}$/), provider: "google", name: "Google", subject: "google-1", addedAt: "2030-01-02T03:04:05.000Z" },
			{ id: expect.stringMatching(/^idn_[0-9a-f]{24}$/), provider: issuer, name: "Example Inc.", subject: "oidc-1", addedAt: "2030-01-02T03:04:05.000Z" },
		],
		hasPassword: false,
	});
	expect((await createVisitor(() => gateway).get("/auth/identities")).status).toBe(401);
});

test("one that is taken away opens the account no more, and its address alone does not bring it back", async () => {
	const browser = await withBoth();
	expect(await remove(browser, "google")).toMatchObject({ status: 200, json: { deleted: true } });
	expect((await list(browser)).identities.map(({ provider }) => provider)).toEqual([issuer]);
	const stranger = createVisitor(() => gateway);
	expect((await signIn(stranger, "google")).json).toMatchObject({ code: "ACCOUNT_NOT_LINKED" });
	expect((await stranger.get("/auth/me")).status).toBe(401);
	expect((await signIn(createVisitor(() => gateway))).status).toBe(302);
	expect((await signIn(browser, "google")).status).toBe(302);
	expect((await list(browser)).identities).toHaveLength(2);
});

test("the last way in stays, until there is a password", async () => {
	const browser = await withBoth();
	await remove(browser, "google");
	expect(await remove(browser, issuer)).toMatchObject({ status: 409, json: { code: "CONFLICT", error: expect.stringContaining("last way into the account") } });
	expect((await browser.post("/auth/password", { newPassword: "correct horse" })).status).toBe(200);
	expect((await remove(browser, issuer)).status).toBe(200);
	expect(await list(browser)).toEqual({ identities: [], hasPassword: true });
});

test("an account of a provider that is not set up any more is no way in", async () => {
	const browser = await withBoth();
	gateway = openGateway({ signIn: { publicUrl, oidc: { issuer, ...fakeClient } } });
	expect((await list(browser)).identities[0]).not.toHaveProperty("name");
	expect((await remove(browser, issuer)).status).toBe(409);
	expect((await remove(browser, "google")).status).toBe(200);
});

test("it is written down, for the person's own eyes", async () => {
	const browser = await withBoth();
	await remove(browser, "google");
	const { json } = await browser.get("/auth/me");
	const { id } = json["user"] as { readonly id: string };
	const events = await store.audit.list({ organisationId: id.replace("usr_", "org_"), limit: 20 });
	expect(events).toContainEqual(expect.objectContaining({ action: "user.identity-removed", actor: { kind: "user", id }, details: { method: "google" } }));
});

test("what is nobody's or another person's is unknown, and another site's page changes nothing", async () => {
	const browser = await withBoth();
	const [first] = (await list(browser)).identities;
	const other = createVisitor(() => gateway);
	expect((await other.post("/auth/register", { email: "eve@example.com", password: "correct horse" })).status).toBe(201);
	for (const [who, id] of [[other, first?.id], [browser, "idn_0"], [browser, "%00"]] as const) expect(await who.send("DELETE", `/auth/identities/${id}`)).toMatchObject({ status: 404, json: { code: "NOT_FOUND" } });
	expect((await browser.send("DELETE", `/auth/identities/${first?.id}`, { origin: "https://evil.example" })).json).toMatchObject({ code: "CSRF_REFUSED" });
	expect((await list(browser)).identities).toHaveLength(2);
});
