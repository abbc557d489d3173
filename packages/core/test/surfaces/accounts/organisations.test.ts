import { beforeEach, describe, expect, it } from "vitest";
import { type Call, type TenancyWorld, tenancyWorld } from "./tenancy-world.ts";

let world: TenancyWorld;
let call: Call;
beforeEach(() => {
	world = tenancyWorld();
	call = world.call;
});

describe("organisations", () => {
	it("are created by people, who own them, and listed with their roles", async () => {
		const personal = await world.person("usr_ada");
		const created = await call("usr_ada", "POST", "/v1/orgs", { name: "  Engines " });
		expect(created).toMatchObject({ status: 201, json: { organisation: { id: expect.stringMatching(/^org_[0-9a-f]{24}$/), name: "Engines", isPersonal: false, role: "owner" } } });
		const { id } = created.json.organisation as { id: string };
		expect(await call("usr_ada", "GET", "/v1/orgs")).toMatchObject({
			status: 200,
			json: {
				organisations: [
					{ id: personal, role: "owner", isPersonal: true, createdAt: "1970-01-01T00:00:00.001Z" },
					{ id, role: "owner" },
				],
			},
		});
		expect((await call("usr_eve", "GET", "/v1/orgs")).json).toEqual({ organisations: [] });
		expect(await call("usr_ada", "GET", `/v1/orgs/${id}`)).toMatchObject({ status: 200, json: { organisation: { id, name: "Engines" } } });
	});

	it("are listed for the operator page by page", async () => {
		for (const id of ["usr_a", "usr_b", "usr_c"]) await world.person(id);
		const ids = async (query: string) => ((await call("operator", "GET", `/v1/orgs${query}`)).json.organisations as { id: string }[]).map(({ id }) => id);
		expect(await ids("")).toEqual(["org_of_a", "org_of_b", "org_of_c"]);
		expect(await ids("?limit=2")).toEqual(["org_of_a", "org_of_b"]);
		expect(await ids("?limit=2&after=org_of_b")).toEqual(["org_of_c"]);
	});

	it.each(["?limit=0", "?limit=x", "?limit=1&limit=2", "?limt=1"])("refuse the query %s by name", async (query) => {
		const refused = await call("operator", "GET", `/v1/orgs${query}`);
		expect(refused).toMatchObject({ status: 400, json: { code: "VALIDATION_ERROR", issues: [{ path: query.slice(1, query.indexOf("=")) }] } });
		expect(refused.json.error).toMatch(/^Invalid query/);
	});

	it("that the operator creates have no members, and an owner once it says so", async () => {
		await world.person("usr_ada");
		const { json } = await call("operator", "POST", "/v1/orgs", { name: "Engines" });
		const { id } = json.organisation as { id: string };
		expect((await call("operator", "GET", `/v1/orgs/${id}/members`)).json).toEqual({ members: [] });
		expect((await call("usr_ada", "GET", `/v1/orgs/${id}`)).status).toBe(404);
	});

	it("are renamed by admins", async () => {
		const id = await world.person("usr_ada");
		await world.join(id, "usr_bob", "admin");
		await world.join(id, "usr_cid", "member");
		expect(await call("usr_bob", "PATCH", `/v1/orgs/${id}`, { name: "Engines" })).toMatchObject({ status: 200, json: { organisation: { name: "Engines", role: "admin" } } });
		expect((await call("usr_cid", "PATCH", `/v1/orgs/${id}`, { name: "Mine" })).status).toBe(403);
		expect((await call("usr_eve", "PATCH", `/v1/orgs/${id}`, { name: "Mine" })).status).toBe(404);
	});

	it.each([
		["no name", {}, "name"],
		["an empty name", { name: "  " }, "name"],
		["a long name", { name: "x".repeat(101) }, "name"],
		["control characters", { name: "a\u0000b" }, "name"],
		["text that turns around", { name: "a\u202eb" }, "name"],
		["half a character", { name: "a\ud800" }, "name"],
		["an unknown field", { name: "x", isPersonal: true }, "isPersonal"],
	])("with %s are refused by the field's name", async (_, body, path) => {
		expect(await call("usr_ada", "POST", "/v1/orgs", body)).toMatchObject({ status: 400, json: { issues: [{ path }] } });
	});

	it("have limits that the operator alone sets", async () => {
		const id = await world.person("usr_ada");
		const limits = { requestsPerMinute: 5, budgets: [{ period: "month", microUsd: 1_000_000 }] };
		expect((await call("usr_ada", "PUT", `/v1/orgs/${id}/limits`, limits)).status).toBe(403);
		expect(await call("operator", "PUT", `/v1/orgs/${id}/limits`, limits)).toMatchObject({ status: 200, json: { organisation: { limits } } });
		expect(await call("usr_ada", "GET", `/v1/orgs/${id}`)).toMatchObject({ json: { organisation: { limits } } });
		expect((await call("operator", "PUT", `/v1/orgs/${id}/limits`, {})).json).toMatchObject({ organisation: { limits: {} } });
		expect((await call("operator", "PUT", "/v1/orgs/org_x/limits", limits)).status).toBe(404);
	});

	it.each([
		["a negative number", { requestsPerMinute: -1 }, "requestsPerMinute"],
		["half a number", { tokensPerMinute: 0.5 }, "tokensPerMinute"],
		["a budget of nothing", { budgets: [{ period: "day" }] }, "budgets[0]"],
		["a budget of a year", { budgets: [{ period: "year", tokens: 1 }] }, "budgets[0].period"],
		["an unknown limit", { requestsPerHour: 1 }, "requestsPerHour"],
	])("refuse %s in limits", async (_, body, path) => {
		const id = await world.person("usr_ada");
		expect(await call("operator", "PUT", `/v1/orgs/${id}/limits`, body)).toMatchObject({ status: 400, json: { issues: [{ path }] } });
	});
});

