import { describe, expect, test } from "vitest";
import { memoryStore, simulator } from "../../src/index.ts";
import { ask, testGateway, token } from "./support.ts";

const models = { sim: { echo: { prices: { input: 1, output: 2 } } } };
const surfaces = ["meta", "prompt", "text", "openai", "anthropic", "gemini", "ui", "accounts", "insights"] as const;
const prompt = { prompt: "Explain recursion", model: "sim/echo" };

describe("the cost of an answer", () => {
	const gateway = testGateway({ models, surfaces });

	test.each([
		["/v1/prompt", prompt, "costUsd"],
		["/generate-text", prompt, "costUsd"],
		["/v1/chat/completions", { model: "sim/echo", messages: [{ role: "user", content: "Hi" }] }, undefined],
		["/v1/responses", { model: "sim/echo", input: "Hi" }, undefined],
		["/v1/messages", { model: "sim/echo", max_tokens: 100, messages: [{ role: "user", content: "Hi" }] }, undefined],
		["/v1beta/models/sim/echo:generateContent", { contents: [{ parts: [{ text: "Hi" }] }] }, undefined],
		["/v1/embeddings", { model: "sim/echo", input: "Hi" }, undefined],
	])("%s tells it in a header", async (path, body, field) => {
		const answer = await ask(gateway, path, { body });
		expect(answer.status).toBe(200);
		expect(answer.headers.get("x-postern-cost-usd")).toMatch(/^0\.\d{6}$/);
		const cost = Number(answer.headers.get("x-postern-cost-usd"));
		expect(cost).toBeGreaterThan(0);
		if (field === undefined) expect(answer.text).not.toContain("cost");
		else expect(answer.json[field]).toBe(cost);
	});

	test("streams tell it at their end, where that has a place", async () => {
		const { text } = await ask(gateway, "/stream", { body: prompt });
		expect(text).toMatch(/event: result\ndata: .*"costUsd":0\.0000\d\d/);
		const chat = await ask(gateway, "/v1/chat/ui", { body: { model: "sim/echo", messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }] } });
		expect(chat.text).toMatch(/"type":"finish".*"costUsd":0\.0000\d\d/);
	});

	test("is not told where nobody knows it", async () => {
		const answer = await ask(testGateway(), "/v1/prompt", { body: prompt });
		expect(answer.headers.get("x-postern-cost-usd")).toBe(null);
		expect(answer.json).not.toHaveProperty("costUsd");
	});
});
