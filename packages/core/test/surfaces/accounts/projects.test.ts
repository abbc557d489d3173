import { beforeEach, describe, expect, it } from "vitest";
import { type Call, type TenancyWorld, tenancyWorld } from "./tenancy-world.ts";

let world: TenancyWorld;
let call: Call;
beforeEach(() => {
	world = tenancyWorld();
	call = world.call;
});

async function project(who: string, body: object): Promise<{ id: string; apiKey: string; keyId: string }> {
	const { status, json } = await call(who, "POST", "/v1/projects", body);
	expect(status).toBe(201);
	return { id: (json.project as { id: string }).id, apiKey: json.apiKey as string, keyId: json.keyId as string };
}

describe("projects", () => {
	it("come with a key that works, in the person's own organisation where none is named", async () => {
		const personal = await world.person("usr_ada");
		const { status, json } = await call("usr_ada", "POST", "/v1/projects", { name: "my-new-project" });
		expect(status).toBe(201);
		expect(json).toEqual({
			project: { id: expect.stringMatching(/^prj_[0-9a-f]{24}$/), name: "my-new-project", organisationId: personal, role: "owner", createdAt: expect.stringMatching(/Z$/) },
			apiKey: expect.stringMatching(/^pst_[0-9A-Za-z]{36}$/),
			keyId: expect.stringMatching(/^key_/),
		});
		expect((await call(json.apiKey as string, "POST", "/v1/prompt", { prompt: "Hi" })).status).toBe(200);
		expect((await world.store.listUsage())[0]?.principalId).toBe(json.keyId);
		expect((await call("usr_ada", "GET", "/v1/projects")).json).toEqual({ projects: [json.project] });
	});

	it("are listed by organisation, with roles, to those who belong there", async () => {
		const own = await world.person("usr_ada");
		const other = await world.person("usr_bob");
		await world.join(other, "usr_ada", "member");
		const first = await project("usr_ada", { name: "one" });
		const second = await project("usr_bob", { name: "two" });
		const listed = async (who: string, query = "") => ((await call(who, "GET", `/v1/projects${query}`)).json.projects as { id: string; role?: string }[]).map(({ id, role }) => [id, role]);
		expect(new Map((await listed("usr_ada")) as [string, string][])).toEqual(new Map([[first.id, "owner"], [second.id, "member"]]));
		expect(await listed("usr_ada", `?organisationId=${other}`)).toEqual([[second.id, "member"]]);
		expect(await listed("usr_bob")).toEqual([[second.id, "owner"]]);
		expect((await call("usr_bob", "GET", `/v1/projects?organisationId=${own}`)).status).toBe(404);
		expect((await listed("operator")).length).toBe(2);
		expect(await listed("operator", `?organisationId=${own}`)).toEqual([[first.id, "owner"]]);
		expect(await listed(first.apiKey)).toEqual([[first.id, undefined]]);
		expect((await call(first.apiKey, "GET", `/v1/projects?organisationId=${other}`)).status).toBe(404);
	});

	it("are created by admins of the organisation, never by keys", async () => {
		const id = await world.person("usr_ada");
		await world.join(id, "usr_bob", "admin");
		await world.join(id, "usr_cid", "member");
		await project("usr_bob", { name: "x", organisationId: id });
		const refused = async (who: string, body: object) => (await call(who, "POST", "/v1/projects", body)).status;
		expect(await refused("usr_cid", { name: "x", organisationId: id })).toBe(403);
		expect(await refused("usr_eve", { name: "x", organisationId: id })).toBe(404);
		expect(await refused("usr_eve", { name: "x", organisationId: "org_nowhere" })).toBe(404);
		expect(await refused("usr_eve", { name: "x" })).toBe(400);
		const { apiKey } = await project("usr_ada", { name: "y" });
		expect(await refused(apiKey, { name: "x", organisationId: id })).toBe(403);
		expect(await refused("usr_ada", { name: "x", organisationId: "../.." })).toBe(400);
	});

	it("of the operator name their organisation, which is made where there is none", async () => {
		expect(await call("operator", "POST", "/v1/projects", { name: "x" })).toMatchObject({ status: 400, json: { issues: [{ path: "organisationId" }] } });
		await project("operator", { name: "one", organisationId: "acme" });
		await project("operator", { name: "two", organisationId: "acme" });
		expect((await call("operator", "GET", "/v1/projects?organisationId=acme")).json.projects).toHaveLength(2);
		expect((await call("operator", "GET", "/v1/orgs/acme")).json).toMatchObject({ organisation: { id: "acme", name: "acme" } });
	});

	it("are renamed and limited by admins, and deleted by owners with their keys", async () => {
		const id = await world.person("usr_ada");
		await world.join(id, "usr_bob", "admin");
		await world.join(id, "usr_cid", "member");
		const { id: projectId, apiKey } = await project("usr_ada", { name: "x" });
		const path = `/v1/projects/${projectId}`;
		expect(await call("usr_cid", "GET", path)).toMatchObject({ status: 200, json: { project: { name: "x", role: "member" } } });
		expect((await call("usr_cid", "PATCH", path, { name: "y" })).status).toBe(403);
		expect(await call("usr_bob", "PATCH", path, { name: "y" })).toMatchObject({ status: 200, json: { project: { name: "y", role: "admin" } } });
		expect((await call("usr_cid", "PUT", `${path}/limits`, {})).status).toBe(403);
		expect(await call("usr_bob", "PUT", `${path}/limits`, { tokensPerMinute: 9 })).toMatchObject({ status: 200, json: { project: { limits: { tokensPerMinute: 9 } } } });
		expect((await call("usr_bob", "DELETE", path)).status).toBe(403);
		expect((await call(apiKey, "GET", "/v1/models")).status).toBe(200);
		expect(await call("usr_ada", "DELETE", path)).toMatchObject({ status: 200, json: { id: projectId, deleted: true } });
		expect((await call(apiKey, "GET", "/v1/models")).status).toBe(401);
		expect((await call("usr_ada", "GET", path)).status).toBe(404);
		expect((await call("usr_ada", "DELETE", path)).status).toBe(404);
	});
});

