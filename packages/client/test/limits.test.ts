import { createAccountsClient, type LimitStanding } from "@postern/client/accounts";
import { createClient } from "@postern/client";
import { createGateway, simulator } from "@postern/core";
import { expect, expectTypeOf, test } from "vitest";
import { fakeFetch, jsonAnswer } from "./fake-fetch.ts";

test("what is used and left of limits, and a list page by page, in process", async () => {
	const gateway = createGateway({ providers: { sim: simulator() }, token: "operator", surfaces: ["accounts", "prompt"] });
	const operator = createAccountsClient({ fetch: gateway.fetch, token: "operator" });
	const { organisation } = await operator.createOrganisation({ name: "Engines" });
	const { project, apiKey, keyId } = await operator.createProject({ name: "website", organisationId: organisation.id });
	await operator.setOrganisationLimits(organisation.id, { budgets: [{ period: "day", requests: 10 }] });
	expect(await operator.setKeyLimits(project.id, keyId, { concurrentRequests: 2 })).toMatchObject({ key: { id: keyId, limits: { concurrentRequests: 2 } } });
	await createClient({ fetch: gateway.fetch, token: apiKey }).prompt({ prompt: "Hi" });

	const { limits } = await createAccountsClient({ fetch: gateway.fetch, token: apiKey }).getLimits();
	expectTypeOf(limits).toEqualTypeOf<LimitStanding[]>();
	expect(limits).toMatchObject([{ policy: "organisation-day-requests", used: 1, remaining: 9 }, { policy: "key-concurrency", used: 0, remaining: 2 }]);
	expect((await operator.getKeyLimits(project.id, keyId)).limits).toEqual(limits);
	expect((await operator.getProjectLimits(project.id)).limits).toEqual(limits.slice(0, 1));
	expect((await operator.getOrganisationLimits(organisation.id)).limits).toEqual(limits.slice(0, 1));

	for (const name of ["second", "third"]) await operator.createKey(project.id, { name });
	const names: string[] = [];
	let after: string | undefined;
	do {
		const { keys, next } = await operator.listKeys(project.id, { limit: 2, ...(after === undefined ? {} : { after }) });
		names.push(...keys.map(({ name }) => name));
		after = next;
	} while (after !== undefined);
	expect(names.toSorted()).toEqual(["First key", "second", "third"]);
	await gateway.close();
});

test("pages are asked for in the query of every list", async () => {
	const gateway = fakeFetch(() => jsonAnswer({}));
	const client = createAccountsClient({ fetch: gateway.fetch, baseUrl: "https://ai.example" });
	const page = { limit: 5, after: "1:prj_1&" };
	await client.listProjects({ ...page, organisationId: "org_1" });
	await client.listKeys("prj_1", page);
	await client.listMembers("org_1", page);
	await client.listInvitations("org_1", page);
	await client.listProjectCredentials("prj_1", page);
	await client.listCredentials(page);
	const query = "?limit=5&after=1%3Aprj_1%26";
	expect(gateway.sent.map(({ url }) => url.slice("https://ai.example".length))).toEqual([
		`/v1/projects${query}&organisationId=org_1`,
		`/v1/projects/prj_1/keys${query}`,
		`/v1/orgs/org_1/members${query}`,
		`/v1/orgs/org_1/invitations${query}`,
		`/v1/projects/prj_1/credentials${query}`,
		`/v1/credentials${query}`,
	]);
});
