import { describe, expect, it } from "vitest";
import { type GatewayOptions, memoryStore, simulator } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/index.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import { tenancyWorld } from "../surfaces/accounts/tenancy-world.ts";
import { ask, testGateway } from "./support.ts";

const routes = { smart: { strategy: "learned", targets: ["sim/echo", "other/tools"] }, plain: ["sim/echo"] } satisfies GatewayOptions["routes"];
const options: Partial<GatewayOptions> = { providers: { sim: simulator(), other: simulator() }, routes };
const path = "/v1/weights";
const score = (value: number | null, model = "echo", provider = "sim") => ({ provider, model, score: value });

async function town(more: Partial<GatewayOptions> = {}) {
	const world = tenancyWorld({ ...options, ...more });
	for (const name of ["usr_ada", "usr_bob", "usr_eve"]) await world.person(name);
	await world.join("org_of_ada", "usr_bob", "member");
	const { project, apiKey } = (await world.call("usr_ada", "POST", "/v1/projects", { name: "Site" })).json as { project: { id: string }; apiKey: string };
	const named = { "x-project-id": project.id };
	const weights = async (who: string, headers: Readonly<Record<string, string>> = named) => (await world.call(who, "GET", path, undefined, headers)).json.weights as ReturnType<typeof score>[];
	return { ...world, projectId: project.id, key: apiKey, named, weights, put: (who: string, ...list: unknown[]) => world.call(who, "PUT", path, { weights: list }, named) };
}

describe("GET /v1/weights", () => {
	it("has exactly the contract's fields for every model of routes that learn, before anything was learnt", async () => {
		const { json, status } = await ask(testGateway({ ...options, surfaces: ["insights"] }), path);
		expect(status).toBe(200);
		const nothing = { totalCalls: 0, avgLatencyMs: 0, avgTokensOut: 0, score: expect.any(Number) };
		expect(json).toEqual({ weights: [{ provider: "sim", model: "echo", ...nothing }, { provider: "other", model: "tools", ...nothing }] });
	});

	it("tells what was learnt at once, each project's own", async () => {
		const { call, key, weights } = await town({ routes: { smart: { strategy: "learned", targets: ["sim/echo"] } } });
		for (let at = 0; at < 3; at++) expect((await call(key, "POST", "/v1/prompt", { prompt: `Hi ${at}`, model: "smart" })).status).toBe(200);
		expect(await weights("usr_bob")).toMatchObject([{ provider: "sim", model: "echo", totalCalls: 3, avgTokensOut: expect.any(Number) }]);
		expect((await weights(key, {}))[0]).toMatchObject({ totalCalls: 3 });
		expect((await weights("operator", {}))[0]).toMatchObject({ totalCalls: 0 });
	});

	it("tells of models that have a score or were learnt of, whatever the routes are now", async () => {
		const store = memoryStore();
		const before = testGateway({ ...options, surfaces: ["prompt", "insights"], store });
		await ask(before, "/v1/prompt", { body: { prompt: "Hi", model: "smart" } });
		await ask(before, path, { method: "PUT", body: { weights: [score(0.3, "a/b#c", "gone")] } });
		const after = testGateway({ surfaces: ["insights"], store });
		const { weights } = (await ask(after, path)).json as { weights: { provider: string; model: string; totalCalls: number; score: number }[] };
		expect(weights.map(({ provider, model }) => `${provider}/${model}`).sort()).toEqual(expect.arrayContaining(["gone/a/b#c"]));
		expect(weights.find(({ provider }) => provider === "gone")?.score).toBeCloseTo(0.3);
		expect(weights.reduce((sum, { totalCalls }) => sum + totalCalls, 0)).toBe(1);
	});

	it("joins all credentials of a model", async () => {
		const gateway = testGateway({ providers: { sim: [simulator(), simulator()] }, routes: { smart: { strategy: "learned", targets: ["sim/echo"] } }, surfaces: ["prompt", "insights"] });
		for (let at = 0; at < 20; at++) await ask(gateway, "/v1/prompt", { body: { prompt: `Hi ${at}`, model: "smart" } });
		expect((await ask(gateway, path)).json.weights).toMatchObject([{ provider: "sim", model: "echo", totalCalls: 20 }]);
	});

	it.each([
		["a member of the project", "usr_bob", 200],
		["somebody else", "usr_eve", 404],
		["the operator", "operator", 200],
		["nobody", undefined, 401],
	])("is answered to who may see it: %s", async (_, who, status) => {
		const { call, named } = await town();
		expect((await call(who, "GET", path, undefined, named)).status).toBe(status);
		expect((await call(who, "GET", `${path}?projectId=${named["x-project-id"]}`)).status).toBe(status);
	});

	it("names what is wrong with the query", async () => {
		const { call } = await town();
		expect((await call("usr_ada", "GET", path)).json).toMatchObject({ code: "VALIDATION_ERROR", issues: [{ path: "projectId" }] });
		expect((await call("operator", "GET", `${path}?project=1`)).json).toMatchObject({ code: "VALIDATION_ERROR", issues: [{ path: "project" }] });
	});
});