describe("members", () => {
	it("are listed with their names", async () => {
		const id = await world.person("usr_ada");
		await world.person("usr_bob");
		await world.join(id, "usr_bob", "member");
		await world.join(id, "usr_gone", "admin");
		expect(await call("usr_bob", "GET", `/v1/orgs/${id}/members`)).toMatchObject({ status: 200 });
		expect((await call("usr_bob", "GET", `/v1/orgs/${id}/members`)).json).toEqual({
			members: [
				{ user_id: "usr_ada", role: "owner", email: "ada@example.com", name: "The ada" },
				{ user_id: "usr_bob", role: "member", email: "bob@example.com", name: "The bob" },
				{ user_id: "usr_gone", role: "admin" },
			],
		});
	});

	it("get other roles from owners, while one owner stays", async () => {
		const id = await world.person("usr_ada");
		await world.person("usr_bob");
		await world.join(id, "usr_bob", "admin");
		const change = (who: string, user: string, role: string) => call(who, "PATCH", `/v1/orgs/${id}/members/${user}`, { role });
		expect((await change("usr_bob", "usr_bob", "owner")).status).toBe(403);
		expect(await change("usr_ada", "usr_ada", "member")).toMatchObject({ status: 409, json: { code: "CONFLICT" } });
		expect(await change("usr_ada", "usr_bob", "owner")).toMatchObject({ status: 200, json: { member: { user_id: "usr_bob", role: "owner", name: "The bob" } } });
		expect((await change("usr_ada", "usr_ada", "member")).status).toBe(200);
		expect((await change("usr_ada", "usr_bob", "member")).status).toBe(403);
		expect((await change("usr_bob", "usr_eve", "member")).status).toBe(404);
		expect((await change("usr_bob", "usr_ada", "king")).status).toBe(400);
	});

	it("are removed by who may, and leave by themselves", async () => {
		const id = await world.person("usr_ada");
		const roles = { usr_bob: "admin", usr_cid: "admin", usr_dan: "member", usr_eli: "member", usr_fay: "member" } as const;
		for (const [user, role] of Object.entries(roles)) await world.join(id, user, role);
		const remove = async (who: string, user: string) => (await call(who, "DELETE", `/v1/orgs/${id}/members/${user}`)).status;
		expect(await remove("usr_dan", "usr_eli")).toBe(403);
		expect(await remove("usr_bob", "usr_cid")).toBe(403);
		expect(await remove("usr_bob", "usr_ada")).toBe(403);
		expect(await remove("usr_bob", "usr_dan")).toBe(200);
		expect(await remove("usr_dan", "usr_eli")).toBe(404);
		expect(await remove("usr_eli", "usr_eli")).toBe(200);
		expect(await remove("usr_cid", "usr_cid")).toBe(200);
		expect(await remove("usr_ada", "usr_bob")).toBe(200);
		expect(await remove("usr_ada", "usr_nobody")).toBe(404);
		expect(await remove("usr_ada", "usr_ada")).toBe(409);
		expect(await remove("operator", "usr_fay")).toBe(200);
		expect(await remove("operator", "usr_ada")).toBe(409);
	});
});

