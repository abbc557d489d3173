import { expect, it } from "vitest";
import { operations } from "../../../src/contract/operations/index.ts";
import { memoryStore, type ObservedEvent, openai, type Operation } from "../../../src/index.ts";
import { ask } from "../support.ts";
import { accountsGateway, browser, registered } from "./browser.ts";

const passwords = ["first-password-of-ada-4711", "second-password-of-ada-4712", "password-of-bob-4713", "a-wrong-password-4714"];
const providerKeys = ["sk-configured-by-operator-4715", "sk-stored-for-project-4716", "sk-stored-for-all-4717"];
const [adas = "", adasNext = "", bobs = "", wrong = ""] = passwords;
const [configured = "", ofProject = "", ofAll = ""] = providerKeys;

/** What people do with accounts, all of it; what they were shown once and what they typed is never seen again. */
it("keeps every secret out of the audit log, of every list and of the operator's log", async () => {
	const store = memoryStore();
	const observed: ObservedEvent[] = [];
	const gateway = accountsGateway({
		store,
		token: "operator-token",
		surfaces: ["accounts", "prompt", "openai"],
		encryptionKeys: [`${"k".repeat(42)}A=`],
		providers: { openai: openai({ apiKey: configured, models: ["gpt-4o"] }) },
		runtime: { observe: (event) => void observed.push(event) },
	});
	const secrets = [...passwords, ...providerKeys];
	/** The part of a secret that no list may show: keys are known by how they begin. */
	const shownOnce = (text: unknown) => void secrets.push(String(text).slice(-24));

	const ada = await registered(gateway, { email: "ada@example.com", password: adas });
	shownOnce(ada.cookies.get("postern_session"));
	const bob = await registered(gateway, { email: "bob@example.com", password: bobs });
	const done: string[] = [];
	async function act(who: typeof ada, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
		const answer = await who.ask(path, body, headers, method);
		done.push(answer.text);
		expect([method, path, answer.status, answer.text]).toEqual([method, path, expect.toSatisfy((status: number) => status < 300), answer.text]);
		return answer.json;
	}
	const idIn = (json: Record<string, unknown>, ...path: string[]) => String(path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], json));

	expect((await browser(gateway).ask("/auth/login", { email: "ada@example.com", password: wrong })).status).toBe(401);
	expect((await browser(gateway).ask("/auth/login", { email: wrong, password: wrong })).status).toBe(400);
	expect((await browser(gateway).ask("/auth/login", { email: "nobody@example.com", password: wrong })).status).toBe(401);
	await act(ada, "POST", "/auth/password", { currentPassword: adas, newPassword: adasNext });
	const elsewhere = browser(gateway);
	await act(elsewhere, "POST", "/auth/login", { email: "ada@example.com", password: adasNext });
	shownOnce(elsewhere.cookies.get("postern_session"));
	await act(elsewhere, "POST", "/auth/logout");

	const org = idIn(await act(ada, "POST", "/v1/orgs", { name: "Apes" }, { "idempotency-key": "org-1" }), "organisation", "id");
	await act(ada, "PATCH", `/v1/orgs/${org}`, { name: "Greater Apes" });
	await act(ada, "GET", `/v1/orgs/${org}`);
	const { token, ...invited } = await act(ada, "POST", `/v1/orgs/${org}/invitations`, { email: "bob@example.com", role: "member" });
	shownOnce(token);
	await act(bob, "POST", "/v1/invitations/accept", { token });
	const withdrawn = await act(ada, "POST", `/v1/orgs/${org}/invitations`, { email: "eve@example.com", role: "member" });
	shownOnce(withdrawn.token);
	const members = (await act(ada, "GET", `/v1/orgs/${org}/members`)).members as { user_id: string; email: string }[];
	const bobId = members.find(({ email }) => email === "bob@example.com")?.user_id;
	await act(ada, "PATCH", `/v1/orgs/${org}/members/${bobId}`, { role: "admin" });

	const created = await act(ada, "POST", "/v1/projects", { name: "Site", organisationId: org }, { "idempotency-key": "project-1" });
	shownOnce(created.apiKey);
	const project = idIn(created, "project", "id");
	await act(ada, "PATCH", `/v1/projects/${project}`, { name: "Shop" });
	await act(ada, "PUT", `/v1/projects/${project}/limits`, { requestsPerMinute: 1000 });
	const key = await act(ada, "POST", `/v1/projects/${project}/keys`, { name: "website" }, { "idempotency-key": "key-1" });
	shownOnce(key.key);
	const keyId = idIn(key, "details", "id");
	const ofKey = `/v1/projects/${project}/keys/${keyId}/limits`;
	await act(ada, "PUT", ofKey, { requestsPerMinute: 1000 });
	for (const path of ["/v1/limits", `/v1/orgs/${org}/limits`, `/v1/projects/${project}/limits`, ofKey]) await act(ada, "GET", path);
	await store.accounts.addIdentity(idIn(await act(ada, "GET", "/auth/me"), "user", "id"), { provider: "google", subject: "1" }, 1);
	const { identities } = (await act(ada, "GET", "/auth/identities")) as { identities: { id: string }[] };
	await act(ada, "DELETE", `/auth/identities/${identities[0]?.id}`);
	const rotated = await act(ada, "POST", `/v1/projects/${project}/keys/rotate`, { keyId, graceSeconds: 60 });
	shownOnce(rotated.key);
	await act(ada, "PUT", `/v1/projects/${project}/credentials/openai`, { apiKey: ofProject });
	const operator = (method: string, path: string, body?: unknown) => ask(gateway, path, { method, ...(body === undefined ? {} : { body }) });
	expect((await operator("PUT", "/v1/credentials/openai", { apiKey: ofAll })).status).toBe(200);
	expect((await operator("PUT", `/v1/orgs/${org}/limits`, { tokensPerMinute: 1000 })).status).toBe(200);

	const shown: string[] = done.filter((text) => !text.includes('"token"') && !text.includes('"apiKey":"pst_') && !text.includes('"key":"pst_'));
	const look = async () => {
		const paths = ["/auth/me", "/auth/providers", "/v1/orgs", "/v1/projects", `/v1/orgs/${org}/members`, `/v1/orgs/${org}/invitations`, `/v1/orgs/${org}/audit?limit=1000`];
		for (const path of [...paths, `/v1/projects/${project}`, `/v1/projects/${project}/keys`, `/v1/projects/${project}/credentials`]) shown.push((await ada.ask(path)).text);
		const all = await store.tenancy.listAllOrganisations({ limit: 100 });
		for (const path of ["/v1/audit?limit=1000", "/v1/credentials", "/v1/models", ...all.map(({ id }) => `/v1/orgs/${id}/audit?limit=1000`)]) shown.push((await operator("GET", path)).text);
	};
	await look();

	await act(ada, "DELETE", `/v1/projects/${project}/credentials/openai`);
	expect((await operator("DELETE", "/v1/credentials/openai")).status).toBe(200);
	await act(ada, "DELETE", `/v1/projects/${project}/keys/${keyId}`);
	await act(ada, "DELETE", `/v1/projects/${project}/keys`);
	await act(ada, "DELETE", `/v1/projects/${project}`);
	await act(ada, "DELETE", `/v1/orgs/${org}/invitations/${idIn(withdrawn, "invitation", "id")}`);
	await act(ada, "DELETE", `/v1/orgs/${org}/members/${bobId}`);
	await look();
	await act(ada, "POST", "/auth/logout-all");
	expect(invited).toHaveProperty("invitation");

	const everything = [...shown, JSON.stringify(observed)].join("\n");
	for (const secret of secrets) expect(everything).not.toContain(secret);
	expect(everything).toContain('"key.rotated"');
	expect(everything).toContain("sk-s***4716");

	const performed = new Set(observed.flatMap((event) => (event.type === "request-end" && event.status < 300 ? [event.operation] : [])));
	const accounts = Object.entries<Operation>(operations).filter(([, { surface }]) => surface === "accounts");
	// Sign-ins with others have a suite of their own, whose provider makes secrets.
	expect(accounts.map(([id]) => id).filter((id) => !performed.has(id) && !id.endsWith("SignIn"))).toEqual([]);
});
