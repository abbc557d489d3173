import { describe, expect, it } from "vitest";
import { authorize } from "../../../src/effects/authorize.ts";
import { type KeyScopes, operations, type Principal, simulator } from "../../../src/index.ts";
import { testGateway, token } from "../../gateway/support.ts";
import { type TenancyWorld, tenancyWorld } from "./tenancy-world.ts";

const routes = { fast: ["sim/echo", "other/echo"], slow: ["other/slow"] };
const providers = { sim: simulator(), other: simulator() };

async function keyWith(scopes: KeyScopes, options: Parameters<typeof tenancyWorld>[0] = {}): Promise<{ world: TenancyWorld; key: string }> {
	const world = tenancyWorld({ providers, routes, ...options });
	const { json } = await world.call("operator", "POST", "/v1/projects", { name: "x", organisationId: "acme" });
	const { status, json: made } = await world.call("operator", "POST", `/v1/projects/${(json.project as { id: string }).id}/keys`, { scopes });
	expect(status).toBe(201);
	return { world, key: made.key as string };
}

const messages = [{ role: "user", content: "Hi" }];
const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
type Use = (model: string) => readonly [path: string, body: object];
/** How each operation that uses a model names it. */
const uses: Readonly<Record<string, Use>> = {
	prompt: (model) => ["/v1/prompt", { prompt: "Hi", model }],
	stream: (model) => ["/v1/stream", { prompt: "Hi", model }],
	generateText: (model) => ["/generate-text", { prompt: "Hi", model }],
	streamText: (model) => ["/stream", { prompt: "Hi", model }],
	createChatCompletion: (model) => ["/v1/chat/completions", { model, messages }],
	createResponse: (model) => ["/v1/responses", { model, input: "Hi" }],
	createEmbedding: (model) => ["/v1/embeddings", { model, input: "Hi" }],
	createMessage: (model) => ["/v1/messages", { model, messages, max_tokens: 9 }],
	countMessageTokens: (model) => ["/v1/messages/count_tokens", { model, messages }],
	generateContent: (model) => [`/v1beta/models/${model}:generateContent`, { contents }],
	streamGenerateContent: (model) => [`/v1beta/models/${model}:streamGenerateContent?alt=sse`, { contents }],
	countGeminiTokens: (model) => [`/v1beta/models/${model}:countTokens`, { contents }],
	embedContent: (model) => [`/v1beta/models/${model}:embedContent`, { content: { parts: [{ text: "Hi" }] } }],
	streamChat: (model) => ["/v1/chat/ui", { model, messages: [{ id: "1", role: "user", parts: [{ type: "text", text: "Hi" }] }] }],
};

describe("a key for certain models", () => {
	it.each(Object.keys(uses))("uses them, and no others: %s", async (operation) => {
		const { world, key } = await keyWith({ models: ["sim/*"] });
		const use: Use = uses[operation] ?? (() => ["", {}]);
		const status = async (model: string) => (await world.call(key, "POST", ...use(model))).status;
		expect(await status("sim/echo")).toBe(200);
		expect(await status("other/echo")).toBe(403);
		expect(await status("slow")).toBe(403);
		expect((await world.call("operator", "POST", ...use("other/echo"))).status).toBe(200);
	});

	it.each([
		[["sim/echo"], { "sim/echo": 200, "sim/slow": 403, fast: 200, slow: 403, echo: 200 }],
		[["fast"], { fast: 200, slow: 403, "sim/echo": 403, "other/echo": 403 }],
		[["*"], { fast: 200, "other/echo": 200 }],
		[["f*", "other/*"], { fast: 200, slow: 200, "other/echo": 200, "sim/echo": 403 }],
	])("%j", async (models, expected) => {
		const { world, key } = await keyWith({ models });
		for (const [model, status] of Object.entries(expected)) {
			expect([model, (await world.call(key, "POST", "/v1/prompt", { prompt: "Hi", model })).status]).toEqual([model, status]);
		}
	});

	it("answers by the part of a route that it may use", async () => {
		const { world, key } = await keyWith({ models: ["other/echo"] });
		expect((await world.call(key, "POST", "/generate-text", { prompt: "Hi", model: "fast" })).json.model).toBe("other/echo");
	});

	it("may not use the default either, nor a model by the field for its provider", async () => {
		const { world, key } = await keyWith({ models: ["other/*"] }, { defaultModel: "sim/echo" });
		expect(await world.call(key, "POST", "/v1/prompt", { prompt: "Hi" })).toMatchObject({ status: 403, json: { code: "FORBIDDEN" } });
		expect((await world.call(key, "POST", "/v1/prompt", { prompt: "Hi", provider: "sim", model: "echo" })).status).toBe(403);
		expect((await world.call(key, "POST", "/v1/prompt", { prompt: "Hi", provider: "other", model: "echo" })).status).toBe(200);
	});

	it("sees them alone in every list of models", async () => {
		const { world, key } = await keyWith({ models: ["slow", "sim/echo"] });
		const list = async (who: string, path: string, headers = {}) => {
			const { json } = await world.call(who, "GET", path, undefined, headers);
			return ((json.data ?? json.models) as { id?: string; name?: string }[]).map(({ id, name }) => id ?? name?.replace("models/", ""));
		};
		for (const [path, headers] of [["/v1/models", {}], ["/v1/models", { "anthropic-version": "2023-06-01" }], ["/v1beta/models", {}]] as const) {
			expect(await list(key, path, headers)).toEqual(["fast", "slow", "sim/echo"]);
			expect((await list("operator", path, headers)).length).toBeGreaterThan(3);
		}
		expect((await world.call(key, "GET", "/v1/models/sim%2Fecho")).status).toBe(200);
		expect((await world.call(key, "GET", "/v1/models/other%2Fecho")).status).toBe(404);
		expect((await world.call(key, "GET", "/v1beta/models/other%2Fecho")).status).toBe(404);
	});
});

