import { expect, test } from "vitest";
import { accountsGateway, browser } from "./browser.ts";

/** The auth and project sections of the API document, as one person's first hour: cookies only, until there is a key. */
test("from registering to a key's first prompt, an invitation and the end of a key", async () => {
	const gateway = accountsGateway({ accounts: { registration: "open" } });
	const people = { ada: browser(gateway), bob: browser(gateway), nobody: browser(gateway) };
	type Person = keyof typeof people;
	const call = (person: Person, method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) => people[person].ask(path, body, headers, method);
	const register = (name: Person) => call(name, "POST", "/auth/register", { email: `${name}@example.com`, password: "correct horse battery", name });

	expect(await register("ada")).toMatchObject({ status: 201 });
	expect(await register("bob")).toMatchObject({ status: 201 });
	const listed = await call("ada", "GET", "/v1/orgs");
	expect(listed.json).toMatchObject({ organisations: [{ isPersonal: true, role: "owner" }] });
	const [{ id: orgId }] = listed.json.organisations as [{ id: string }];

	const created = await call("ada", "POST", "/v1/projects", { name: "my-new-project" });
	expect(created).toMatchObject({ status: 201, json: { project: { name: "my-new-project", organisationId: orgId, role: "owner" }, apiKey: expect.stringMatching(/^pst_/) } });
	const { project, apiKey } = created.json as { project: { id: string }; apiKey: string };
	expect(await call("ada", "GET", "/v1/projects")).toMatchObject({ status: 200, json: { projects: [{ id: project.id, role: "owner" }] } });
	const prompt = (key: string) => call("nobody", "POST", "/v1/prompt", { prompt: "Hi" }, { authorization: `Bearer ${key}`, "x-project-id": project.id });
	expect((await prompt(apiKey)).status).toBe(200);
	expect((await call("ada", "POST", "/v1/prompt", { prompt: "Hi" }, { "x-project-id": project.id })).status).toBe(200);

	expect((await call("bob", "GET", `/v1/projects/${project.id}`)).status).toBe(404);
	const { json: invited } = await call("ada", "POST", `/v1/orgs/${orgId}/invitations`, { email: "bob@example.com", role: "admin" });
	expect(await call("bob", "POST", "/v1/invitations/accept", { token: invited.token })).toMatchObject({ status: 200, json: { organisation: { id: orgId, role: "admin" } } });
	const { members } = (await call("bob", "GET", `/v1/orgs/${orgId}/members`)).json as { members: { email: string; role: string }[] };
	expect(new Map(members.map(({ email, role }) => [email, role]))).toEqual(new Map([["ada@example.com", "owner"], ["bob@example.com", "admin"]]));
	const made = await call("bob", "POST", `/v1/projects/${project.id}/keys`);
	expect(made.status).toBe(201);
	const { key, details: { id: keyId } } = made.json as { key: string; details: { id: string } };
	expect((await call("bob", "POST", `/v1/projects/${project.id}/keys/rotate`, { keyId })).status).toBe(403);

	const rotated = (await call("ada", "POST", `/v1/projects/${project.id}/keys/rotate`, { keyId })).json as { key: string };
	expect([(await prompt(key)).status, (await prompt(rotated.key)).status]).toEqual([401, 200]);
	expect((await call("ada", "DELETE", `/v1/projects/${project.id}/keys?keyId=${keyId}`)).status).toBe(200);
	expect([(await prompt(rotated.key)).status, (await prompt(apiKey)).status]).toEqual([401, 200]);

	expect((await call("ada", "POST", "/auth/logout")).status).toBe(200);
	expect((await call("ada", "GET", "/v1/projects")).status).toBe(401);
	expect((await prompt(apiKey)).status).toBe(200);
	await gateway.close();
});
