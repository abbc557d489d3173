import { beforeEach, describe, expect, it } from "vitest";
import { type Call, type TenancyWorld, tenancyWorld } from "./tenancy-world.ts";

let world: TenancyWorld;
let call: Call;
let path: string;
let firstKey: string;
beforeEach(async () => {
	world = tenancyWorld();
	call = world.call;
	const id = await world.person("usr_ada");
	await world.join(id, "usr_bob", "admin");
	await world.join(id, "usr_cid", "member");
	const { json } = await call("usr_ada", "POST", "/v1/projects", { name: "x" });
	path = `/v1/projects/${(json.project as { id: string }).id}/keys`;
	firstKey = json.apiKey as string;
});

const works = async (key: string) => (await call(key, "GET", "/v1/models")).status === 200;
const create = async (body?: object) => {
	const { status, json } = await call("usr_ada", "POST", path, body);
	expect(status).toBe(201);
	return { key: json.key as string, id: (json.details as { id: string }).id };
};

describe("keys", () => {
	it("are shown once, and known by their first characters afterwards", async () => {
		const asked = { name: "website", expiresAt: "2999-01-01T01:00:00+01:00", scopes: { surfaces: ["openai"], models: ["sim/*"] }, limits: { requestsPerMinute: 60 } };
		const { status, json } = await call("usr_bob", "POST", path, asked);
		expect(status).toBe(201);
		const key = json.key as string;
		expect(json.details).toEqual({
			...asked,
			id: expect.stringMatching(/^key_/),
			projectId: path.split("/")[3],
			prefix: key.slice(0, 12),
			createdBy: "usr_bob",
			createdAt: expect.stringMatching(/Z$/),
			expiresAt: "2999-01-01T00:00:00.000Z",
		});
		const listed = await call("usr_cid", "GET", path);
		expect(listed.json.keys).toEqual([expect.objectContaining({ name: "First key" }), json.details]);
		expect(listed.text).not.toContain(key);
		expect(listed.text).not.toMatch(/hash/i);
		expect(listed.headers.get("cache-control")).toBe("no-store");
	});

	it("take a body or none", async () => {
		await create();
		await create({});
		expect((await call("usr_ada", "POST", path, "", { "content-type": "application/json" })).status).toBe(201);
		expect((await call("usr_ada", "POST", path, "name=x", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(415);
		expect((await call("usr_ada", "GET", path)).json.keys).toHaveLength(4);
	});

	it.each([
		["a time that is over", { expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
		["a time that is none", { expiresAt: "tomorrow" }, "expiresAt"],
		["an unknown surface", { scopes: { surfaces: ["openia"] } }, "scopes.surfaces[0]"],
		["no surfaces at all", { scopes: { surfaces: [] } }, "scopes.surfaces"],
		["an unknown scope", { scopes: { tool: ["x"] } }, "scopes.tool"],
		["an unknown limit", { limits: { rpm: 1 } }, "limits.rpm"],
		["a name of control characters", { name: "\u0007" }, "name"],
	])("with %s are refused by the field's name", async (_, body, field) => {
		expect(await call("usr_ada", "POST", path, body)).toMatchObject({ status: 400, json: { issues: [{ path: field }] } });
	});

	it.each([
		["usr_cid", "POST", "", 403],
		["usr_cid", "DELETE", "", 403],
		["usr_bob", "DELETE", "", 403],
		["usr_bob", "POST", "/rotate", 403],
		["usr_eve", "GET", "", 404],
		["usr_eve", "POST", "", 404],
		["usr_eve", "DELETE", "", 404],
		["usr_eve", "POST", "/rotate", 404],
		[undefined, "GET", "", 401],
	])("are out of reach: %s %s %s -> %i", async (who, method, below, status) => {
		expect((await call(who, method, path + below)).status).toBe(status);
		expect(await works(firstKey)).toBe(true);
	});

	it("cannot see to themselves", async () => {
		expect((await call(firstKey, "GET", path)).status).toBe(404);
		expect((await call(firstKey, "POST", path)).status).toBe(404);
	});
});

describe("revoking", () => {
	it("stops a key at once", async () => {
		const { key, id } = await create();
		expect(await works(key)).toBe(true);
		expect(await call("usr_ada", "DELETE", `${path}/${id}`)).toMatchObject({ status: 200, json: { id, deleted: true } });
		expect(await works(key)).toBe(false);
		expect(await works(firstKey)).toBe(true);
		expect((await call("usr_ada", "DELETE", `${path}/${id}`)).status).toBe(404);
	});

	it("takes the key from the query, or the only one", async () => {
		const { key, id } = await create();
		expect(await call("usr_ada", "DELETE", path)).toMatchObject({ status: 400, json: { issues: [{ path: "keyId" }] } });
		expect((await call("usr_ada", "DELETE", `${path}?keyID=${id}`)).status).toBe(400);
		expect((await call("usr_ada", "DELETE", `${path}?keyId=${id}&keyId=${id}`)).status).toBe(400);
		expect((await call("usr_ada", "DELETE", `${path}?keyId=${id}`)).status).toBe(200);
		expect(await works(key)).toBe(false);
		expect((await call("usr_ada", "DELETE", path)).status).toBe(200);
		expect(await works(firstKey)).toBe(false);
		expect((await call("usr_ada", "DELETE", path)).status).toBe(404);
	});
});

describe("rotating", () => {
	const rotate = async (body?: object) => {
		const { status, json } = await call("usr_ada", "POST", `${path}/rotate`, body);
		return { status, key: json.key as string, details: json.details as Record<string, unknown> };
	};

	it("puts another secret in the place of the old one: the key stays what it is", async () => {
		const before = (await call("usr_ada", "GET", path)).json.keys as Record<string, unknown>[];
		const rotated = await rotate();
		expect(rotated).toMatchObject({ status: 200, details: { ...before[0], prefix: rotated.key.slice(0, 12) } });
		expect([await works(firstKey), await works(rotated.key)]).toEqual([false, true]);
		const session = (await call(rotated.key, "POST", "/generate-text", { prompt: "Hi" })).json.sessionId;
		const again = await rotate();
		expect((await call(again.key, "POST", "/generate-text", { prompt: "Hi", sessionId: session })).status).toBe(200);
	});

	it("leaves the old one its grace period", async () => {
		const rotated = await rotate({ graceSeconds: 60 });
		expect(rotated.details.previousUntil).toMatch(/Z$/);
		expect([await works(firstKey), await works(rotated.key)]).toEqual([true, true]);
		const again = await rotate({ graceSeconds: 0 });
		expect([await works(firstKey), await works(rotated.key), await works(again.key)]).toEqual([false, false, true]);
	});

	it("needs the key's id where there are several", async () => {
		const { key, id } = await create();
		expect((await rotate()).status).toBe(400);
		const rotated = await rotate({ keyId: id });
		expect([await works(key), await works(rotated.key), await works(firstKey)]).toEqual([false, true, true]);
		expect((await rotate({ keyId: "key_x" })).status).toBe(404);
		expect((await rotate({ keyId: id, graceSeconds: -1 })).status).toBe(400);
		expect((await rotate({ keyId: id, graceSeconds: 8 * 24 * 3600 })).status).toBe(400);
	});

	it("at once with others leaves exactly one secret that works", async () => {
		const rotated = await Promise.all(Array.from({ length: 8 }, () => rotate()));
		const valid = await Promise.all([firstKey, ...rotated.map(({ key }) => key)].map(works));
		expect(valid.filter(Boolean)).toHaveLength(1);
	});

	it("revives no key that is revoked at that moment", async () => {
		const ends = await Promise.all([rotate({ graceSeconds: 60 }), call("usr_ada", "DELETE", path), rotate(), rotate({ graceSeconds: 60 })]);
		const keys = ends.flatMap((end) => ("key" in end && end.key !== undefined ? [end.key] : []));
		expect(await Promise.all([firstKey, ...keys].map(works))).toEqual([firstKey, ...keys].map(() => false));
	});
});
