import { describe, expect, it, test } from "vitest";
import { type Gateway, type GatewayOptions, memoryStore, simulator, type Store, surfaceIds, type UsageRecord } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/index.ts";
import { type FakeRuntime, fakeRuntime } from "../../src/testing/fake-runtime.ts";
import { temporaryFolder } from "../node/sqlite/temporary-folder.ts";
import { tenancyWorld } from "../surfaces/accounts/tenancy-world.ts";
import { type Asked, ask, testGateway } from "./support.ts";

const path = "/v1/feedback";
const prompt = { prompt: "Hi", model: "smart" };
const options: Partial<GatewayOptions> = {
	providers: { good: simulator(), bad: simulator() },
	routes: { smart: { strategy: "learned", targets: ["bad/echo", "good/echo"], weights: { quality: 1, latency: 0, cost: 0 } } },
	models: { bad: { echo: { prices: { input: 8, output: 8 } } }, good: { echo: { prices: { input: 1, output: 1 } } } },
	surfaces: ["prompt", "text", "openai", "insights"],
};
const idOf = ({ headers }: Asked) => headers.get("x-request-id") ?? "";

describe("POST /v1/feedback", () => {
	it("keeps the last word on an answer, which stands in its trace, and moves what is believed of the model", async () => {
		const gateway = testGateway({ ...options, routes: { smart: { strategy: "learned", targets: ["good/echo"] } } });
		const believed = async () => ((await ask(gateway, "/v1/weights")).json as { weights: { score: number }[] }).weights[0]?.score ?? Number.NaN;
		const answer = await ask(gateway, "/v1/prompt", { body: prompt });
		const trace = async () => (await ask(gateway, `/v1/requests/${idOf(answer)}`)).json;
		const before = await believed();
		expect(await trace()).not.toHaveProperty("feedback");
		expect(await ask(gateway, path, { body: { requestId: idOf(answer), score: 1 } })).toMatchObject({ status: 200, json: { saved: true } });
		expect(await trace()).toMatchObject({ feedback: { score: 1, at: expect.stringMatching(/^\d{4}-/) }, decision: { strategy: "learned", context: expect.any(String) } });
		const praised = await believed();
		expect(praised).toBeGreaterThan(before);
		await ask(gateway, path, { body: { requestId: idOf(answer), score: 0 } });
		expect(await trace()).toMatchObject({ feedback: { score: 0 } });
		const blamed = await believed();
		expect(blamed).toBeLessThan(before);
		// Said twice it counts once.
		await ask(gateway, path, { body: { requestId: idOf(answer), score: 0 } });
		expect(await believed()).toBeCloseTo(blamed, 6);
		await ask(gateway, path, { body: { requestId: idOf(answer), score: 1 } });
		expect(await believed()).toBeCloseTo(praised, 6);
	});

	it("takes the id as the first contract's answers spell it", async () => {
		const gateway = testGateway(options);
		const { json } = await ask(gateway, "/v1/prompt", { body: prompt });
		expect((await ask(gateway, path, { body: { request_id: json.request_id, score: 0.5 } })).json).toEqual({ saved: true });
	});

	it("is kept for answers of models that were asked by name, and teaches nothing then", async () => {
		const store = memoryStore();
		const gateway = testGateway({ ...options, store });
		const answer = await ask(gateway, "/v1/chat/completions", { body: { model: "good/echo", messages: [{ role: "user", content: "Hi" }] } });
		expect((await ask(gateway, path, { body: { requestId: idOf(answer), score: 0.5 } })).status).toBe(200);
		expect((await store.learning.findFeedback(idOf(answer)))?.score).toBe(0.5);
		expect(await store.learning.list(undefined)).toEqual([]);
	});

	it.each([
		["a score above 1", { requestId: "req_1", score: 1.5 }, "score"],
		["a score below 0", { requestId: "req_1", score: -1 }, "score"],
		["a score in words", { requestId: "req_1", score: "good" }, "score"],
		["no score", { requestId: "req_1" }, "score"],
		["no request", { score: 1 }, "requestId"],
		["an empty request", { requestId: "", score: 1 }, "requestId"],
		["two requests", { requestId: "req_1", request_id: "req_2", score: 1 }, "request_id"],
		["a field that is not known", { requestId: "req_1", score: 1, comment: "thanks" }, "comment"],
	])("names the field: %s", async (_, body, field) => {
		expect(await ask(testGateway(options), path, { body })).toMatchObject({ status: 400, json: { code: "VALIDATION_ERROR", issues: [{ path: field }] } });
	});

	it.each<[UsageRecord["outcome"], RegExp]>([
		["failed", /failed/],
		["refused", /refused/],
		["cancelled", /hung up/],
	])("is not taken for a request that %s", async (outcome, message) => {
		const store = memoryStore();
		const gateway = testGateway({ ...options, store });
		const whatItWas = { surface: "prompt", operation: "prompt", principalId: "operator", provider: "good", model: "echo", streamed: false, attempts: 1 } as const;
		await store.recordUsage({ id: "req_1", startedAt: 1, ...whatItWas, outcome, status: 502, usage: {}, durationMs: 1 });
		const refused = await ask(gateway, path, { body: { requestId: "req_1", score: 1 } });
		expect(refused).toMatchObject({ status: 409, json: { code: "CONFLICT", error: expect.stringMatching(message) } });
		expect(await store.learning.findFeedback("req_1")).toBe(undefined);
	});

	it("is not taken for an answer from the cache, but for the one that was made", async () => {
		const gateway = testGateway(options);
		const asked = () => ask(gateway, "/v1/prompt", { body: prompt, headers: { "x-postern-cache": "on" } });
		const made = await asked();
		const given = await asked();
		expect(given.headers.get("x-postern-cache")).toBe("hit");
		const refused = await ask(gateway, path, { body: { requestId: idOf(given), score: 1 } });
		expect(refused).toMatchObject({ status: 409, json: { error: `This answer was given again from the cache: judge the request that it was made for, ${idOf(made)}` } });
		expect((await ask(gateway, path, { body: { requestId: idOf(made), score: 1 } })).status).toBe(200);
	});

	it("names no request where a cached answer's record does not", async () => {
		const store = memoryStore();
		const gateway = testGateway({ ...options, store });
		const whatItWas = { surface: "prompt", operation: "prompt", principalId: "operator", provider: "good", model: "echo", streamed: false, attempts: 0 } as const;
		await store.recordUsage({ id: "req_1", startedAt: 1, ...whatItWas, outcome: "cached", cached: "exact", status: 200, usage: {}, durationMs: 1 });
		const refused = await ask(gateway, path, { body: { requestId: "req_1", score: 1 } });
		expect(refused).toMatchObject({ status: 409, json: { error: "This answer was given again from the cache: judge the request that it was made for" } });
	});

	it("is for whoever may see the request; for others there is none", async () => {
		const { call, person, join } = tenancyWorld({ ...options, surfaces: surfaceIds });
		for (const name of ["usr_ada", "usr_bob", "usr_eve"]) await person(name);
		await join("org_of_ada", "usr_bob", "member");
		const { apiKey } = (await call("usr_ada", "POST", "/v1/projects", { name: "Site" })).json as { apiKey: string };
		const { apiKey: another } = (await call("usr_eve", "POST", "/v1/projects", { name: "Site" })).json as { apiKey: string };
		const requestId = idOf(await call(apiKey, "POST", "/v1/prompt", prompt));
		const give = async (who: string | undefined, id = requestId) => call(who, "POST", path, { requestId: id, score: 1 });
		for (const who of [apiKey, "usr_ada", "usr_bob", "operator"]) expect((await give(who)).status).toBe(200);
		expect((await give(undefined)).status).toBe(401);
		const unknown = await give("operator", "req_none");
		expect(unknown).toMatchObject({ status: 404, json: { error: "Unknown request" } });
		for (const who of [another, "usr_eve"]) expect((await give(who)).json).toEqual({ ...unknown.json, requestId: expect.any(String) });
	});
});

