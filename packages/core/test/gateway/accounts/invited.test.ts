import { beforeEach, describe, expect, it } from "vitest";
import { type Gateway, memoryStore, type Store } from "../../../src/index.ts";
import { ask, token } from "../support.ts";
import { accountsGateway, ada, browser, registered } from "./browser.ts";

let now: number;
let store: Store;
let gateway: Gateway;

beforeEach(async () => {
	now = Date.UTC(2026, 10, 22);
	store = memoryStore();
	gateway = accountsGateway({ store, token, accounts: { registration: "closed" }, runtime: { now: () => now } });
	await store.tenancy.createOrganisation({ id: "org_1", name: "Apes", isPersonal: false, createdAt: 1 });
});

const invite = async (email = "Ada@example.com", role = "member"): Promise<{ id: string; token: string }> => {
	const { status, json } = await ask(gateway, "/v1/orgs/org_1/invitations", { body: { email, role } });
	expect(status).toBe(201);
	return { id: (json.invitation as { id: string }).id, token: json.token as string };
};
const register = (body: object) => browser(gateway).ask("/auth/register", { ...ada, ...body });
const unknown = { status: 404, json: { code: "NOT_FOUND", error: "Unknown invitation" } };

describe("where registration is closed, an invitation", () => {
	it("makes an account that belongs to the organisation that invited, signed in, and is used up", async () => {
		const { token: invitation } = await invite("ada@example.com", "admin");
		const tab = browser(gateway);
		const { status, json, text } = await tab.ask("/auth/register", { ...ada, invitation });
		expect({ status, json }).toMatchObject({ status: 201, json: { user: { email: "Ada@Example.com", emailVerified: false } } });
		expect(text).not.toContain(invitation);
		const me = (await tab.ask("/auth/me")).json as { user: { id: string }; organisations: { id: string; role: string }[] };
		expect(me.organisations.map(({ id, role }) => [id, role]).toSorted()).toEqual([["org_1", "admin"], [me.user.id.replace("usr_", "org_"), "owner"]].toSorted());
		expect(await register({ email: "bob@example.com", invitation })).toMatchObject(unknown);
		expect((await ask(gateway, "/v1/orgs/org_1/invitations")).json).toEqual({ invitations: [] });
		expect(await browser(gateway).ask("/auth/login", { email: ada.email, password: ada.password })).toMatchObject({ status: 200 });
	});

	it("is told in both audit logs, without its token", async () => {
		const { token: invitation } = await invite();
		const { json } = await register({ invitation });
		const { id } = json.user as { id: string };
		const inviting = await ask(gateway, "/v1/orgs/org_1/audit");
		expect((inviting.json as { events: object[] }).events).toContainEqual(expect.objectContaining({ action: "member.added", actor: { kind: "user", id }, target: id, details: { role: "member" } }));
		const own = await ask(gateway, `/v1/orgs/${id.replace("usr_", "org_")}/audit`);
		expect(own.json).toMatchObject({ events: [{ action: "user.registered", details: { method: "password" } }] });
		expect(inviting.text + own.text).not.toContain(invitation);
	});

	it.each<[string, () => Promise<object>]>([
		["of another address", async () => ({ invitation: (await invite("bob@example.com")).token })],
		["that nobody gave", async () => ({ invitation: "inv_000000000000000000000000000000000000" })],
		["that is over", async () => {
			const { token: invitation } = await invite();
			now += 7 * 24 * 3_600_000;
			return { invitation };
		}],
		["that was withdrawn", async () => {
			const { id, token: invitation } = await invite();
			await ask(gateway, `/v1/orgs/org_1/invitations/${id}`, { method: "DELETE" });
			return { invitation };
		}],
		["that a newer one took the place of", async () => {
			const { token: invitation } = await invite();
			await invite();
			return { invitation };
		}],
		["of what its hash is", async () => ({ invitation: (await store.tenancy.listInvitations("org_1", now))[0]?.tokenHash ?? "none" })],
	])("%s makes no account: 404", async (_, body) => {
		expect(await register(await body())).toMatchObject(unknown);
		expect(await store.accounts.findUserByEmail("ada@example.com")).toBe(undefined);
		expect(await register({})).toMatchObject({ status: 403, json: { code: "REGISTRATION_CLOSED" } });
	});

	it.each([["", 400], [" ".repeat(201), 400], [7, 400]])("%j is refused by the field's name", async (invitation, status) => {
		expect(await register({ invitation })).toMatchObject({ status, json: { issues: [{ path: "invitation" }] } });
	});

	it("tells only its holder that the address has an account already", async () => {
		const { token: first } = await invite();
		await register({ invitation: first });
		expect(await register({ invitation: first })).toMatchObject(unknown);
		const { token: second } = await invite();
		expect(await register({ invitation: second })).toMatchObject({ status: 409, json: { code: "EMAIL_TAKEN" } });
		const tab = browser(gateway);
		await tab.ask("/auth/login", { email: ada.email, password: ada.password });
		expect(await tab.ask("/v1/invitations/accept", { token: second })).toMatchObject({ status: 200 });
	});

	it("makes one account of many who try at once", async () => {
		const { token: invitation } = await invite();
		const answers = await Promise.all(Array.from({ length: 8 }, () => register({ invitation })));
		expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
		expect(answers.filter(({ status }) => status === 404 || status === 409)).toHaveLength(7);
		expect(await store.tenancy.listMembers("org_1")).toHaveLength(1);
	});
});

describe("where registration is open, an invitation", () => {
	it("is accepted with the account, and a wrong one makes none", async () => {
		const open = accountsGateway({ store, token, runtime: { now: () => now } });
		const { token: invitation } = await invite();
		expect(await browser(open).ask("/auth/register", { ...ada, invitation: "inv_wrong" })).toMatchObject(unknown);
		const tab = await registered(open, { ...ada, invitation } as typeof ada);
		expect((await tab.ask("/auth/me")).json).toMatchObject({ organisations: [{ id: "org_1" }, { role: "owner" }] });
	});
});