describe("PUT /v1/weights", () => {
	it.each([
		["memory", () => memoryStore()],
		["SQLite", () => sqliteStore(":memory:")],
	])("puts scores, changes them and takes them away, and leaves the others (%s)", async (_, makeStore) => {
		const { put, weights, named } = await town({ store: makeStore() });
		expect(await put("usr_ada", score(0.85), score(0.2, "tools", "other"))).toMatchObject({ status: 200, json: { saved: 2 } });
		expect((await weights("usr_ada")).map((weight) => weight.score)).toEqual([0.85, 0.2]);
		expect((await put("operator", score(0.1))).json).toEqual({ saved: 1 });
		expect((await weights("usr_ada")).map((weight) => weight.score)).toEqual([0.1, 0.2]);
		const [untouched] = await weights("operator", {});
		await put("usr_ada", score(null));
		expect((await weights("usr_ada"))[0]?.score).not.toBe(0.1);
		expect((await weights("operator", {}))[0]).toEqual(untouched);
		expect((await put("usr_ada")).json).toEqual({ saved: 0 });
		expect(named["x-project-id"]).toMatch(/^prj_/);
	});

	it("takes back what GET gave, edited", async () => {
		const { call, weights, named } = await town();
		const given = await weights("usr_ada");
		const edited = given.map((weight) => ({ ...weight, score: 0.5, note: "mine" }));
		expect((await call("usr_ada", "PUT", path, { weights: edited }, named)).json).toEqual({ saved: 2 });
		expect((await weights("usr_ada")).map((weight) => weight.score)).toEqual([0.5, 0.5]);
	});

	it("decides at once whom a route that learns asks, and on another gateway within two seconds", async () => {
		const runtime = fakeRuntime();
		const store = memoryStore();
		const [here, there] = [1, 2].map(() => testGateway({ ...options, surfaces: ["prompt", "insights"], store, runtime }));
		if (here === undefined || there === undefined) throw new Error("There are two");
		const chosen = async (gateway: typeof here) => {
			const { json, headers } = await ask(gateway, "/v1/prompt", { body: { prompt: "Hi", model: "smart" }, headers: { "x-postern-explain": "true" } });
			return { provider: json.provider, reason: (JSON.parse(headers.get("x-postern-decision") ?? "{}") as { reason?: string }).reason };
		};
		await chosen(there);
		for (const provider of ["sim", "other"] as const) {
			const weights = [score(provider === "sim" ? 1 : 0, "echo", "sim"), score(provider === "sim" ? 0 : 1, "tools", "other")];
			await ask(here, path, { method: "PUT", body: { weights } });
			expect(await chosen(here)).toMatchObject({ provider });
			await runtime.advance(1000);
			await chosen(there);
			await runtime.advance(1000);
			expect(await chosen(there)).toMatchObject({ provider });
		}
	});

	it.each([
		["no JSON", "{", "Invalid JSON body", ""],
		["nothing", "", "Invalid JSON body", ""],
		["an array", [], "Invalid JSON body", ""],
		["no weights", {}, "Missing weights array", "weights"],
		["weights that are no array", { weights: { provider: "sim" } }, "Missing weights array", "weights"],
	])("says in the contract's words what is wrong: %s", async (_, body, message, field) => {
		const { call, named } = await town();
		const { status, json } = await call("usr_ada", "PUT", path, body, { ...named, "content-type": "application/json" });
		expect({ status, json }).toMatchObject({ status: 400, json: { error: message, code: "VALIDATION_ERROR", issues: [{ path: field }] } });
	});

	it.each([
		["a score above 1", score(1.01), "weights[0].score"],
		["a score below 0", score(-0.1), "weights[0].score"],
		["a score in words", { ...score(1), score: "good" }, "weights[0].score"],
		["no score", { provider: "sim", model: "echo" }, "weights[0].score"],
		["no model", { provider: "sim", score: 1 }, "weights[0].model"],
		["an empty provider", score(1, "echo", ""), "weights[0].provider"],
	])("names the field: %s", async (_, weight, field) => {
		const { put, weights } = await town();
		const before = await weights("usr_ada");
		expect(await put("usr_ada", weight, score(0.9))).toMatchObject({ status: 400, json: { code: "VALIDATION_ERROR", issues: [{ path: field }] } });
		expect(await weights("usr_ada")).toEqual(before);
	});

	it("keeps a thousand scores and no more", async () => {
		const { put } = await town();
		const many = Array.from({ length: 1000 }, (_, at) => score(0.5, `m${at}`));
		expect((await put("usr_ada", ...many, score(1))).json).toMatchObject({ code: "VALIDATION_ERROR", issues: [{ path: "weights" }] });
		expect((await put("usr_ada", ...many)).json).toEqual({ saved: 1000 });
		expect(await put("usr_ada", score(1))).toMatchObject({ status: 409, json: { code: "CONFLICT" } });
		expect((await put("usr_ada", score(null, "m1"), score(1), score(0.5))).json).toEqual({ saved: 3 });
	});

	it("is for the operator and admins of the project", async () => {
		const { put, key, weights, projectId, call } = await town();
		const before = await weights("usr_ada");
		expect((await put("usr_bob", score(0.9))).status).toBe(403);
		expect((await put("usr_eve", score(0.9))).status).toBe(404);
		expect((await put(key, score(0.9))).status).toBe(403);
		expect((await call(undefined, "PUT", path, { weights: [score(0.9)] })).status).toBe(401);
		expect((await call("usr_ada", "PUT", path, { weights: [score(0.9)] })).json).toMatchObject({ code: "VALIDATION_ERROR", issues: [{ path: "projectId" }] });
		expect((await call("operator", "PUT", `${path}?projectId=prj_none`, { weights: [score(0.9)] })).status).toBe(404);
		expect(await weights("usr_ada")).toEqual(before);
		expect((await call("usr_ada", "PUT", `${path}?projectId=${projectId}`, { weights: [score(0.9)] })).status).toBe(200);
		expect((await put("app:1@org_of_ada!admin", score(0.8))).status).toBe(200);
		expect((await put("app:1@org_of_ada", score(0.7))).status).toBe(403);
		expect((await weights("usr_ada"))[0]?.score).toBe(0.8);
	});

	it("asks which project is meant where query and header name two", async () => {
		const { call, named, projectId, weights } = await town();
		const before = await weights("usr_ada");
		for (const [method, body] of [["GET", undefined], ["PUT", { weights: [score(0.9)] }]] as const) {
			const refused = await call("usr_ada", method, `${path}?projectId=prj_other`, body, named);
			expect(refused).toMatchObject({ status: 400, json: { code: "VALIDATION_ERROR", issues: [{ path: "projectId" }] } });
			expect(refused.json.error).toContain("prj_other");
			expect(refused.json.error).toContain(projectId);
			expect((await call("usr_ada", method, `${path}?projectId=${projectId}`, body && { weights: [] }, named)).status).toBe(200);
		}
		expect(await weights("usr_ada")).toEqual(before);
	});

	it("is for the admins of an embedding app's project, which need not stand anywhere", async () => {
		const { call } = await town();
		expect((await call("app:1@acme/site!admin", "PUT", path, { weights: [score(0.9)] })).json).toEqual({ saved: 1 });
		expect((await call("app:2@acme/site!member", "GET", path)).json.weights).toMatchObject([score(0.9), {}]);
		expect((await call("app:2@acme/site!member", "PUT", path, { weights: [score(0.1)] })).status).toBe(403);
		expect((await call("app:3@umbrella/site!owner", "PUT", path, { weights: [score(0.1)] })).status).toBe(404);
	});

	it("is written down, with the models of the configuration and no text that somebody chose", async () => {
		const { put, call, projectId } = await town();
		await put("usr_ada", score(0.85), score(null, "tools", "other"), score(1, "sk-secret"));
		const { events } = (await call("usr_ada", "GET", "/v1/orgs/org_of_ada/audit")).json as { events: { action: string }[] };
		const [event, ...others] = events.filter(({ action }) => action === "weights.changed");
		expect(event).toMatchObject({ actor: { kind: "user", id: "usr_ada" }, projectId, target: projectId, details: { count: 3, scores: "sim/echo 0.85, other/tools none" } });
		expect(JSON.stringify(event)).not.toContain("sk-secret");
		expect(others).toEqual([]);
		await put("usr_ada");
		await call("operator", "PUT", path, { weights: [score(0.5, "sk-secret")] });
		const gateway = (await call("operator", "GET", "/v1/audit")).json as { events: unknown[] };
		expect(gateway.events[0]).toMatchObject({ action: "weights.changed", details: { count: 1 } });
	});

	it("goes with its project", async () => {
		const { put, call, projectId, store } = await town();
		await put("usr_ada", score(0.9));
		expect((await call("usr_ada", "DELETE", `/v1/projects/${projectId}`)).status).toBe(200);
		expect(await store.learning.listScores(projectId)).toEqual([]);
	});
});
