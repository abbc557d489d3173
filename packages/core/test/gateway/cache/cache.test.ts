import { describe, expect, it } from "vitest";
import { type GatewayOptions, memoryStore } from "../../../src/index.ts";
import { ask as askGateway, testGateway } from "../support.ts";
import { world } from "./support.ts";

const body = { prompt: "How old is the wall?", model: "sim/echo" };
const state = (asked: { readonly headers: Headers }) => asked.headers.get("x-postern-cache");

describe("who asks for the cache", () => {
	const routes: GatewayOptions["routes"] = {
		kept: { targets: ["sim/echo"], cache: { ttlSeconds: 10 } },
		fresh: { targets: ["sim/echo"], cache: false },
		plain: ["sim/echo"],
	};
	it.each<[string, GatewayOptions["cache"], string, string | undefined, (string | null)[]]>([
		["nobody", undefined, "sim/echo", undefined, [null, null]],
		["the request", undefined, "sim/echo", "on", ["miss", "hit"]],
		["the request, by a directive alone", undefined, "sim/echo", "ttl=5", ["miss", "hit"]],
		["the route", undefined, "kept", undefined, ["miss", "hit"]],
		["the gateway", { ttlSeconds: 60 }, "sim/echo", undefined, ["miss", "hit"]],
		["the gateway, for a route that says nothing", { ttlSeconds: 60 }, "plain", undefined, ["miss", "hit"]],
		["the gateway, but not for this route", { ttlSeconds: 60 }, "fresh", undefined, [null, null]],
		["the request, where its route does not", { ttlSeconds: 60 }, "fresh", "on", ["miss", "hit"]],
		["the gateway, and the request does not want it", { ttlSeconds: 60 }, "sim/echo", "off", ["off", "off"]],
		["the gateway, and the request wants a new one", { ttlSeconds: 60 }, "sim/echo", "refresh", ["refresh", "refresh"]],
		["a request of a gateway without one", false, "sim/echo", "on", ["off", "off"]],
		["a route of a gateway without one", false, "kept", undefined, [null, null]],
	])("%s", async (_, cache, model, header, expected) => {
		const { gateway, calls } = world({ routes, ...(cache === undefined ? {} : { cache }) });
		const asked = () => askGateway(gateway, "/v1/prompt", { body: { ...body, model }, headers: { "x-postern-cache": header } });
		expect([state(await asked()), state(await asked())]).toEqual(expected);
		expect(calls()).toBe(expected[1] === "hit" ? 1 : 2);
	});

	it.each(["/v1/prompt", "/v1/stream", "/v1/messages"])("%s: a header that says nonsense is told so", async (path) => {
		const { ask, calls } = world();
		const request = path === "/v1/messages" ? { model: "sim/echo", max_tokens: 5, messages: [{ role: "user", content: "x" }] } : body;
		const refused = await ask(path, { body: request, cache: "sometimes" });
		expect([refused.status, calls()]).toEqual([400, 0]);
		expect(refused.text).toContain("x-postern-cache");
		expect(refused.text).toContain("sometimes");
	});
});

describe("how long", () => {
	it("an answer is kept for its time, and tells its age", async () => {
		const { ask, calls, passTime } = world();
		await ask("/v1/prompt", { body, cache: "ttl=60" });
		passTime(59_400);
		const hit = await ask("/v1/prompt", { body, cache: "ttl=60" });
		expect([state(hit), hit.headers.get("age")]).toEqual(["hit", "59"]);
		passTime(600);
		expect(state(await ask("/v1/prompt", { body, cache: "ttl=60" }))).toBe("miss");
		expect(calls()).toBe(2);
	});

	it("a request takes none that is older than it says, though others may have it", async () => {
		const { ask, passTime } = world();
		await ask("/v1/prompt", { body, cache: "ttl=3600" });
		passTime(120_000);
		expect(state(await ask("/v1/prompt", { body, cache: "ttl=3600" }))).toBe("hit");
		expect(state(await ask("/v1/prompt", { body, cache: "ttl=60" }))).toBe("miss");
	});

	it("is five minutes where nobody says", async () => {
		const { ask, passTime } = world();
		await ask("/v1/prompt", { body });
		passTime(299_999);
		expect(state(await ask("/v1/prompt", { body }))).toBe("hit");
		passTime(1);
		expect(state(await ask("/v1/prompt", { body }))).toBe("miss");
	});

	it("a refresh replaces what was kept", async () => {
		const { ask, calls, passTime } = world();
		await ask("/v1/prompt", { body });
		passTime(100_000);
		expect(state(await ask("/v1/prompt", { body, cache: "refresh" }))).toBe("refresh");
		expect((await ask("/v1/prompt", { body })).headers.get("age")).toBe("0");
		expect(calls()).toBe(2);
	});

	it("no longer than there is room", async () => {
		const { ask } = world({ cache: { maxEntries: 2 } });
		for (const prompt of ["a", "b", "a", "c"]) await ask("/v1/prompt", { body: { ...body, prompt } });
		const states = [];
		for (const prompt of ["a", "c", "b"]) states.push(state(await ask("/v1/prompt", { body: { ...body, prompt } })));
		expect(states).toEqual(["hit", "hit", "miss"]);
	});
});

