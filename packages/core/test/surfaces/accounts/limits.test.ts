import { beforeEach, describe, expect, it } from "vitest";
import { type Asked } from "../../gateway/support.ts";
import { type Call, type TenancyWorld, tenancyWorld } from "./tenancy-world.ts";

const models = { sim: { echo: { prices: { input: 1, output: 2 }, maxOutputTokens: 2000 } } };
let now: number;
let world: TenancyWorld;
let call: Call;
let orgId: string;
let projectId: string;
let keyId: string;
let key: string;

beforeEach(async () => {
	now = Date.UTC(2026, 9, 20, 12);
	world = tenancyWorld({ models, runtime: { now: () => now } });
	call = world.call;
	orgId = await world.person("usr_ada");
	await world.join(orgId, "usr_bob", "admin");
	await world.join(orgId, "usr_cid", "member");
	await world.person("usr_eve");
	const { json } = await call("usr_ada", "POST", "/v1/projects", { name: "site" });
	projectId = (json.project as { id: string }).id;
	keyId = json.keyId as string;
	key = json.apiKey as string;
});

const ask = (body: object = {}): Promise<Asked> => call(key, "POST", "/v1/prompt", { prompt: "Say something kind", model: "sim/echo", ...body });
const paths = () => ({ organisation: `/v1/orgs/${orgId}/limits`, project: `/v1/projects/${projectId}/limits`, key: `/v1/projects/${projectId}/keys/${keyId}/limits` });
const standings = async (who: string, path: string) => {
	const { status, json, headers } = await call(who, "GET", path);
	expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
	return json.limits as { policy: string; used: number; held: number; remaining: number; limit: number; resetsAt?: string; party: object }[];
};

describe("what is used of limits", () => {
	it("is told of the organisation, the project and the key, each with those above it", async () => {
		await call("operator", "PUT", paths().organisation, { budgets: [{ period: "month", microUsd: 1_000_000 }] });
		await call("usr_bob", "PUT", paths().project, { budgets: [{ period: "day", tokens: 50_000, requests: 10 }] });
		await call("usr_bob", "PUT", paths().key, { requestsPerMinute: 60, concurrentRequests: 2 });
		const answered = await ask();
		const { tokensIn, tokensOut } = answered.json as { tokensIn: number; tokensOut: number };
		const cost = tokensIn + 2 * tokensOut;
		const ofOrganisation = {
			party: { kind: "organisation", id: orgId },
			policy: "organisation-month-usd",
			unit: "microUsd",
			per: "month",
			limit: 1_000_000,
			used: cost,
			held: 0,
			remaining: 1_000_000 - cost,
			resetsAt: "2026-11-01T00:00:00.000Z",
		};
		expect(await standings("usr_cid", paths().organisation)).toEqual([ofOrganisation]);
		const ofProject = await standings("usr_cid", paths().project);
		expect(ofProject).toMatchObject([ofOrganisation, { policy: "project-day-requests", used: 1, remaining: 9 }, { policy: "project-day-tokens", used: tokensIn + tokensOut }]);
		const ofKey = await standings("usr_cid", paths().key);
		expect(ofKey).toMatchObject([...ofProject, { policy: "key-requests", used: 1, remaining: 59, resetsAt: "2026-10-20T12:01:05.000Z" }, { policy: "key-concurrency", used: 0, remaining: 2 }]);
		expect(await standings(key, "/v1/limits")).toEqual(ofKey);
	});

	it("is told to everybody of what its own requests count for", async () => {
		await call("usr_ada", "PUT", paths().project, { tokensPerMinute: 5000 });
		expect(await standings("usr_cid", "/v1/limits")).toEqual([]);
		const own = await call("usr_cid", "GET", "/v1/limits", undefined, { "x-project-id": projectId });
		expect(own.json.limits).toMatchObject([{ policy: "project-tokens", used: 0, remaining: 5000 }]);
		expect(await standings("operator", "/v1/limits")).toEqual([]);
		expect((await call("usr_eve", "GET", "/v1/limits", undefined, { "x-project-id": projectId })).status).toBe(404);
	});

	it("begins anew with the day", async () => {
		await call("usr_ada", "PUT", paths().project, { budgets: [{ period: "day", requests: 2 }] });
		for (const status of [200, 200, 429]) expect((await ask()).status).toBe(status);
		expect(await standings(key, "/v1/limits")).toMatchObject([{ used: 2, remaining: 0 }]);
		now += 12 * 3_600_000;
		expect(await standings(key, "/v1/limits")).toMatchObject([{ used: 0, remaining: 2 }]);
		expect((await ask()).status).toBe(200);
	});

	it.each([
		[undefined, 401],
		["usr_eve", 404],
		["KEY", 404],
		["usr_cid", 200],
		["operator", 200],
	])("of what the path names: %s hears %i", async (who, status) => {
		const caller = who === "KEY" ? key : who;
		for (const path of Object.values(paths())) expect([path, (await call(caller, "GET", path)).status]).toEqual([path, status]);
	});

	it("is unknown of keys that are not there, revoked, or another project's", async () => {
		const other = (await call("usr_eve", "POST", "/v1/projects", { name: "other" })).json as { project: { id: string } };
		expect((await call("usr_eve", "GET", `/v1/projects/${other.project.id}/keys/${keyId}/limits`)).status).toBe(404);
		expect((await call("usr_eve", "PUT", `/v1/projects/${other.project.id}/keys/${keyId}/limits`, {})).status).toBe(404);
		await call("usr_ada", "DELETE", `/v1/projects/${projectId}/keys/${keyId}`);
		expect((await call("usr_ada", "GET", paths().key)).status).toBe(404);
		expect((await call("usr_ada", "PUT", paths().key, {})).status).toBe(404);
	});
});

