import { describe, expect, it } from "vitest";
import { type GatewayOptions, memoryStore, simulator } from "../../src/index.ts";
import { ask, send, testGateway } from "./support.ts";

const prices = (input: number) => ({ prices: { input, output: input } });

/** A cheap model and a dear one, which say the same. */
function gateway(options: Partial<GatewayOptions> = {}) {
	return testGateway({
		providers: { cheap: simulator(), dear: simulator() },
		routes: { best: { targets: ["dear/echo", "cheap/echo"], strategy: "learned" }, first: ["dear/echo", "cheap/echo"] },
		models: { cheap: { echo: prices(1) }, dear: { echo: prices(60) } },
		surfaces: ["prompt", "text", "openai", "anthropic", "gemini", "ui", "insights"],
		...options,
	});
}
const explain = { "x-postern-explain": "true" };
const decisionOf = (headers: Headers) => JSON.parse(headers.get("x-postern-decision") ?? "null");
const messages = [{ role: "user", content: "Hi" }];

describe("a route that learns", () => {
	it("asks the cheaper of two that nothing else is known of", async () => {
		const { headers } = await ask(gateway(), "/v1/prompt", { headers: explain, body: { model: "best", prompt: "Hi" } });
		expect(decisionOf(headers)).toMatchObject({ answeredBy: "cheap/echo", strategy: "learned", context: expect.any(String) });
		expect(decisionOf(headers).scores.map(({ target }: { target: string }) => target)).toEqual(["dear/echo", "cheap/echo"]);
	});

	it("weighs by what the operator says: cost alone, or quality alone", async () => {
		const weighed = (weights: object) => gateway({ routes: { best: { targets: ["dear/echo", "cheap/echo"], strategy: "learned", weights } } });
		const scores = async (weights: object) => {
			const { headers } = await ask(weighed(weights), "/v1/prompt", { headers: explain, body: { model: "best", prompt: "Hi" } });
			const [dear, cheap] = decisionOf(headers).scores as [{ mean: number }, { mean: number }];
			return cheap.mean - dear.mean;
		};
		expect(await scores({ quality: 0, latency: 0, cost: 1 })).toBeGreaterThan(0.5);
		// The dearer is taken for the better one where nobody has said anything.
		expect(await scores({ quality: 1, latency: 0, cost: 0 })).toBeLessThan(0);
	});

	it("leaves a target that fails, and the record tells why it was asked", async () => {
		const store = memoryStore();
		const at = gateway({
			store, cooldown: false,
			routes: { best: { targets: ["dear/echo", "cheap/error-503"], strategy: "learned" } },
			models: { cheap: { "error-503": prices(1) }, dear: { echo: prices(60) } },
		});
		for (let round = 0; round < 20; round++) expect((await ask(at, "/v1/prompt", { body: { model: "best", prompt: "Hi" } })).status).toBe(200);
		const records = await store.listUsage();
		const asked = records.map(({ trace }) => trace?.attempts[0]?.target);
		expect(asked.slice(0, 8).filter((label) => label === "cheap/error-503").length).toBeLessThanOrEqual(2);
		expect(records[0]?.trace?.decision).toMatchObject({ strategy: "learned", context: expect.any(String), scores: [{ target: "dear/echo" }, { target: "cheap/error-503" }] });
	});

	it("learns how soon an answer came whose caller left in its midst, and hears no word on it", async () => {
		const at = gateway({
			routes: { best: { targets: ["dear/slow-50", "cheap/slow-50"], strategy: "learned" } },
			models: { cheap: { "slow-50": prices(1) }, dear: { "slow-50": prices(60) } },
		});
		const leave = new AbortController();
		const { headers, body } = await send(at, "/v1/chat/completions", { signal: leave.signal, body: { model: "best", messages, stream: true } });
		const reader = body?.getReader();
		await reader?.read();
		leave.abort();
		await reader?.cancel().catch(() => {});
		const requestId = headers.get("x-request-id") ?? "";
		await expect.poll(async () => (await ask(at, `/v1/requests/${requestId}`)).json["outcome"], { timeout: 20_000 }).toBe("cancelled");
		const { json } = await ask(at, "/v1/weights");
		expect(json["weights"]).toContainEqual(expect.objectContaining({ provider: "cheap", totalCalls: 1, avgLatencyMs: expect.toSatisfy((ms: number) => ms > 0) }));
		expect((await ask(at, "/v1/feedback", { body: { requestId, score: 1 } })).status).toBe(409);
	});

	it("stays with the target of a session's last turn", async () => {
		const at = gateway();
		const first = await ask(at, "/generate-text", { headers: explain, body: { model: "best", prompt: "Hi" } });
		for (let round = 0; round < 3; round++) {
			const next = await ask(at, "/generate-text", { headers: explain, body: { model: "best", prompt: "Hi", sessionId: first.json["sessionId"] } });
			expect(decisionOf(next.headers)).toMatchObject({ reason: "session", answeredBy: decisionOf(first.headers).answeredBy });
		}
	});
});