describe("what is kept", () => {
	const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }];
	const messages = [{ role: "user", content: "What is the weather in Bern?" }];
	it.each<[string, string, string, object, string, string]>([
		["an answer that calls tools, only where that is asked for", "/v1/chat/completions", "on", { model: "sim/tools", messages, tools }, "miss", "miss"],
		["an answer that calls tools, where it is", "/v1/chat/completions", "on, tool-calls", { model: "sim/tools", messages, tools }, "miss", "hit"],
		["no refusal", "/v1/chat/completions", "on", { model: "sim/refusal", messages }, "miss", "miss"],
		["no answer that is cut", "/v1/chat/completions", "on", { model: "sim/length", messages }, "miss", "miss"],
		["an answer at any temperature, with the thoughts before it", "/v1/chat/completions", "on", { model: "sim/reasoning", messages, temperature: 1.5 }, "miss", "hit"],
		["nothing where the provider searches the web", "/v1/chat/completions", "on", { model: "sim/echo", messages, web_search_options: {} }, "off", "off"],
		["nothing where the provider runs a tool", "/v1/messages", "on", { model: "sim/echo", max_tokens: 50, messages, tools: [{ type: "web_search_20250305", name: "web_search" }] }, "off", "off"],
	])("%s", async (_, path, cache, request, first, second) => {
		const { ask } = world();
		for (const stream of [false, true]) {
			const fresh = await ask(path, { body: { ...request, stream, ...(stream ? { user: "streamer" } : {}) }, cache });
			const again = await ask(path, { body: { ...request, stream, ...(stream ? { user: "streamer" } : {}) }, cache });
			expect([fresh.status, state(fresh), again.status, state(again)]).toEqual([200, first, 200, second]);
		}
	});

	it("objects that were reviewed, for requests that review", async () => {
		const { ask, calls } = world();
		const object = { prompt: "A city", model: "sim/json", schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false } };
		const first = await ask("/generate-object", { body: object });
		const second = await ask("/generate-object", { body: object });
		const streamed = await ask("/stream-object", { body: object });
		expect([state(first), state(second), state(streamed), calls()]).toEqual(["miss", "hit", "hit", 1]);
		expect(second.json.object).toEqual(first.json.object);
		expect(streamed.text).toContain("event: object");
	});

	it("the first turn of a session, which is a session of its own; never what continues one", async () => {
		const { ask } = world();
		const first = await ask("/generate-text", { body });
		const second = await ask("/generate-text", { body });
		expect([state(first), state(second)]).toEqual(["miss", "hit"]);
		expect(second.json.sessionId).not.toBe(first.json.sessionId);
		for (const { json } of [first, second]) {
			const next = await ask("/generate-text", { body: { ...body, prompt: "And now?", sessionId: json.sessionId } });
			expect([next.status, state(next)]).toEqual([200, "off"]);
		}

		const responses = [await ask("/v1/responses", { body: { model: "sim/echo", input: "Hello" } }), await ask("/v1/responses", { body: { model: "sim/echo", input: "Hello" } })];
		expect(responses.map(state)).toEqual(["miss", "hit"]);
		const continued = await ask("/v1/responses", { body: { model: "sim/echo", input: "On", previous_response_id: responses[1]?.json.id } });
		expect([continued.status, state(continued)]).toEqual([200, "off"]);
	});
});

describe("whose", () => {
	it("two keys of a project share; projects and lone callers do not", async () => {
		const who: Record<string, { id: string; projectId?: string }> = { ann: { id: "ann", projectId: "prj_1" }, bob: { id: "bob", projectId: "prj_1" }, cid: { id: "cid", projectId: "prj_2" }, dan: { id: "dan" }, eve: { id: "eve" }, fay: { id: "prj_1" } };
		const { ask } = world({ identify: ({ header }) => ({ kind: "host", ...(who[header("x-who") ?? ""] ?? { id: "nobody" }) }) });
		const states = [];
		for (const name of ["ann", "bob", "cid", "dan", "eve", "fay", "dan"]) states.push(state(await ask("/v1/prompt", { body, headers: { "x-who": name } })));
		expect(states).toEqual(["miss", "hit", "miss", "miss", "miss", "miss", "hit"]);
	});

	it("a key that may use other models of a route, or other tools, is answered for itself", async () => {
		const scopes: Record<string, { models?: string[]; tools?: string[] }> = { all: {}, one: { models: ["sim/echo"] }, tools: { tools: ["get_weather"] } };
		const { ask } = world({
			routes: { two: ["sim/echo", "sim/reasoning"] },
			identify: ({ header }) => ({ kind: "host", id: "team", projectId: "prj_1", scopes: scopes[header("x-who") ?? "all"] ?? {} }),
		});
		const states = [];
		for (const name of ["all", "one", "tools", "all"]) states.push(state(await ask("/v1/prompt", { body: { ...body, model: "two" }, headers: { "x-who": name } })));
		expect(states).toEqual(["miss", "miss", "miss", "hit"]);
	});
});