describe("a route that learns from feedback", () => {
	const folder = temporaryFolder();
	let questions = 0;

	/** Prompts that differ, a second apart, each with somebody's word on the answer. @returns how many the good provider answered. */
	async function useFor(rounds: number, gateway: Gateway, runtime: FakeRuntime): Promise<number> {
		let good = 0;
		for (let round = 0; round < rounds; round++) {
			const answer = await ask(gateway, "/v1/prompt", { body: { ...prompt, prompt: `Question ${(questions += 1)}` } });
			const isGood = answer.json.provider === "good";
			expect((await ask(gateway, path, { body: { requestId: idOf(answer), score: isGood ? 0.9 : 0.2 } })).status).toBe(200);
			if (isGood) good += 1;
			await runtime.advance(1000);
		}
		return good;
	}

	/** What is thrown differs from throw to throw, and is the same in every run. */
	function world(store: Store, startAt = 1_790_000_000_000): { readonly gateway: Gateway; readonly runtime: FakeRuntime } {
		let throws = 0;
		const runtime = fakeRuntime({ startAt });
		const random = () => ((throws += 1) * 0.618_033_988_749_895) % 1;
		return { runtime, gateway: testGateway({ ...options, store, runtime: { ...runtime, random } }) };
	}

	test("prefers what people find good, still does after a restart, and on every gateway of the store", async () => {
		const file = folder.file("learned.db");
		const { gateway: first, runtime } = world(sqliteStore(file));
		// Before anybody has said anything the dearer one is taken for the better.
		expect(await useFor(1, first, runtime)).toBe(0);
		await useFor(39, first, runtime);
		expect(await useFor(20, first, runtime)).toBeGreaterThanOrEqual(17);
		const learnt = async (gateway: Gateway) => ((await ask(gateway, "/v1/weights")).json as { weights: { provider: string; score: number; totalCalls: number }[] }).weights;
		const before = await learnt(first);
		expect(before.reduce((sum, { totalCalls }) => sum + totalCalls, 0)).toBe(60);
		await first.close();

		const store = sqliteStore(file);
		const [second, third] = [world(store, runtime.now()), world(store, runtime.now())];
		for (const [at, weight] of (await learnt(second.gateway)).entries()) expect(weight).toEqual({ ...before[at], score: expect.closeTo(before[at]?.score ?? -1, 9) });
		// Never told by anybody itself, the third knows what the second was told.
		expect(await useFor(10, second.gateway, second.runtime)).toBeGreaterThanOrEqual(8);
		expect(await useFor(10, third.gateway, third.runtime)).toBeGreaterThanOrEqual(8);
		await second.gateway.close();
	});

	test("knows on one gateway what people said on the other, two seconds later", async () => {
		const store = memoryStore();
		const [here, there] = [world(store), world(store)];
		const choose = async () => (await ask(there.gateway, "/v1/prompt", { body: { ...prompt, prompt: `Question ${(questions += 1)}` } })).json.provider;
		expect(await choose()).toBe("bad");
		await useFor(40, here.gateway, here.runtime);
		await there.runtime.advance(1000);
		await choose();
		await there.runtime.advance(1000);
		const chosen: unknown[] = [];
		for (let round = 0; round < 10; round++) chosen.push(await choose());
		expect(chosen.filter((provider) => provider === "good").length).toBeGreaterThanOrEqual(8);
	});
});
