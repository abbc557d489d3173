import { describe, expect, it } from "vitest";
import { type Budget, type GatewayOptions, memoryStore, openaiCompatible, type Principal } from "../../src/index.ts";
import type { Send } from "../../src/rules/providers/transport.ts";
import { scriptedSend } from "../../src/testing/index.ts";
import { ask, send, testGateway } from "./support.ts";

const encoder = new TextEncoder();

/** A provider with the worst tokenizer that there can be: a token for every byte of the prompt. */
const worst: Send = async ({ body = "{}" }) => {
	const { messages } = JSON.parse(body) as { messages: { content: string }[] };
	const prompt_tokens = messages.reduce((sum, { content }) => sum + encoder.encode(content).length, 0);
	const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Yes" } }];
	const text = JSON.stringify({ id: "1", object: "chat.completion", created: 1, model: "large", choices, usage: { prompt_tokens, completion_tokens: 1, total_tokens: prompt_tokens + 1 } });
	const chunks = [encoder.encode(text)];
	return { status: 200, headers: { "content-type": "application/json" }, body: { read: async () => chunks.shift(), cancel: async () => {} } };
};

/** A caller with a budget of a day. */
function world(budget: Omit<Budget, "period">, upstream: Send, options: Partial<GatewayOptions> = {}) {
	const store = memoryStore();
	const party = { kind: "host", id: "party_1", rules: { budgets: [{ period: "day", ...budget }] } } as const;
	const identify = (): Principal => ({ kind: "host", id: "someone", limits: [party] });
	const gateway = testGateway({
		providers: { house: openaiCompatible({ baseUrl: "https://house.example/v1" }) },
		models: { house: { large: { prices: { input: 1, output: 2 }, maxOutputTokens: 50, contextWindow: 8000 } } },
		store,
		identify,
		surfaces: ["prompt", "openai"],
		runtime: { send: upstream },
		...options,
	});
	const spent = async () => (await store.limits.find(party, Date.now()))?.day;
	return { gateway, spent, prompt: (text: string) => ask(gateway, "/v1/prompt", { body: { prompt: text, model: "house/large", maxTokens: 10 } }) };
}

describe("a budget is not passed by dense prompts", () => {
	it.each([
		["Chinese", "今天天气很好，我们去公园散步吧。".repeat(10)],
		["emoji", "👩‍🚀🏳️‍🌈🧑🏽‍💻".repeat(12)],
		["base64", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeA".repeat(11)],
		["digits", "31415926535897932384626433832795".repeat(15)],
		["plain English", "The quick brown fox jumps over the lazy dog. ".repeat(11)],
	])("of %s, however many come at once", async (_, text) => {
		for (const budget of [{ tokens: 3000 }, { microUsd: 3000 }] as const) {
			const { prompt, spent } = world(budget, worst);
			const statuses = (await Promise.all(Array.from({ length: 30 }, () => prompt(text)))).map(({ status }) => status);
			expect(new Set(statuses)).toEqual(new Set([200, 402]));
			const { tokens, microUsd } = (await spent()) ?? {};
			const counted = "tokens" in budget ? tokens : microUsd;
			expect(counted?.spent).toBeGreaterThan(0);
			expect(counted?.spent).toBeLessThanOrEqual(3000);
			expect(counted?.held).toBe(0);
		}
	});

	it("counts what the provider told, and gives the rest of what was held back", async () => {
		const { prompt, spent } = world({ tokens: 3000 }, worst);
		expect((await prompt("今天")).status).toBe(200);
		expect((await spent())?.tokens).toEqual({ spent: 7, held: 0 });
	});

	it("holds no more of a prompt than the model's window takes", async () => {
		const { prompt } = world({ tokens: 8020 }, worst);
		expect((await prompt("x".repeat(50_000))).status).toBe(200);
	});

	it("counts all that a prompt can be where its caller leaves before anything is told", async () => {
		const { send: upstream } = scriptedSend({ instead: "silence" });
		const { gateway, spent } = world({ tokens: 3000 }, upstream);
		const controller = new AbortController();
		const asked = send(gateway, "/v1/prompt", { body: { prompt: "今天".repeat(100), model: "house/large", maxTokens: 10 }, signal: controller.signal });
		await expect.poll(async () => (await spent())?.tokens.held ?? 0).toBeGreaterThanOrEqual(600);
		controller.abort();
		await asked.catch(() => {});
		await expect.poll(async () => (await spent())?.tokens.held).toBe(0);
		expect((await spent())?.tokens.spent).toBeGreaterThanOrEqual(600);
	});

	it("refuses what can never fit, and says how much it may be", async () => {
		const { prompt } = world({ tokens: 200 }, worst);
		const refused = await prompt("今天".repeat(40));
		expect(refused).toMatchObject({ status: 402, json: { code: "BUDGET_EXCEEDED", error: expect.stringMatching(/smaller than the \d+ tokens that this request may use/) } });
	});
});
