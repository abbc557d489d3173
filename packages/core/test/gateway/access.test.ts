import { describe, expect, it } from "vitest";
import { ConfigurationError, createGateway, memoryStore, simulator } from "../../src/index.ts";
import { ask, testGateway, token } from "./support.ts";

const chat = { model: "sim/echo", messages: [{ role: "user", content: "Hi" }] };
const bodies: Record<string, unknown> = {
	"/v1/prompt": { prompt: "Hi" },
	"/v1/stream": { prompt: "Hi" },
	"/generate-text": { prompt: "Hi" },
	"/stream": { prompt: "Hi" },
	"/v1/chat/completions": chat,
	"/v1/messages": { ...chat, max_tokens: 100 },
	"/v1/messages/count_tokens": chat,
};

describe("the operator's token", () => {
	const gateway = testGateway();
	describe.each(Object.keys(bodies))("%s", (path) => {
		const body = bodies[path];
		it("lets its holder in", async () => expect((await ask(gateway, path, { body })).status).toBe(200));
		it("is needed: 401", async () => expect((await ask(gateway, path, { body, headers: { authorization: undefined } })).status).toBe(401));
		it("must be right: 401, on the text surface 403", async () => {
			const wrong = await ask(gateway, path, { body, headers: { authorization: "Bearer wrong" } });
			expect(wrong.status).toBe(path.startsWith("/v1/") ? 401 : 403);
			expect(wrong.text).not.toContain("wrong");
			expect(wrong.text).not.toContain(token);
		});
		it("goes by x-api-key on Anthropic's surface only", async () => {
			const asked = await ask(gateway, path, { body, headers: { authorization: undefined, "x-api-key": token } });
			expect(asked.status).toBe(path.startsWith("/v1/messages") ? 200 : 401);
		});
	});

	it.each(["/health", "/openapi.json", "/openapi.yaml"])("%s needs none", async (path) => {
		expect((await ask(gateway, path, { headers: { authorization: undefined } })).status).toBe(200);
	});

	it.each([
		["/v1/chat/completions", { error: { code: "invalid_api_key", type: expect.any(String), message: expect.any(String), param: null } }],
		["/v1/messages", { type: "error", error: { type: "authentication_error" } }],
		["/generate-text", { code: "INVALID_TOKEN", error: "Invalid API key" }],
	])("%s tells of a wrong one in its own form", async (path, expected) => {
		expect((await ask(gateway, path, { body: bodies[path], headers: { authorization: "Bearer wrong" } })).json).toMatchObject(expected);
	});
});

describe("the embedding app's own login", () => {
	const identify = ({ header }: { header(name: string): string | undefined }) => {
		const user = header("x-user");
		return user === undefined ? undefined : ({ kind: "host", id: user } as const);
	};

	it("decides who may pass, and whose sessions and records they are", async () => {
		const store = memoryStore();
		const gateway = testGateway({ identify, store });
		const as = (user: string | undefined, body: object) => ask(gateway, "/generate-text", { body, headers: { authorization: undefined, "x-user": user } });
		expect((await as(undefined, { prompt: "Hi" })).status).toBe(401);
		const { json } = await as("ada", { prompt: "Hi" });
		expect((await as("ada", { prompt: "again", sessionId: json.sessionId })).status).toBe(200);
		expect(await as("eve", { prompt: "mine?", sessionId: json.sessionId })).toMatchObject({ status: 404, json: { code: "SESSION_NOT_FOUND" } });
		expect((await store.listUsage({ principalId: "ada" })).length).toBe(2);
	});

	it("makes nobody the operator by a name that somebody chose", async () => {
		const store = memoryStore();
		const gateway = testGateway({ identify, token, store });
		const asked = await ask(gateway, "/generate-text", { body: { prompt: "a secret" } });
		const asHost = (path: string, body?: object) => ask(gateway, path, { body, headers: { authorization: undefined, "x-user": "operator" } });
		expect(await asHost("/generate-text", { prompt: "again?", sessionId: asked.json.sessionId })).toMatchObject({ status: 404 });
		expect((await asHost("/generate-text", { prompt: "mine" })).status).toBe(200);
		expect((await store.listUsage({ principalId: "operator" })).length).toBe(1);
	});

	it("stands beside a token", async () => {
		const gateway = testGateway({ identify, token });
		expect((await ask(gateway, "/v1/prompt", { body: { prompt: "Hi" } })).status).toBe(200);
		expect((await ask(gateway, "/v1/prompt", { body: { prompt: "Hi" }, headers: { authorization: undefined, "x-user": "ada" } })).status).toBe(200);
	});

	it("that throws is a 500 without its words", async () => {
		const gateway = testGateway({ identify: () => Promise.reject(new Error("database password is hunter2")) });
		const { status, text } = await ask(gateway, "/v1/prompt", { body: { prompt: "Hi" } });
		expect(status).toBe(500);
		expect(text).not.toContain("hunter2");
	});
});

describe("no authentication", () => {
	const providers = { sim: simulator() };
	it("has to be chosen", () => {
		expect(() => createGateway({ providers })).toThrow(ConfigurationError);
		expect(() => createGateway({ providers })).toThrow(/token.*identify.*auth: false/);
	});
	it("may be chosen on purpose", async () => {
		const gateway = createGateway({ providers, auth: false });
		expect(gateway.warnings).toEqual([]);
		expect((await ask(gateway, "/v1/prompt", { body: { prompt: "Hi" }, headers: { authorization: undefined } })).status).toBe(200);
	});
	it("comes with a warning where the token is empty", async () => {
		const gateway = createGateway({ providers, token: "" });
		expect(gateway.warnings[0]).toContain("authentication is disabled");
		expect((await ask(gateway, "/v1/prompt", { body: { prompt: "Hi" }, headers: { authorization: "Bearer anything" } })).status).toBe(200);
	});
});

describe("a configuration that cannot work", () => {
	const providers = { sim: simulator() };
	it.each([
		["no providers", { providers: {} }, "providers"],
		["a provider's name with a slash", { providers: { "a/b": simulator() } }, "a/b"],
		["a route without targets", { routes: { fast: [] } }, "routes.fast"],
		["a route to nowhere", { routes: { fast: ["sim/echo", "nope/x"] } }, "routes.fast[1]"],
		["a target without a model", { routes: { fast: ["sim"] } }, "routes.fast[0]"],
		["a default that is no target", { defaultModel: "nope" }, "defaultModel"],
		["a surface twice", { surfaces: ["text", { id: "text", prefix: "/x" }] as const }, "text"],
		["an unknown surface", { surfaces: ["tex"] as never }, "tex"],
		["a crooked prefix", { surfaces: [{ id: "text", prefix: "x/" }] as const }, "prefix"],
		["a negative limit", { limits: { streaming: -1 } }, "limits.streaming"],
		["half a limit", { limits: { surfaces: { openai: { streaming: 1.5 } } } }, "limits.surfaces.openai.streaming"],
		["a clock at 0", { clocks: { idleMs: 0 } }, "clocks.idleMs"],
		["no attempts", { retry: { attemptsInAll: 0 } }, "retry.attemptsInAll"],
		["auth: false beside a token", { auth: false as const, token: "x" }, "auth"],
	])("%s is refused by name", (_, options, named) => {
		expect(() => createGateway({ providers, token: "t", ...options })).toThrow(ConfigurationError);
		expect(() => createGateway({ providers, token: "t", ...options })).toThrow(named);
	});
});