describe("a day's requests", () => {
	it("are refused with 429 until the day is over", async () => {
		await call("usr_ada", "PUT", paths().project, { budgets: [{ period: "day", requests: 1 }] });
		expect((await ask()).headers.get("ratelimit-policy")).toBe('"project-day-requests";q=1;w=86400');
		const refused = await ask();
		expect(refused).toMatchObject({ status: 429, json: { code: "RATE_LIMIT_EXCEEDED", error: "This project's limit of 1 request a day is reached" } });
		expect(refused.headers.get("retry-after")).toBe(String(12 * 3600));
	});

	it("stand in the overview: the limit of which the least is left", async () => {
		const overview = async () => (await call("usr_cid", "GET", `/v1/analytics/overview?projectId=${projectId}`)).json;
		await ask();
		expect(await overview()).toMatchObject({ dailyUsed: 1, dailyLimit: null, dailyRemaining: null });
		await call("usr_ada", "PUT", paths().project, { budgets: [{ period: "day", requests: 10, tokens: 100_000 }] });
		await ask();
		expect(await overview()).toMatchObject({ dailyUsed: 1, dailyLimit: 10, dailyRemaining: 9 });
		await call("operator", "PUT", paths().organisation, { budgets: [{ period: "day", requests: 3 }] });
		await ask();
		expect(await overview()).toMatchObject({ dailyUsed: 1, dailyLimit: 3, dailyRemaining: 2 });
	});

	it("alone hold nothing of a budget: an answer of any length passes", async () => {
		await call("usr_ada", "PUT", paths().project, { budgets: [{ period: "month", requests: 100 }] });
		const answered = await ask({ model: "sim/long" });
		expect([answered.status, answered.headers.get("x-postern-warnings")]).toEqual([200, null]);
	});
});

describe("limits of every level hold together", () => {
	it("so that no admin passes what stands above by setting more below", async () => {
		await call("operator", "PUT", paths().organisation, { requestsPerMinute: 1 });
		await call("usr_bob", "PUT", paths().project, { requestsPerMinute: 1000 });
		await call("usr_bob", "PUT", paths().key, { requestsPerMinute: 1000 });
		expect((await ask()).status).toBe(200);
		const refused = await ask();
		expect(refused).toMatchObject({ status: 429, json: { error: "This organisation's limit of 1 request a minute is reached" } });
		for (const who of ["usr_ada", "usr_bob", "usr_cid"]) expect((await call(who, "PUT", paths().organisation, {})).status).toBe(403);
	});

	it("are set of a key by admins, at once for the next request", async () => {
		expect((await call("usr_cid", "PUT", paths().key, { requestsPerMinute: 5 })).status).toBe(403);
		expect((await call("usr_eve", "PUT", paths().key, { requestsPerMinute: 5 })).status).toBe(404);
		expect((await ask()).status).toBe(200);
		const set = await call("usr_bob", "PUT", paths().key, { requestsPerMinute: 0 });
		expect(set).toMatchObject({ status: 200, json: { key: { id: keyId, limits: { requestsPerMinute: 0 } } } });
		expect(set.text).not.toContain(key);
		expect((await ask()).status).toBe(429);
		expect((await call("usr_bob", "PUT", paths().key, {})).json).toMatchObject({ key: { limits: {} } });
		expect((await ask()).status).toBe(200);
		const { events } = (await call("usr_ada", "GET", `/v1/orgs/${orgId}/audit`)).json as { events: object[] };
		expect(events).toContainEqual(expect.objectContaining({ action: "limits.changed", projectId, target: keyId, details: { level: "key", requestsPerMinute: 0 } }));
	});

	it.each([
		["a misspelt rule", { rpm: 1 }, "rpm"],
		["a number below nothing", { requestsPerMinute: -1 }, "requestsPerMinute"],
		["half a request", { budgets: [{ period: "day", requests: 0.5 }] }, "budgets[0].requests"],
		["a budget of nothing in particular", { budgets: [{ period: "day" }] }, "budgets[0]"],
		["another period", { budgets: [{ period: "year", tokens: 1 }] }, "budgets[0].period"],
	])("refuse %s by the field's name", async (_, body, field) => {
		for (const [who, path] of [["operator", paths().organisation], ["usr_bob", paths().project], ["usr_bob", paths().key]] as const) {
			expect(await call(who, "PUT", path, body)).toMatchObject({ status: 400, json: { issues: [{ path: field }] } });
		}
	});
});