describe("why a target was asked", () => {
	it.each<[string, string, object]>([
		["prompt", "/v1/prompt", { model: "best", prompt: "Hi" }],
		["prompt, streamed", "/v1/stream", { model: "best", prompt: "Hi" }],
		["text", "/generate-text", { model: "best", prompt: "Hi" }],
		["text, streamed", "/stream", { model: "best", prompt: "Hi" }],
		["chat", "/v1/chat/completions", { model: "best", messages }],
		["chat, streamed", "/v1/chat/completions", { model: "best", messages, stream: true }],
		["responses", "/v1/responses", { model: "best", input: "Hi" }],
		["messages", "/v1/messages", { model: "best", messages, max_tokens: 9 }],
		["gemini", "/v1beta/models/best:generateContent", { contents: [{ role: "user", parts: [{ text: "Hi" }] }] }],
		["ui", "/v1/chat/ui", { model: "best", messages: [{ id: "1", role: "user", parts: [{ type: "text", text: "Hi" }] }] }],
	])("is told to who asks for it: %s", async (_, path, body) => {
		const at = gateway();
		const told = await ask(at, path, { headers: explain, body });
		expect(told.status).toBe(200);
		expect(decisionOf(told.headers)).toMatchObject({ strategy: "learned", scores: [{}, {}] });
		for (const silent of [{}, { "x-postern-explain": "0" }]) expect((await ask(at, path, { headers: silent, body })).headers.get("x-postern-decision")).toBe(null);
	});

	it("is told of every strategy, and of a fallback who answered", async () => {
		const at = gateway({ routes: { first: ["dear/error-503", "cheap/echo"] } });
		const { headers } = await ask(at, "/v1/prompt", { headers: explain, body: { model: "first", prompt: "Hi" } });
		expect(decisionOf(headers)).toEqual({ answeredBy: "cheap/echo", strategy: "priority", reason: "strategy" });
		const direct = await ask(at, "/v1/prompt", { headers: explain, body: { model: "cheap/echo", prompt: "Hi" } });
		expect(decisionOf(direct.headers)).toEqual({ answeredBy: "cheap/echo", strategy: "weighted", reason: "only" });
	});

	it.each([
		["whole", "/v1/chat/completions", { model: "first", messages }],
		["streamed", "/v1/chat/completions", { model: "first", messages, stream: true }],
	])("is told where nobody could answer: %s", async (_, path, body) => {
		const at = gateway({ routes: { first: ["dear/error-503", "cheap/error-503"] } });
		const asked = await ask(at, path, { headers: explain, body });
		expect(asked.status).toBe(503);
		expect(decisionOf(asked.headers)).toEqual({ strategy: "priority", reason: "strategy" });
		expect((await ask(at, path, { body })).headers.get("x-postern-decision")).toBe(null);
	});

	it("is ASCII", async () => {
		const at = gateway({ routes: { best: { targets: ["dear/echo", "cheap/modèle"], strategy: "learned", weights: { quality: 0, latency: 0, cost: 1 } } } });
		const { headers } = await ask(at, "/v1/prompt", { headers: explain, body: { model: "best", prompt: "Hi" } });
		expect(headers.get("x-postern-decision")).toMatch(/^[\x20-\x7e]+$/);
		expect(decisionOf(headers).scores[1].target).toBe("cheap/modèle");
	});

	it("is short however many targets there are", async () => {
		const at = gateway({ providers: { cheap: Array.from({ length: 80 }, () => simulator()), dear: simulator() } });
		const { headers } = await ask(at, "/v1/prompt", { headers: explain, body: { model: "best", prompt: "Hi" } });
		expect(headers.get("x-postern-decision")?.length).toBeLessThanOrEqual(4096);
		expect(decisionOf(headers)).toMatchObject({ strategy: "learned", context: expect.any(String) });
	});
});
