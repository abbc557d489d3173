import { PosternError } from "@postern/client";
import { createInsightsClient } from "@postern/client/insights";
import { createGateway, simulator } from "@postern/core";
import { expect, test } from "vitest";

const now = Date.UTC(2026, 10, 22, 12);
const gateway = createGateway({
	providers: { sim: simulator() },
	models: { sim: { echo: { prices: { input: 1, output: 2 } } } },
	routes: { smart: { strategy: "learned", targets: ["sim/echo", "sim/tools"] } },
	surfaces: ["prompt", "insights"],
	auth: false,
	runtime: { now: () => now },
});
const client = createInsightsClient({ fetch: gateway.fetch });

test("every figure of a request by its typed method", async () => {
	const answer = await gateway.fetch(new Request("http://x/v1/prompt", { method: "POST", headers: { "content-type": "application/json" }, body: '{"prompt":"Hi"}' }));
	const { costUsd } = (await answer.json()) as { costUsd: number };
	const id = answer.headers.get("x-request-id") ?? "";
	const query = { from: "2026-11-22", to: "2026-11-22", tz: "Europe/Berlin" };

	const overview = await client.getOverview(query);
	expect(overview).toMatchObject({ totalRequests: 1, dailyUsed: 1, cacheHitRate: "0.0%", from: "2026-11-21T23:00:00.000Z", outcomes: { ok: 1, refused: 0 } });
	expect(overview.totalCostMicroUsd / 1e6).toBe(costUsd);
	expect((await client.getProviders(query)).providers).toMatchObject([{ provider: "sim", model: "echo", requestCount: 1, failedCount: 0 }]);
	expect((await client.getCache(query)).daily).toEqual([{ day: "2026-11-22", total: 1, cached: 0, boosted: 0, hitRate: 0, saved: 0 }]);
	expect((await client.getRoutes({ ...query, limit: 5 })).routes).toMatchObject([{ route: null, provider: "sim", model: "echo", day: "2026-11-22", requestCount: 1 }]);
	expect((await client.exportUsage(query)).split("\r\n")).toMatchObject([expect.stringMatching(/^id,started_at,/), expect.stringContaining(id), ""]);
	expect(await client.getRequest(id)).toMatchObject({ id, outcome: "ok", costUsd, decision: { reason: "only" }, attempts: [{ target: "sim/echo" }] });
});

test("what a router has learnt, read, edited and put back", async () => {
	const { weights } = await client.getWeights();
	expect(weights.map(({ provider, model, score }) => [provider, model, typeof score])).toEqual([["sim", "echo", "number"], ["sim", "tools", "number"]]);
	const put = { weights: weights.map((weight) => ({ ...weight, score: weight.model === "echo" ? 0.25 : null })) };
	expect(await client.putWeights(put)).toEqual({ saved: 2 });
	expect((await client.getWeights()).weights[0]?.score).toBe(0.25);
	expect(await client.putWeights(await client.getWeights())).toEqual({ saved: 2 });
	const badScore = client.putWeights({ weights: [{ provider: "sim", model: "echo", score: 2 }] });
	await expect(badScore).rejects.toMatchObject({ code: "VALIDATION_ERROR", issues: [{ path: "weights[0].score" }] });
});

test("a word on an answer", async () => {
	const answer = await gateway.fetch(new Request("http://x/v1/prompt", { method: "POST", headers: { "content-type": "application/json" }, body: '{"prompt":"Hi","model":"smart"}' }));
	const requestId = answer.headers.get("x-request-id") ?? "";
	expect(await client.postFeedback({ requestId, score: 0.9 })).toEqual({ saved: true });
	expect((await client.getRequest(requestId)).feedback).toEqual({ score: 0.9, at: new Date(now).toISOString() });
	await expect(client.postFeedback({ requestId: "req_none", score: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("what is not there is an error", async () => {
	await expect(client.getRequest("req_none")).rejects.toThrow(PosternError);
	await expect(client.exportUsage({ tz: "Mars" })).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
});