describe("a key for certain surfaces", () => {
	it("is of no use on others, each in its own form of error", async () => {
		const { world, key } = await keyWith({ surfaces: ["openai"] });
		for (const [operation, use] of Object.entries(uses)) {
			const { surface } = operations[operation as keyof typeof operations];
			expect([operation, (await world.call(key, "POST", ...use("sim/echo"))).status]).toEqual([operation, surface === "openai" ? 200 : 403]);
		}
		expect((await world.call(key, "GET", "/v1/models")).status).toBe(200);
		expect((await world.call(key, "GET", "/v1beta/models")).status).toBe(403);
		expect((await world.call(key, "GET", "/v1/projects")).status).toBe(403);
		expect((await world.call(key, "GET", "/health")).status).toBe(200);
		expect((await world.call(key, "POST", "/v1/messages", { model: "sim/echo", messages, max_tokens: 9 })).json).toMatchObject({ type: "error", error: { type: "permission_error" } });
	});
});

describe("a key for certain tools", () => {
	const tool = (name: string) => ({ type: "function", function: { name, parameters: { type: "object", properties: {} } } });
	const ask = (world: TenancyWorld, key: string, names: readonly string[]) =>
		world.call(key, "POST", "/v1/chat/completions", { model: "sim/echo", messages, tools: names.map(tool) });

	it("offers the model no others, whatever the gateway allows", async () => {
		const { world, key } = await keyWith({ tools: ["Read"] });
		expect((await ask(world, key, ["Read"])).status).toBe(200);
		expect((await ask(world, key, ["Read", "Bash"])).headers.get("x-postern-warnings")).toContain("tool");
		expect(await ask(world, key, ["Bash"])).toMatchObject({ status: 400, json: { error: { code: "no_tools_available" } } });
		expect((await ask(world, "operator", ["Bash"])).status).toBe(200);
	});

	it("cannot widen the gateway's own policy", async () => {
		const { world, key } = await keyWith({ tools: ["Bash"] }, { tools: { disallowed: ["Bash"] } });
		expect((await ask(world, key, ["Bash"])).status).toBe(400);
	});
});

