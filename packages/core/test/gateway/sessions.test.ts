import { describe, expect, it } from "vitest";
import { memoryStore, simulator } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/index.ts";
import type { Turn } from "../../src/index.ts";
import { ask, eventsOf, send, testGateway } from "./support.ts";

const words = (turns: readonly Turn[]) => turns.map(({ sequence, input }) => `${sequence} ${input.map(({ content }) => content.map((part) => ("text" in part ? part.text : "")).join("")).join(" ")}`);

describe.each([
	["memory", () => memoryStore()],
	["SQLite", () => sqliteStore(":memory:")],
])("sessions in %s", (_, makeStore) => {
	it("go on where they were left, with their instructions", async () => {
		const store = makeStore();
		const gateway = testGateway({ store });
		const first = await ask(gateway, "/generate-text", { body: { prompt: "one", system: "Be brief" } });
		const sessionId = first.json.sessionId as string;
		expect(sessionId).toMatch(/^ses_/);
		const second = await ask(gateway, "/stream", { body: { prompt: "two", sessionId } });
		expect(eventsOf(second.text)[0]).toEqual({ event: "session", data: { sessionId } });
		expect(words(await store.listTurns(sessionId))).toEqual(["1 Be brief one", "2 two"]);
		// The simulator counts a quarter of the characters it is sent: the history went along.
		const tokens = (result: unknown) => (result as { usage: { inputTokens: number } }).usage.inputTokens;
		const result = eventsOf(second.text).find(({ event }) => event === "result");
		expect(tokens(result?.data)).toBeGreaterThan(tokens(first.json));
		await gateway.close();
	});

	it("take two turns at once one after the other, and lose neither", async () => {
		const store = makeStore();
		const gateway = testGateway({ store, limits: { streaming: 50, nonStreaming: 50 } });
		const { json } = await ask(gateway, "/generate-text", { body: { prompt: "begin" } });
		const sessionId = json.sessionId as string;
		const prompts = Array.from({ length: 8 }, (_, index) => `turn ${index}`);
		const asked = await Promise.all(prompts.map((prompt, index) => ask(gateway, index % 2 === 0 ? "/generate-text" : "/stream", { body: { prompt, sessionId } })));
		expect(asked.every(({ status }) => status === 200)).toBe(true);
		const turns = await store.listTurns(sessionId);
		expect(turns.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expect(words(turns.slice(1)).map((line) => line.slice(2)).sort()).toEqual(prompts);
		await gateway.close();
	});

	it("do not keep a turn that failed, and take the next one", async () => {
		const store = makeStore();
		const gateway = testGateway({ store });
		const { json } = await ask(gateway, "/generate-text", { body: { prompt: "begin" } });
		const sessionId = json.sessionId as string;
		expect((await ask(gateway, "/generate-text", { body: { prompt: "x", sessionId, model: "sim/bad-request" } })).status).toBe(400);
		expect((await ask(gateway, "/stream", { body: { prompt: "x", sessionId, model: "sim/cut" } })).text).toContain("event: error");
		expect((await ask(gateway, "/generate-text", { body: { prompt: "after", sessionId } })).status).toBe(200);
		expect(words(await store.listTurns(sessionId))).toEqual(["1 begin", "2 after"]);
		await gateway.close();
	});
});

describe("a caller who leaves a session's turn", () => {
	it("lets the next one in, and its slot comes back", async () => {
		const sim = simulator();
		const store = memoryStore();
		const gateway = testGateway({ providers: { sim }, store, limits: { streaming: 1, nonStreaming: 1 } });
		const { json } = await ask(gateway, "/generate-text", { body: { prompt: "begin" } });
		const controller = new AbortController();
		const response = await send(gateway, "/stream", { body: { prompt: "x", sessionId: json.sessionId, model: "sim/stall" }, signal: controller.signal });
		const reader = response.body?.getReader();
		await reader?.read();
		expect((await ask(gateway, "/stream", { body: { prompt: "no room" } })).status).toBe(429);
		controller.abort();
		await reader?.cancel().catch(() => {});
		await expect.poll(() => sim.active()).toBe(0);
		await expect.poll(async () => (await ask(gateway, "/stream", { body: { prompt: "room", sessionId: json.sessionId } })).status).toBe(200);
		expect((await store.listUsage()).some(({ outcome, status }) => outcome === "cancelled" && status === 499)).toBe(true);
	});
});