describe("the ledger", () => {
	it("has a line for each answer from the cache, which cost nothing and tells what it saved", async () => {
		const { ask, records, passTime } = world();
		const request = { model: "sim/echo", messages: [{ role: "user", content: "x" }] };
		for (const more of [{}, {}, { stream: true }]) {
			await ask("/v1/chat/completions", { body: { ...request, ...more } });
			passTime(1);
		}
		const lines = (await records()).toReversed();
		expect(lines.map(({ outcome, cached, status, attempts, streamed }) => ({ outcome, cached, status, attempts, streamed }))).toEqual([
			{ outcome: "ok", cached: undefined, status: 200, attempts: 1, streamed: false },
			{ outcome: "cached", cached: "exact", status: 200, attempts: 0, streamed: false },
			{ outcome: "cached", cached: "exact", status: 200, attempts: 0, streamed: true },
		]);
		expect(lines[0]?.costMicroUsd).toBeGreaterThan(0);
		expect(lines.slice(1).map(({ costMicroUsd, usage, provider, model }) => ({ costMicroUsd, usage, provider, model }))).toEqual(
			[1, 2].map(() => ({ costMicroUsd: 0, usage: lines[0]?.usage, provider: "sim", model: "echo" })),
		);
	});

	it("uses nothing of a budget, of requests a minute or of places", async () => {
		const party = { kind: "host", id: "party_1", rules: { requestsPerMinute: 1 } } as const;
		const { ask, gateway } = world({ identify: () => ({ kind: "host", id: "someone", limits: [party] }), limits: { surfaces: { prompt: { nonStreaming: 1 } } } });
		const states = [];
		for (let time = 0; time < 4; time++) states.push(state(await ask("/v1/prompt", { body })));
		expect(states).toEqual(["miss", "hit", "hit", "hit"]);
		expect((await askGateway(gateway, "/v1/prompt", { body: { ...body, prompt: "other" } })).status).toBe(429);
	});

	it("that cannot write ends an answer from the cache as it ends any other", async () => {
		const store = memoryStore();
		let isBroken = false;
		const recordUsage: typeof store.recordUsage = (record) => (isBroken ? Promise.reject(new Error("disk full")) : store.recordUsage(record));
		const { ask } = world({ store: { ...store, recordUsage } });
		await ask("/v1/prompt", { body });
		isBroken = true;
		expect((await ask("/v1/prompt", { body })).status).toBe(500);
		const stream = await ask("/v1/stream", { body });
		expect(stream.text).toContain("event: error");
		expect(stream.text).not.toContain("[DONE]");
	});
});

it("shows pages of other origins what the cache did", async () => {
	const { ask } = world({ cors: { origins: ["https://app.example.com"] } });
	await ask("/v1/prompt", { body });
	const hit = await ask("/v1/prompt", { body, headers: { origin: "https://app.example.com" } });
	expect(hit.headers.get("access-control-expose-headers")?.split(", ")).toEqual(expect.arrayContaining(["x-postern-cache", "age"]));
});

describe("options that make no sense", () => {
	it.each<[unknown, string]>([
		[{ ttlSeconds: 0 }, "cache.ttlSeconds"],
		[{ ttlSeconds: 1.5 }, "cache.ttlSeconds"],
		[{ ttlSeconds: 2_592_001 }, "cache.ttlSeconds"],
		[{ toolCalls: "yes" }, "cache.toolCalls"],
		[{ maxEntries: 0 }, "cache.maxEntries"],
		[{ maxBytes: -1 }, "cache.maxBytes"],
		[{ ttl: 5 }, "cache.ttl"],
		[{ semantic: { model: "sim" } }, "cache.semantic.model"],
		[{ semantic: { model: "nobody/x" } }, "cache.semantic.model"],
		[{ semantic: { model: "sim/echo", threshold: 1.5 } }, "cache.semantic.threshold"],
	])("%j", (cache, place) => {
		expect(() => testGateway({ cache: cache as GatewayOptions["cache"] & object })).toThrow(place);
	});
	it.each<[unknown, string]>([
		[true, "routes.fast.cache"],
		[{ ttlSeconds: "5" }, "routes.fast.cache.ttlSeconds"],
		[{ maxEntries: 5 }, "routes.fast.cache.maxEntries"],
	])("of a route: %j", (cache, place) => {
		expect(() => testGateway({ routes: { fast: { targets: ["sim/echo"], cache: cache as never } } })).toThrow(place);
	});
});