describe("x-project-id", () => {
	it("agrees with the key's project, or is refused", async () => {
		const { world, key } = await keyWith({});
		const [project] = await world.store.tenancy.listProjects(["acme"]);
		const ask = async (id: string) => (await world.call(key, "POST", "/v1/prompt", { prompt: "Hi" }, { "x-project-id": id })).status;
		expect(await ask(project?.id ?? "")).toBe(200);
		expect(await ask("prj_other")).toBe(403);
	});

	it("chooses the project of a person, of the operator, of the app", async () => {
		const world = tenancyWorld();
		const { tenancy } = world.store;
		const organisationId = await world.person("usr_ada");
		await world.call("operator", "PUT", `/v1/orgs/${organisationId}/limits`, { requestsPerMinute: 99 });
		const { json } = await world.call("usr_ada", "POST", "/v1/projects", { name: "x" });
		const { id } = json.project as { id: string };
		await world.call("usr_ada", "PUT", `/v1/projects/${id}/limits`, { tokensPerMinute: 99_999 });
		const limits = [
			{ kind: "organisation", id: organisationId, rules: { requestsPerMinute: 99 } },
			{ kind: "project", id, rules: { tokensPerMinute: 99_999 } },
		];
		const memberships = await tenancy.listMemberships("usr_ada");
		const own = { kind: "host", id: "ada", rules: { concurrentRequests: 9 } } as const;
		const choose = (principal: Principal) => authorize(operations.prompt, principal, {}, id, tenancy);
		expect(await choose({ kind: "user", id: "usr_ada", memberships })).toEqual({ ok: true, value: { kind: "user", id: "usr_ada", memberships, projectId: id, organisationId, limits } });
		expect(await choose({ kind: "operator", id: "operator" })).toMatchObject({ ok: true, value: { projectId: id, limits } });
		expect(await choose({ kind: "host", id: "ada", organisationId })).toMatchObject({ ok: true, value: { projectId: id, limits } });
		expect(await choose({ kind: "host", id: "ada", organisationId, projectId: id, limits: [own] })).toMatchObject({ value: { limits: [own, ...limits] } });
		expect(await choose({ kind: "host", id: "eve", organisationId: "evil" })).toMatchObject({ ok: false, problem: { code: "NOT_FOUND" } });
		expect(await choose({ kind: "user", id: "usr_eve", memberships: [] })).toMatchObject({ ok: false, problem: { code: "NOT_FOUND", param: "x-project-id" } });
		expect((await world.call("usr_ada", "POST", "/v1/prompt", { prompt: "Hi" }, { "x-project-id": id })).status).toBe(200);
		expect((await world.call("usr_eve", "POST", "/v1/prompt", { prompt: "Hi" }, { "x-project-id": id })).status).toBe(404);
	});
});

describe("limits that are kept under an embedding app's project", () => {
	it("hold for its requests, beside what the app says; those of another's project do not", async () => {
		const { call, store } = tenancyWorld();
		const rules = { requestsPerMinute: 7 };
		await call("app:ada@acme/site!admin", "PUT", "/v1/projects/site/limits", rules);
		const ask = (principal: Principal) => authorize(operations.prompt, principal, {}, undefined, store.tenancy);
		expect(await ask({ kind: "host", id: "ada", organisationId: "acme", projectId: "site" })).toMatchObject({ value: { limits: [{ kind: "project", id: "site", rules }] } });
		const elsewhere: Principal = { kind: "host", id: "eve", organisationId: "evil", projectId: "site" };
		expect(await ask(elsewhere)).toEqual({ ok: true, value: elsewhere });
	});
});

describe("a key is carried in the way of every SDK", () => {
	it.each([
		["Authorization: Bearer", "/v1/chat/completions", { model: "sim/echo", messages }, (key: string) => ({ authorization: `Bearer ${key}` }), ""],
		["x-api-key", "/v1/messages", { model: "sim/echo", messages, max_tokens: 9 }, (key: string) => ({ "x-api-key": key }), ""],
		["x-goog-api-key", "/v1beta/models/sim%2Fecho:generateContent", { contents }, (key: string) => ({ "x-goog-api-key": key }), ""],
		["?key=", "/v1beta/models/sim%2Fecho:generateContent", { contents }, () => ({}), "?key="],
	])("%s", async (_, path, body, headers, query) => {
		const { world, key } = await keyWith({});
		const call = (text: string) => world.call(undefined, "POST", `${path}${query}${query === "" ? "" : text}`, body, headers(text));
		expect((await call(key)).status).toBe(200);
		const wrong = await call(`${key.slice(0, -1)}${key.endsWith("a") ? "b" : "a"}`);
		expect(wrong.status).toBeGreaterThanOrEqual(400);
		expect(wrong.text).not.toContain(key.slice(0, 20));
	});

	it("and begins as the gateway's options say; keys from before stay valid", async () => {
		const { world, key } = await keyWith({});
		const gateway = testGateway({ store: world.store, token, keyPrefix: "acme-live_", surfaces: ["openai", "accounts"] });
		const [project] = await world.store.tenancy.listProjects(["acme"]);
		const response = await gateway.fetch(
			new Request(`http://x/v1/projects/${project?.id}/keys`, { method: "POST", headers: { authorization: `Bearer ${token}` } }),
		);
		const made = (await response.json()) as { key: string; details: { prefix: string } };
		expect(made).toMatchObject({ key: expect.stringMatching(/^acme-live_\w{36}$/), details: { prefix: made.key.slice(0, 18) } });
		for (const each of [key, made.key]) {
			expect((await gateway.fetch(new Request("http://x/v1/models", { headers: { authorization: `Bearer ${each}` } }))).status).toBe(200);
		}
		expect(() => testGateway({ keyPrefix: "Acme" })).toThrow("keyPrefix");
	});
});