describe("invitations", () => {
	const invite = (who: string, id: string, body: object) => call(who, "POST", `/v1/orgs/${id}/invitations`, body);

	it("bring somebody in once, by the token that was shown once", async () => {
		const id = await world.person("usr_ada");
		await world.person("usr_bob");
		const invited = await invite("usr_ada", id, { email: "Bob@Example.com", role: "admin" });
		expect(invited).toMatchObject({ status: 201, json: { invitation: { email: "bob@example.com", role: "admin" }, token: expect.stringMatching(/^inv_\w{36}$/) } });
		const { token } = invited.json;
		const listed = await call("usr_ada", "GET", `/v1/orgs/${id}/invitations`);
		expect(listed.json).toEqual({ invitations: [invited.json.invitation] });
		expect(listed.text).not.toContain(token);
		expect((await call("usr_eve", "POST", "/v1/invitations/accept", { token })).status).toBe(404);
		expect(await call("usr_bob", "POST", "/v1/invitations/accept", { token })).toMatchObject({ status: 200, json: { organisation: { id, role: "admin" } } });
		expect((await call("usr_bob", "POST", "/v1/invitations/accept", { token })).status).toBe(404);
		expect((await call("usr_ada", "GET", `/v1/orgs/${id}/invitations`)).json).toEqual({ invitations: [] });
		expect((await call("usr_bob", "GET", `/v1/orgs/${id}`)).status).toBe(200);
	});

	it("are of no use to another address", async () => {
		const id = await world.person("usr_ada");
		await world.person("usr_eve");
		const { json } = await invite("usr_ada", id, { email: "bob@example.com", role: "member" });
		expect(await call("usr_eve", "POST", "/v1/invitations/accept", { token: json.token })).toMatchObject({ status: 404, json: { error: "Unknown invitation" } });
	});

	it("to be an admin come from owners", async () => {
		const id = await world.person("usr_ada");
		await world.join(id, "usr_bob", "admin");
		await world.join(id, "usr_cid", "member");
		expect((await invite("usr_bob", id, { email: "x@example.com", role: "admin" })).status).toBe(403);
		expect((await invite("usr_bob", id, { email: "x@example.com", role: "member" })).status).toBe(201);
		expect((await invite("usr_cid", id, { email: "x@example.com", role: "member" })).status).toBe(403);
		expect((await invite("usr_ada", id, { email: "x@example.com", role: "owner" })).status).toBe(400);
		expect((await invite("usr_eve", id, { email: "x@example.com", role: "member" })).status).toBe(404);
	});

	it("are taken back", async () => {
		const id = await world.person("usr_ada");
		const other = await world.person("usr_eve");
		await world.person("usr_bob");
		const { json } = await invite("usr_ada", id, { email: "bob@example.com", role: "member" });
		const invitation = (json.invitation as { id: string }).id;
		expect((await call("usr_eve", "DELETE", `/v1/orgs/${other}/invitations/${invitation}`)).status).toBe(404);
		expect((await call("usr_ada", "DELETE", `/v1/orgs/${id}/invitations/${invitation}`)).status).toBe(200);
		expect((await call("usr_ada", "DELETE", `/v1/orgs/${id}/invitations/${invitation}`)).status).toBe(404);
		expect((await call("usr_bob", "POST", "/v1/invitations/accept", { token: json.token })).status).toBe(404);
	});

	it("need a person with an account", async () => {
		expect((await call("operator", "POST", "/v1/invitations/accept", { token: "x" })).status).toBe(401);
		expect((await call("usr_ghost", "POST", "/v1/invitations/accept", { token: "x" })).status).toBe(404);
	});

	it.each(["", "bob", "bob@", "a b@example.com"])("refuse %j as an address", async (email) => {
		const id = await world.person("usr_ada");
		expect(await invite("usr_ada", id, { email, role: "member" })).toMatchObject({ status: 400, json: { issues: [{ path: "email" }] } });
	});
});
