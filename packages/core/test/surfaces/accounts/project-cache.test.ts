import { describe, expect, it } from "vitest";
import { type GatewayOptions, type Identify, memoryStore } from "../../../src/index.ts";
import { type TenancyWorld, tenancyWorld } from "./tenancy-world.ts";

const question = { prompt: "How old is the wall?", model: "sim/echo" };

interface ProjectWorld extends TenancyWorld {
	readonly path: string;
	readonly apiKey: string;
	/** What the cache did with a question. */
	asked(who: string, more?: object, headers?: Readonly<Record<string, string>>): Promise<string | null>;
}

async function projectWorld(options: Partial<GatewayOptions> = {}): Promise<ProjectWorld> {
	const world = tenancyWorld({ routes: { fresh: { targets: ["sim/echo"], cache: false } }, ...options });
	const organisationId = await world.person("usr_ada");
	for (const [who, role] of [["usr_bob", "admin"], ["usr_cid", "member"]] as const) await world.join(organisationId, who, role);
	await world.person("usr_eve");
	const { json } = await world.call("usr_ada", "POST", "/v1/projects", { name: "site" });
	return {
		...world,
		path: `/v1/projects/${(json.project as { id: string }).id}`,
		apiKey: json.apiKey as string,
		asked: async (who, more, headers) => (await world.call(who, "POST", "/v1/prompt", { ...question, ...more }, headers)).headers.get("x-postern-cache"),
	};
}

describe("a project's cache setting", () => {
	it("is shown, and taken away by a setting that says nothing", async () => {
		const { call, path } = await projectWorld();
		const setting = async () => ((await call("usr_cid", "GET", path)).json.project as { cache?: unknown }).cache;
		expect(await setting()).toBe(undefined);
		for (const cache of [{ ttlSeconds: 60, toolCalls: true }, false, { toolCalls: false }, {}]) {
			expect(await call("usr_bob", "PATCH", path, { cache })).toMatchObject({ status: 200, json: { project: { name: "site", cache } } });
			expect(await setting()).toEqual(cache);
		}
		expect(await call("usr_ada", "PATCH", path, { name: "shop" })).toMatchObject({ json: { project: { name: "shop", cache: {} } } });
	});

	it.each<[string, unknown, number]>([
		["usr_cid", { cache: false }, 403],
		["usr_eve", { cache: false }, 404],
		["usr_bob", {}, 400],
		["usr_bob", { cache: true }, 400],
		["usr_bob", { cache: null }, 400],
		["usr_bob", { cache: { ttlSeconds: 0 } }, 400],
		["usr_bob", { cache: { ttlSeconds: 2_592_001 } }, 400],
		["usr_bob", { cache: { ttlSeconds: 1.5 } }, 400],
		["usr_bob", { cache: { toolCalls: "yes" } }, 400],
		["usr_bob", { cache: { maxBytes: 5 } }, 400],
	])("%s cannot set %j: %i", async (who, change, status) => {
		const { call, path, apiKey } = await projectWorld();
		expect((await call(who, "PATCH", path, change)).status).toBe(status);
		expect((await call(apiKey, "PATCH", path, { cache: false })).status).toBe(404);
		expect((await call("usr_ada", "GET", path)).json.project).not.toHaveProperty("cache");
	});

	it("says what could be set where something else is sent, and names the field of what is nearly right", async () => {
		const { call, path } = await projectWorld();
		const sent = async (cache: unknown) => (await call("usr_bob", "PATCH", path, { cache })).json.issues;
		for (const wrong of [true, null, "on", []]) expect(await sent(wrong)).toEqual([{ path: "cache", message: 'Write {"ttlSeconds": 300}, {} or false' }]);
		expect(await sent({ ttlSeconds: "60" })).toEqual([expect.objectContaining({ path: "cache.ttlSeconds" })]);
		expect(await sent({ maxBytes: 5 })).toEqual([expect.objectContaining({ path: "cache.maxBytes" })]);
	});

	it("stands in the audit log", async () => {
		const { call, path } = await projectWorld();
		for (const change of [{ cache: { ttlSeconds: 60 } }, { cache: false }, { name: "shop", cache: {} }]) await call("usr_bob", "PATCH", path, change);
		const { json } = await call("usr_ada", "GET", "/v1/orgs/org_of_ada/audit");
		const changes = (json.events as { action: string; details: unknown }[]).filter(({ action }) => action === "project.changed");
		const wanted = [{ renamed: false, cache: "on", ttlSeconds: 60 }, { renamed: false, cache: "off" }, { renamed: true, cache: "inherited" }];
		expect(changes).toHaveLength(wanted.length);
		// Those of one millisecond stand in no order.
		for (const details of wanted) expect(changes).toContainEqual(expect.objectContaining({ details }));
	});

	it("holds for its keys and for people who name it, and for nobody else", async () => {
		const { call, asked, path, apiKey } = await projectWorld();
		await call("usr_bob", "PATCH", path, { cache: { ttlSeconds: 60 } });
		const named = { "x-project-id": path.slice("/v1/projects/".length) };
		expect([await asked(apiKey), await asked(apiKey), await asked("usr_cid", {}, named), await asked("operator", {}, named)]).toEqual(["miss", "hit", "hit", "hit"]);
		expect([await asked("usr_cid"), await asked("operator"), await asked("usr_eve")]).toEqual([null, null, null]);
	});

	it("goes before the route's and the gateway's, and behind the request's", async () => {
		const { call, asked, path, apiKey } = await projectWorld({ cache: { ttlSeconds: 60 } });
		expect([await asked(apiKey), await asked(apiKey), await asked(apiKey, { model: "fresh" })]).toEqual(["miss", "hit", null]);
		await call("usr_bob", "PATCH", path, { cache: false });
		expect([await asked(apiKey), await asked(apiKey, {}, { "x-postern-cache": "on" })]).toEqual([null, "hit"]);
		await call("usr_bob", "PATCH", path, { cache: { ttlSeconds: 60 } });
		expect([await asked(apiKey, { model: "fresh" }), await asked(apiKey, { model: "fresh" })]).toEqual(["miss", "hit"]);
		expect(await asked(apiKey, {}, { "x-postern-cache": "off" })).toBe("off");
		await call("usr_bob", "PATCH", path, { cache: {} });
		expect([await asked(apiKey), await asked(apiKey, { model: "fresh" })]).toEqual(["hit", null]);
	});

	it("does nothing in a gateway that keeps nothing", async () => {
		const { call, asked, path, apiKey } = await projectWorld({ cache: false });
		await call("usr_bob", "PATCH", path, { cache: { ttlSeconds: 60 } });
		expect([await asked(apiKey), await asked(apiKey)]).toEqual([null, null]);
	});

	it("is known to another gateway on the store within a second, without asking it for each request", async () => {
		const store = memoryStore();
		let lookUps = 0;
		const findKey: typeof store.tenancy.findKey = (...key) => {
			lookUps++;
			return store.tenancy.findKey(...key);
		};
		let now = Date.now();
		const here = await projectWorld({ store });
		const there = tenancyWorld({ store: { ...store, tenancy: { ...store.tenancy, findKey } }, runtime: { now: () => now } });
		const asked = async () => (await there.call(here.apiKey, "POST", "/v1/prompt", question)).headers.get("x-postern-cache");
		expect(await asked()).toBe(null);
		await here.call("usr_ada", "PATCH", here.path, { cache: { ttlSeconds: 60 } });
		now += 999;
		expect([await asked(), await asked(), await asked()]).toEqual(["miss", "hit", "hit"]);
		expect(lookUps).toBe(2);
		await here.call("usr_ada", "PATCH", here.path, { cache: false });
		now += 999;
		expect(await asked()).toBe(null);
	});
});

