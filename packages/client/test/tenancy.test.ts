import { createAccountsClient, type NewKey, PosternError } from "@postern/client/accounts";
import { createGateway, simulator } from "@postern/core";
import { expect, expectTypeOf, test } from "vitest";
import { fakeFetch, jsonAnswer } from "./fake-fetch.ts";

test("a project and its keys, from the first to the last, in process", async () => {
	const gateway = createGateway({ providers: { sim: simulator() }, token: "operator", surfaces: ["accounts", "openai"] });
	const client = (token: string) => createAccountsClient({ fetch: gateway.fetch, token });
	const operator = client("operator");
	const { organisation } = await operator.createOrganisation({ name: "Engines" });
	const { project, apiKey } = await operator.createProject({ name: "website", organisationId: organisation.id });
	expect(await client(apiKey).listProjects()).toMatchObject({ projects: [{ id: project.id, name: "website" }] });
	expect(await operator.updateProject(project.id, { cache: { ttlSeconds: 60 } })).toMatchObject({ project: { name: "website", cache: { ttlSeconds: 60 } } });
	expect(await operator.updateProject(project.id, { cache: false })).toMatchObject({ project: { cache: false } });
	const made = await operator.createKey(project.id, { name: "second", scopes: { surfaces: ["accounts"] }, limits: { requestsPerMinute: 9 } });
	expectTypeOf(made).toEqualTypeOf<NewKey>();
	expect((await operator.listKeys(project.id)).keys.map(({ name }) => name)).toEqual(["First key", "second"]);
	const rotated = await operator.rotateKey(project.id, { keyId: made.details.id });
	await expect(client(made.key).listProjects()).rejects.toMatchObject({ code: "INVALID_TOKEN" });
	expect(await client(rotated.key).listProjects()).toMatchObject({ projects: [{ id: project.id }] });
	expect(await operator.revokeKey(project.id, made.details.id)).toEqual({ id: made.details.id, deleted: true });
	await operator.revokeOnlyKey(project.id);
	await expect(operator.getProject("prj_x")).rejects.toBeInstanceOf(PosternError);
	expect(await operator.deleteProject(project.id)).toEqual({ id: project.id, deleted: true });
	expect((await operator.listOrganisations({ limit: 1 })).organisations).toEqual([organisation]);
	await gateway.close();
});

test("ids and queries are written as parts of an address", async () => {
	const gateway = fakeFetch(() => jsonAnswer({}));
	const client = createAccountsClient({ fetch: gateway.fetch, baseUrl: "https://ai.example" });
	await client.listOrganisations({ limit: 5, after: "org/1&" });
	await client.listProjects({});
	await client.getProject("../orgs");
	await client.createKey("prj_1");
	expect(gateway.sent.map(({ url }) => url.slice("https://ai.example".length))).toEqual(["/v1/orgs?limit=5&after=org%2F1%26", "/v1/projects", "/v1/projects/..%2Forgs", "/v1/projects/prj_1/keys"]);
});
