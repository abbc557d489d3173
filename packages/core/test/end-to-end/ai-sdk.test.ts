import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, isStepCount, type LanguageModel, Output, streamText, tool } from "ai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Door, doorKinds, openDoor, patient, pngBase64, providerNames } from "./door.ts";
import { rejection } from "./rejection.ts";

/** The AI SDK's providers that can stand before the gateway, by the surface they use. */
const modelMakers = {
	"@ai-sdk/openai": (door: Door, model: string): LanguageModel =>
		createOpenAI({ baseURL: `${door.origin}/v1`, apiKey: door.token, fetch: door.fetch }).chat(model),
	"@ai-sdk/openai (responses)": (door: Door, model: string): LanguageModel =>
		createOpenAI({ baseURL: `${door.origin}/v1`, apiKey: door.token, fetch: door.fetch }).responses(model),
	"@ai-sdk/openai-compatible": (door: Door, model: string): LanguageModel =>
		createOpenAICompatible({ name: "postern", baseURL: `${door.origin}/v1`, apiKey: door.token, fetch: door.fetch, includeUsage: true, supportsStructuredOutputs: true })(model),
	"@ai-sdk/anthropic": (door: Door, model: string): LanguageModel =>
		createAnthropic({ baseURL: `${door.origin}/v1`, apiKey: door.token, fetch: door.fetch })(model),
};

const tools = {
	get_weather: tool({
		description: "The weather of a city",
		inputSchema: z.object({ city: z.string(), days: z.int().positive() }),
		execute: async ({ city, days }) => `sunny in ${city} for ${days}`,
	}),
	get_time: tool({ inputSchema: z.object({}), execute: async () => "noon" }),
};

describe.each(doorKinds)("the AI SDK, %s", (kind) => {
	let door: Door;
	beforeAll(async () => {
		door = await openDoor(kind);
	});
	afterAll(() => door.close());

	describe.each(Object.entries(modelMakers))("by %s", (_, makeModel) => {
		describe.each(providerNames)("before the provider %s", (provider) => {
			const asked = (model: string) => ({ model: makeModel(door, `${provider}/${model}`), maxRetries: 0, maxOutputTokens: 500 });

			test("generateText", async () => {
				const { text, finishReason, usage } = await generateText({ ...asked("echo"), prompt: "What is a postern?" });
				expect(text).toMatch(/You said: What is a postern\?$/);
				expect(finishReason).toBe("stop");
				expect(usage).toMatchObject({ inputTokens: 5, outputTokens: 14 });
			});

			test("streamText", async () => {
				const result = streamText({ ...asked("echo"), prompt: "What is a postern?" });
				const deltas: string[] = [];
				for await (const delta of result.textStream) deltas.push(delta);
				expect(deltas.join("")).toMatch(/You said: What is a postern\?$/);
				expect(deltas.length).toBeGreaterThan(1);
				expect(await result.finishReason).toBe("stop");
				expect(await result.usage).toMatchObject({ inputTokens: 5, outputTokens: 14 });
			});

			test("tools run and their results go back, whole and streamed", async () => {
				const options = { ...asked("tools"), prompt: "Weather and time?", tools, stopWhen: isStepCount(3) };
				const whole = await generateText(options);
				const streamed = streamText(options);
				await streamed.consumeStream();
				for (const { steps, text } of [whole, { steps: await streamed.steps, text: await streamed.text }]) {
					expect(steps).toHaveLength(2);
					expect(steps[0]?.toolCalls.map(({ toolName, input }) => [toolName, input])).toEqual([
						["get_weather", { city: "simulated", days: 1 }],
						["get_time", {}],
					]);
					expect(text).toContain("sunny in simulated for 1");
					expect(text).toContain("noon");
				}
			});

			test("a structured object", async () => {
				const schema = z.object({ name: z.string(), age: z.int(), tags: z.array(z.string()) });
				const { output } = await generateText({ ...asked("json"), prompt: "Invent a person", output: Output.object({ schema }) });
				expect(schema.parse(output)).toMatchObject({ name: "simulated" });
			});

			test("an image", async () => {
				const { text } = await generateText({
					...asked("echo"),
					messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, { type: "file", data: Buffer.from(pngBase64, "base64"), mediaType: "image/png" }] }],
				});
				expect(text).toContain("(with image/png): What is this?");
			});

			test.each([
				["length", "length"],
				["refusal", "content-filter"],
			])("%s ends with %s", async (model, reason) => {
				expect((await generateText({ ...asked(model), prompt: "Hello" })).finishReason).toBe(reason);
			});

			test.each([
				["bad-request", 400, false],
				["no-such-model", 404, false],
				["rate-limited-30", 429, true],
				["error-500", 502, true],
				["overloaded", 503, true],
			] as const)("%s is an APICallError", async (model, statusCode, isRetryable) => {
				const error = await rejection(generateText({ ...asked(model), prompt: "Hello" }));
				expect(error).toBeInstanceOf(APICallError);
				expect(error).toMatchObject({ statusCode, isRetryable });
				if (statusCode === 429) expect((error as APICallError).responseHeaders).toMatchObject({ "retry-after": "30" });
			});

			test.each(["error-after-start", "cut", "early-end"])("%s is an error part behind the text", async (model) => {
				const result = streamText({ ...asked(model), prompt: "Hello", onError: () => undefined });
				const types: string[] = [];
				let text = "";
				for await (const part of result.fullStream) {
					if (part.type === "text-delta") text += part.text;
					types.push(part.type);
				}
				expect(text).toBe("The simulator says this much and then it");
				expect(types).toContain("error");
			});

			test("an abort cancels the upstream", async () => {
				const controller = new AbortController();
				const result = streamText({ ...asked("slow-50"), prompt: "Hello", abortSignal: controller.signal, onError: () => undefined });
				for await (const part of result.fullStream) if (part.type === "text-delta") controller.abort();
				await expect.poll(door.vendors.active, patient).toBe(0);
			});
		});
	});

	describe("reasoning", () => {
		const asked = () => ({
			model: modelMakers["@ai-sdk/anthropic"](door, "anthropic/reasoning"),
			maxRetries: 0,
			maxOutputTokens: 500,
			providerOptions: { anthropic: { thinking: { type: "enabled", budgetTokens: 1024 } } },
		});

		test("goes round with tools: its signature comes back to the vendor", async () => {
			const { steps, text } = await generateText({ ...asked(), prompt: "Weather?", tools, stopWhen: isStepCount(3) });
			expect(steps[0]?.reasoningText).toContain("The user says");
			expect(steps[0]?.toolCalls).toHaveLength(2);
			expect(text).toContain("sunny in simulated for 1");
			expect(text).toContain("1 of my thoughts came back");
		});

		test.each([...providerNames])("streams, also where %s has no signatures", async (provider) => {
			for (const model of [asked().model, modelMakers["@ai-sdk/openai-compatible"](door, `${provider}/reasoning`)]) {
				const result = streamText({ ...asked(), model, prompt: "Hello" });
				await result.consumeStream();
				expect(await result.reasoningText).toContain("The user says");
				expect(await result.text).toContain("You said: Hello");
			}
		});
	});
});