describe("projects of an embedding app", () => {
	it("are there without being stored, and are stored with the first thing that is kept under them", async () => {
		const admin = "app:ada@acme/site!admin";
		expect((await call(admin, "GET", "/v1/orgs")).json).toEqual({ organisations: [{ id: "acme", name: "acme", isPersonal: false, role: "admin" }] });
		expect((await call(admin, "GET", "/v1/projects/site")).json).toEqual({ project: { id: "site", name: "site", organisationId: "acme", role: "admin" } });
		expect((await call(admin, "GET", "/v1/projects/site/keys")).json).toEqual({ keys: [] });
		expect((await call(admin, "POST", "/v1/prompt", { prompt: "Hi" })).status).toBe(200);
		expect(await world.store.tenancy.findProject("site")).toBeUndefined();

		const { status, json } = await call(admin, "POST", "/v1/projects/site/keys");
		expect(status).toBe(201);
		expect(await world.store.tenancy.findProject("site")).toMatchObject({ id: "site", organisationId: "acme", name: "site" });
		expect((await call(json.key as string, "POST", "/v1/prompt", { prompt: "Hi" })).status).toBe(200);
		expect((await call(admin, "GET", "/v1/projects")).json).toMatchObject({ projects: [{ id: "site", role: "admin" }] });
	});

	it("are no way into a project of somebody else", async () => {
		const mine = await world.person("usr_ada");
		const { id } = await project("usr_ada", { name: "x" });
		const path = `/v1/projects/${id}`;
		expect((await call(`app:eve@evil/${id}!owner`, "GET", path)).status).toBe(404);
		expect((await call(`app:eve@evil/${id}!owner`, "POST", `${path}/keys`)).status).toBe(404);
		expect((await call("app:eve@evil/site!owner", "GET", path)).status).toBe(404);
		expect((await call("app:eve@evil!owner", "GET", `/v1/orgs/${mine}`)).status).toBe(404);
		// The app vouches for whom it sends: in the organisation itself it is what it says.
		expect((await call(`app:ada@${mine}/${id}!admin`, "POST", `${path}/keys`)).status).toBe(201);
	});

	it("hold to the role that the app gives", async () => {
		const status = async (who: string, method: string, path: string, body?: object) => (await call(who, method, path, body)).status;
		expect(await status("app:ada@acme/site", "POST", "/v1/projects/site/keys")).toBe(403);
		expect(await status("app:ada@acme/site", "POST", "/v1/projects", { name: "x" })).toBe(403);
		expect(await status("app:ada@acme/site!admin", "POST", "/v1/projects", { name: "x" })).toBe(201);
		expect(await status("app:ada@acme/site!admin", "PUT", "/v1/projects/site/limits", { requestsPerMinute: 1 })).toBe(200);
		expect(await status("app:ada@acme/site!owner", "POST", "/v1/orgs", { name: "x" })).toBe(403);
		expect(await status("app:ada@acme!admin", "PATCH", "/v1/orgs/acme", { name: "Acme" })).toBe(200);
		expect(await status("app:ada@other!admin", "PATCH", "/v1/orgs/acme", { name: "Mine" })).toBe(404);
	});
});
