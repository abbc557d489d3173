import { createClient } from "@postern/client";
import { createGateway, simulator } from "@postern/core";
import { afterAll, describe, expect, test } from "vitest";
import { collect, failureOf } from "./fake-fetch.ts";

let cancelled = 0;
const gateway = createGateway({
	providers: { sim: simulator({ onCancel: () => cancelled++ }) },
	token: "secret",
	retry: { baseDelayMs: 1, maxDelayMs: 1 },
	clocks: { idleMs: 200 },
	limits: { surfaces: { text: { streaming: 100, nonStreaming: 100 } } },
});
const client = createClient({ fetch: gateway.fetch, token: "secret" });
afterAll(() => gateway.close());

const messages = [{ role: "user" as const, content: "Hello\r\nworld" }];

describe("every operation answers", () => {
	test("meta", async () => {
		expect(await client.health()).toMatchObject({ status: "ok", service: "postern" });
		expect((await client.openApi()).openapi).toMatch(/^3\.1/);
	});

	test("prompt and stream say the same", async () => {
		for (const prompt of ["Hello", "[DONE]", "a\r\nb\rc\n\nd", "lone \ud83d surrogate", " spaces ", "日本語 😀"]) {
			const { text } = await client.prompt({ prompt, model: "sim/echo" });
			expect(text).toContain(prompt);
			expect((await collect(client.stream({ prompt, model: "sim/echo" }))).join("")).toBe(text);
		}
	});

	test("text in a session", async () => {
		const first = await client.generateText({ prompt: "One" });
		const answer = client.streamText({ prompt: "Two", sessionId: first.sessionId });
		const pieces = await collect(answer);
		expect(await answer.text).toBe(pieces.join(""));
		expect(await answer.sessionId).toBe(first.sessionId);
		expect((await answer.usage).totalTokens).toBeGreaterThan(0);
		expect(await answer.model).toContain("sim/");
	});

	test("objects", async () => {
		const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
		const request = { prompt: "Invent a person", model: "sim/json", schema };
		const { object } = await client.generateObject<{ name: string }>(request);
		expect(object.name).toBeTypeOf("string");
		const answer = client.streamObject<{ name: string }>(request);
		const partial = await collect(answer);
		expect(await answer.object).toEqual(partial.at(-1));
		expect((await answer.usage).totalTokens).toBeGreaterThan(0);
	});

	test("openai", async () => {
		const { openai } = client;
		const whole = await openai.createChatCompletion({ model: "sim/echo", messages });
		const chunks = await collect(openai.streamChatCompletion({ model: "sim/echo", messages }));
		const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
		expect(text).toBe(whole.choices[0]?.message.content);
		const { data } = await openai.listModels();
		expect(data.map(({ id }) => id)).toContain("sim/echo");
		expect(await openai.getModel("sim/echo")).toMatchObject({ id: "sim/echo", object: "model" });
	});

	test("anthropic", async () => {
		const { anthropic } = client;
		const request = { model: "sim/echo", max_tokens: 100, messages };
		const whole = await anthropic.createMessage(request);
		const events = await collect(anthropic.streamMessage(request));
		expect(whole.content[0]).toMatchObject({ type: "text", text: expect.stringContaining("Hello") });
		expect(events.at(0)?.type).toBe("message_start");
		expect(events.at(-1)?.type).toBe("message_stop");
		expect((await anthropic.countMessageTokens({ model: "sim/echo", messages })).input_tokens).toBeGreaterThan(0);
		expect((await anthropic.listModels()).data.length).toBeGreaterThan(0);
		expect(await anthropic.getModel("sim/echo")).toMatchObject({ id: "sim/echo", type: "model" });
	});
});

describe("errors", () => {
	test("of every surface", async () => {
		const stranger = createClient({ fetch: gateway.fetch, token: "wrong" });
		for (const call of [stranger.prompt({ prompt: "x" }), stranger.openai.listModels(), stranger.anthropic.listModels()]) {
			expect(await failureOf(call)).toMatchObject({ code: expect.stringMatching(/INVALID_TOKEN|FORBIDDEN/), requestId: expect.stringMatching(/^req_/) });
		}
		expect(await failureOf(client.prompt({ prompt: "" }))).toMatchObject({ code: "VALIDATION_ERROR", status: 400, issues: [{ path: "prompt" }] });
		expect(await failureOf(client.prompt({ prompt: "x", model: "nobody/x" }))).toMatchObject({ status: 404, code: "MODEL_NOT_FOUND" });
		expect(await failureOf(client.generateText({ prompt: "x", sessionId: "ses_none" }))).toMatchObject({ code: "SESSION_NOT_FOUND" });
		expect(await failureOf(client.openai.getModel("nobody/x"))).toMatchObject({ status: 404 });
		expect(await failureOf(client.prompt({ prompt: "x", model: "sim/rate-limited" }))).toMatchObject({ code: "RATE_LIMITED", status: 429 });
	});

	test.each(["cut", "early-end", "error-after-start", "stall"])("a stream that the provider breaks: sim/%s", async (name) => {
		const model = `sim/${name}`;
		const streams: readonly AsyncIterable<unknown>[] = [
			client.stream({ prompt: "x", model }),
			client.streamText({ prompt: "x", model }),
			client.openai.streamChatCompletion({ model, messages }),
			client.anthropic.streamMessage({ model, max_tokens: 100, messages }),
		];
		for (const items of streams) {
			const failure = await failureOf(collect(items));
			expect(failure).toMatchObject({ code: expect.stringMatching(/^(PROVIDER_|TIMEOUT_)/), requestId: expect.stringMatching(/^req_/) });
			expect(failure["status"]).toBeGreaterThanOrEqual(500);
		}
	});
});

test("leaving a stream cancels the provider", async () => {
	const before = cancelled;
	for await (const _ of client.stream({ prompt: "one two three four five", model: "sim/slow-50" })) break;
	await expect.poll(() => cancelled).toBe(before + 1);
});

test("aborting a silent call cancels the provider", async () => {
	const before = cancelled;
	const signal = AbortSignal.timeout(30);
	expect(await failureOf(client.prompt({ prompt: "x", model: "sim/never-starts" }, { signal }))).toMatchObject({ code: "ABORTED" });
	await expect.poll(() => cancelled).toBeGreaterThan(before);
});
