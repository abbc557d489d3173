import { describe, expect, it } from "vitest";
import { type Gateway, type ObservedEvent, simulator } from "../../src/index.ts";
import { ask, send, testGateway, token } from "./support.ts";

/** Streams that stay open until they are let go. */
async function open(gateway: Gateway, path: string, count: number): Promise<(() => Promise<void>)[]> {
	return Promise.all(
		Array.from({ length: count }, async () => {
			const controller = new AbortController();
			const response = await send(gateway, path, { body: { prompt: "x", model: "sim/stall" }, signal: controller.signal });
			expect(response.status).toBe(200);
			const reader = response.body?.getReader();
			await reader?.read();
			return async () => {
				controller.abort();
				await reader?.cancel().catch(() => {});
			};
		}),
	);
}

describe("concurrent requests of the text surface", () => {
	it("are 3 streaming ones, as its document says; the next is told when to come back", async () => {
		const gateway = testGateway();
		const streams = await open(gateway, "/stream", 3);
		const refused = await ask(gateway, "/stream", { body: { prompt: "x" } });
		expect(refused).toMatchObject({ status: 429, json: { error: "Concurrency limit exceeded", code: "CONCURRENCY_LIMIT_ERROR" } });
		expect(refused.headers.get("retry-after")).toBe("5");
		expect((await ask(gateway, "/generate-text", { body: { prompt: "another class" } })).status).toBe(200);
		expect((await ask(gateway, "/v1/prompt", { body: { prompt: "another surface" } })).status).toBe(200);
		expect((await ask(gateway, "/health")).json.concurrency).toMatchObject({ streaming: { active: 3, limit: 3 } });
		await Promise.all(streams.map((leave) => leave()));
		await expect.poll(async () => (await ask(gateway, "/health")).json.concurrency).toMatchObject({ streaming: { active: 0 } });
	});

	it("0 refuses all", async () => {
		const gateway = testGateway({ limits: { nonStreaming: 0 } });
		expect((await ask(gateway, "/generate-text", { body: { prompt: "x" } })).status).toBe(429);
	});

	it("have no limit on other surfaces until one is set", async () => {
		const gateway = testGateway({ limits: { surfaces: { prompt: { streaming: 1 } } } });
		const streams = await open(gateway, "/v1/stream", 1);
		expect((await ask(gateway, "/v1/stream", { body: { prompt: "x" } })).status).toBe(429);
		await Promise.all(streams.map((leave) => leave()));
	});

	it.each(["error-500", "bad-request", "cut", "early-end", "garbage", "error-in-stream", "error-after-start", "stall", "never-starts", "unauthorized", "rate-limited"])(
		"come back after %s, whole and streamed",
		async (model) => {
			const gateway = testGateway({ providers: { sim: simulator() }, limits: { streaming: 1, nonStreaming: 1 }, clocks: { firstEventMs: 50, idleMs: 50, totalMs: 300 }, retry: { attemptsPerTarget: 2, baseDelayMs: 0, maxDelayMs: 0 } });
			for (let round = 0; round < 2; round++) {
				for (const path of ["/generate-text", "/stream"]) {
					const { status } = await ask(gateway, path, { body: { prompt: "x", model: `sim/${model}` } });
					expect([200, 400, 429, 502, 503, 504].filter((known) => known === status)).toEqual([status]);
					const concurrency = (await ask(gateway, "/health")).json.concurrency;
					expect(concurrency).toMatchObject({ streaming: { active: 0 }, nonStreaming: { active: 0 } });
				}
			}
			await gateway.close();
		},
	);
});

describe("an upload that breaks off", () => {
	it("is the caller's hang-up, not an internal error", async () => {
		const observed: ObservedEvent[] = [];
		const gateway = testGateway({ runtime: { observe: (event) => observed.push(event) } });
		const controller = new AbortController();
		const reply = await gateway.handle({
			method: "POST", path: "/v1/prompt", query: "", mountPath: "", signal: controller.signal, original: undefined,
			header: (name) => ({ "content-type": "application/json", authorization: `Bearer ${token}` })[name],
			async body() {
				controller.abort();
				throw new DOMException("The upload broke off", "AbortError");
			},
		});
		expect(reply.status).toBe(499);
		expect(observed).toMatchObject([{ type: "request-end", status: 499, errorCode: "CANCELLED" }]);
	});
});