describe("what an embedding app says of its principals", () => {
	const identify = (cache: { ttlSeconds: number } | false | undefined): Identify =>
		() => ({ kind: "host", id: "ada", organisationId: "acme", projectId: "site", role: "admin", ...(cache === undefined ? {} : { cache }) });

	it("asks for the cache", async () => {
		const { call } = tenancyWorld({ identify: identify({ ttlSeconds: 60 }) });
		const states = [];
		for (let time = 0; time < 2; time++) states.push((await call("app", "POST", "/v1/prompt", question, { authorization: "" })).headers.get("x-postern-cache"));
		expect(states).toEqual(["miss", "hit"]);
	});

	it.each<[{ ttlSeconds: number } | false | undefined, unknown, string | null]>([
		[undefined, { ttlSeconds: 60 }, "miss"],
		[undefined, false, null],
		[false, { ttlSeconds: 60 }, null],
		[{ ttlSeconds: 60 }, false, "miss"],
	])("%j goes before what is kept under its project: %j", async (said, kept, expected) => {
		const { call } = tenancyWorld({ identify: identify(said) });
		const none = { authorization: "" };
		expect((await call("app", "PATCH", "/v1/projects/site", { cache: kept }, none)).status).toBe(200);
		expect((await call("app", "POST", "/v1/prompt", question, none)).headers.get("x-postern-cache")).toBe(expected);
	});

	it("of a project that belongs to another organisation reaches neither its setting nor its answers", async () => {
		const { store, call, path, apiKey, asked } = await projectWorld();
		await call("usr_ada", "PATCH", path, { cache: { ttlSeconds: 60 } });
		expect(await asked(apiKey)).toBe("miss");
		const stranger = `app:eve@elsewhere/${path.slice("/v1/projects/".length)}`;
		expect([await asked(stranger), await asked(stranger, {}, { "x-postern-cache": "on" })]).toEqual([null, "miss"]);
		expect(await store.tenancy.findOrganisation("elsewhere")).toBe(undefined);
	});
});
