import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV2, LanguageModelV3, LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart, ProviderV4 } from "@ai-sdk/provider";
import { APICallError, createProviderRegistry, customProvider, extractReasoningMiddleware, wrapLanguageModel } from "ai";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type AiSdkModel, type AiSdkOptions, type AiSdkProvider, ConfigurationError, createGateway, fromAiSdk, memoryStore, simulator } from "../../../src/index.ts";
import { ask, eventsOf, send, testGateway, token } from "../../gateway/support.ts";
import { parseSse, surfaceCases } from "../../end-to-end/surfaces.ts";

const usage = { inputTokens: { total: 100, noCache: 60, cacheRead: 40, cacheWrite: 0 }, outputTokens: { total: 5, text: 5, reasoning: 0 } };
const stopped = { finishReason: { unified: "stop", raw: "stop" }, usage } as const;
const words: LanguageModelV4StreamPart[] = [
	{ type: "text-start", id: "0" },
	{ type: "text-delta", id: "0", delta: "Hello " },
	{ type: "text-delta", id: "0", delta: "there" },
	{ type: "text-end", id: "0" },
];

/** Says "Hello there". */
function friendly(): MockLanguageModelV4 {
	return new MockLanguageModelV4({
		modelId: "friendly",
		doGenerate: async () => ({ content: [{ type: "text", text: "Hello there" }], warnings: [], ...stopped }),
		doStream: async () => ({ stream: convertArrayToReadableStream<LanguageModelV4StreamPart>([...words, { type: "finish", ...stopped }]) }),
	});
}
function failing(error: unknown): MockLanguageModelV4 {
	return new MockLanguageModelV4({ modelId: "failing", doGenerate: () => Promise.reject(error), doStream: () => Promise.reject(error) });
}
const apiError = (statusCode: number, responseHeaders: Record<string, string> = {}, responseBody = "{}") =>
	new APICallError({ message: "sk-secret-0123456789abcdef", url: "https://u.example", requestBodyValues: {}, statusCode, responseHeaders, responseBody });

const chat = (gateway: ReturnType<typeof testGateway>, model: string, body: object = {}) =>
	ask(gateway, "/v1/chat/completions", { body: { model, messages: [{ role: "user", content: "Hi" }], ...body } });

describe("what can be a provider", () => {
	it("is every model and every provider of the AI SDK, by its type", () => {
		expectTypeOf<LanguageModelV2>().toExtend<AiSdkModel>();
		expectTypeOf<LanguageModelV3>().toExtend<AiSdkModel>();
		expectTypeOf<LanguageModelV4>().toExtend<AiSdkModel>();
		expectTypeOf<ProviderV4>().toExtend<AiSdkProvider>();
		expectTypeOf(createOpenAI({ apiKey: "k" })).toExtend<AiSdkProvider>();
		expectTypeOf(createOpenAI({ apiKey: "k" }).chat).toExtend<AiSdkProvider>();
		expectTypeOf(createAnthropic({ apiKey: "k" })).toExtend<AiSdkProvider>();
		expectTypeOf(createOpenAICompatible({ name: "n", baseURL: "http://b.example" })).toExtend<AiSdkProvider>();
		expectTypeOf<string>().not.toExtend<AiSdkModel>();
		expectTypeOf<{ providerOptions: { openai: { store: false } } }>().toExtend<AiSdkOptions>();
	});

	it.each<[string, AiSdkModel | AiSdkProvider, string]>([
		["a model", friendly(), "friendly"],
		["a wrapped model", wrapLanguageModel({ model: friendly(), middleware: extractReasoningMiddleware({ tagName: "think" }) }), "friendly"],
		["a function", () => friendly(), "any/id"],
		["a custom provider", customProvider({ languageModels: { alias: friendly() } }), "alias"],
		["a registry", createProviderRegistry({ mock: customProvider({ languageModels: { alias: friendly() } }) }), "mock:alias"],
	])("%s answers through the gateway", async (_, source, id) => {
		const gateway = testGateway({ providers: { ai: fromAiSdk(source) } });
		expect((await chat(gateway, `ai/${id}`)).json).toMatchObject({ choices: [{ message: { content: "Hello there" } }] });
		const streamed = await chat(gateway, `ai/${id}`, { stream: true });
		expect(streamed.text).toContain("data: [DONE]");
		await gateway.close();
	});

	it.each(["v2", "v3"] as const)("is a model of version %s", async (specificationVersion) => {
		const isOld = specificationVersion === "v2";
		const ended = isOld
			? { finishReason: "stop", usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } }
			: { finishReason: { unified: "stop", raw: undefined }, usage: { inputTokens: { total: 3 }, outputTokens: { total: 2 } } };
		const image = { type: "file", mediaType: "image/png", data: Uint8Array.of(1, 2, 3) };
		const model: AiSdkModel = {
			specificationVersion,
			provider: "mock",
			modelId: "old",
			doGenerate: async () => ({ content: [{ type: "text", text: "Hello there" }, image], warnings: [], ...ended }),
			doStream: async () => ({ stream: convertArrayToReadableStream<unknown>([...words, image, { type: "finish", ...ended }]) }),
		};
		const gateway = testGateway({ providers: { ai: fromAiSdk(model) } });
		for (const stream of [false, true]) {
			const { text } = await chat(gateway, "ai/old", { stream, ...(stream ? { stream_options: { include_usage: true } } : {}) });
			expect(text).toContain("there");
			expect(text).toContain('"prompt_tokens":3,"completion_tokens":2');
		}
		await gateway.close();
	});

	it("is nothing else", () => {
		const old = { ...friendly(), specificationVersion: "v1", doGenerate: async () => ({}), doStream: friendly().doStream };
		expect(() => fromAiSdk(old)).toThrow(ConfigurationError);
		expect(() => fromAiSdk(old)).toThrow("v2, v3, v4; got v1");
		expect(() => fromAiSdk({} as never)).toThrow(ConfigurationError);
		expect(() => fromAiSdk(friendly(), { headers: { "bad header": "x" } })).toThrow(ConfigurationError);
	});
});

describe("models", () => {
	it("of a single model are its own id, or the names that it is given", async () => {
		const gateway = testGateway({ providers: { one: fromAiSdk(friendly()), two: fromAiSdk(friendly(), { models: ["fast", "smart"] }), many: fromAiSdk(() => friendly(), { models: ["gpt-5"] }) } });
		const { data } = (await ask(gateway, "/v1/models")).json as { data: { id: string }[] };
		expect(data.map(({ id }) => id)).toEqual(["one/friendly", "two/fast", "two/smart", "many/gpt-5"]);
		expect((await chat(gateway, "two/smart")).status).toBe(200);
		expect((await chat(gateway, "smart")).status).toBe(200);
		expect((await chat(gateway, "many/anything/else")).status).toBe(200);
		expect((await chat(gateway, "one/other")).status).toBe(404);
		await gateway.close();
	});

	it("that a provider does not know are not found", async () => {
		const gateway = testGateway({ providers: { ai: fromAiSdk(customProvider({ languageModels: { alias: friendly() } })) } });
		expect((await chat(gateway, "ai/other")).status).toBe(404);
		await gateway.close();
	});
});

describe("a request", () => {
	it("carries the options and headers of the provider", async () => {
		const model = friendly();
		const provider = fromAiSdk(model, { providerOptions: { openai: { serviceTier: "flex" } }, headers: { "x-own": "1" } });
		const gateway = testGateway({ providers: { ai: provider } });
		await chat(gateway, "ai/friendly", { user: "u", temperature: 0.5 });
		expect(model.doGenerateCalls).toMatchObject([{ temperature: 0.5, providerOptions: { openai: { user: "u", serviceTier: "flex" } }, headers: { "x-own": "1" } }]);
		await gateway.close();
	});

	it("asks for JSON in the prompt where the model takes no schema", async () => {
		const asked: LanguageModelV4CallOptions[] = [];
		const model = createOpenAICompatible({ name: "vendor", baseURL: "http://vendor.test/v1", fetch: async (_, init) => {
			asked.push(JSON.parse(String(init?.body)));
			return Response.json({ id: "1", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content: 'Here: {"a":1}' }, finish_reason: "stop" }] });
		} })("m");
		const gateway = testGateway({ providers: { ai: fromAiSdk(model) } });
		const schema = { type: "object", properties: { a: { type: "integer" } }, required: ["a"] };
		const { json } = await ask(gateway, "/generate-object", { body: { prompt: "Hi", schema } });
		expect(json).toMatchObject({ object: { a: 1 } });
		expect(asked).toMatchObject([{ response_format: { type: "json_object" }, messages: [{ role: "system", content: expect.stringContaining('"integer"') }, {}] }]);
		await gateway.close();
	});

	it("of a session brings the model's own state back", async () => {
		const state = { openai: { itemId: "rs_1" }, xai: { blob: "b" } };
		const model = new MockLanguageModelV4({
			modelId: "thinking",
			doGenerate: async () => ({ content: [{ type: "reasoning", text: "Hm", providerMetadata: state }, { type: "text", text: "Hi" }], warnings: [], ...stopped }),
		});
		const gateway = testGateway({ providers: { ai: fromAiSdk(model) }, store: memoryStore() });
		const { json } = await ask(gateway, "/generate-text", { body: { prompt: "one" } });
		await ask(gateway, "/generate-text", { body: { prompt: "two", sessionId: json.sessionId } });
		expect(model.doGenerateCalls[1]?.prompt).toMatchObject([
			{ role: "user" },
			{ role: "assistant", content: [{ type: "reasoning", text: "Hm", providerOptions: state }, { type: "text", text: "Hi" }] },
			{ role: "user", content: [{ text: "two" }] },
		]);
		await gateway.close();
	});
});

describe("an answer", () => {
	it("is counted and stands in the ledger", async () => {
		const store = memoryStore();
		const gateway = testGateway({ providers: { ai: fromAiSdk(friendly()) }, store });
		expect((await chat(gateway, "ai/friendly")).json).toMatchObject({ usage: { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 40 } } });
		const streamed = await chat(gateway, "ai/friendly", { stream: true, stream_options: { include_usage: true } });
		expect(streamed.text).toContain('"cached_tokens":40');
		const told = { provider: "ai", model: "friendly", outcome: "ok", usage: { inputTokens: 100, cachedInputTokens: 40, outputTokens: 5 } };
		expect(await store.listUsage()).toMatchObject([told, told]);
		await gateway.close();
	});

	it("may hold an image, for callers who can be given one", async () => {
		const image: LanguageModelV4StreamPart & { type: "file" } = { type: "file", mediaType: "image/png", data: { type: "data", data: Uint8Array.of(1, 2, 3) } };
		const model = new MockLanguageModelV4({
			modelId: "painter",
			doGenerate: async () => ({ content: [image], warnings: [], ...stopped }),
			doStream: async () => ({ stream: convertArrayToReadableStream<LanguageModelV4StreamPart>([image, { type: "finish", ...stopped }]) }),
		});
		const gateway = createGateway({ providers: { ai: fromAiSdk(model) }, token, surfaces: ["gemini"] });
		const contents = { contents: [{ role: "user", parts: [{ text: "Paint" }] }] };
		const inlineData = { inlineData: { mimeType: "image/png", data: "AQID" } };
		expect((await ask(gateway, "/v1beta/models/ai/painter:generateContent", { body: contents })).json).toMatchObject({ candidates: [{ content: { parts: [inlineData] } }] });
		expect((await ask(gateway, "/v1beta/models/ai/painter:streamGenerateContent?alt=sse", { body: contents })).text).toContain('"data":"AQID"');
		await gateway.close();
	});
});

describe.each(surfaceCases)("a failure before the $name surface", (surface) => {
	const asking = (gateway: ReturnType<typeof testGateway>, model: string, stream: boolean) => {
		const { path, body } = surface.ask(model, stream);
		return ask(gateway, path, { body });
	};

	it.each([
		["429", apiError(429, { "Retry-After": "30" }), 429],
		["401", apiError(401), 502],
		["500", apiError(500), 502],
		["503", apiError(503), 503],
		["400", apiError(400, {}, '{"error":{"message":"temperature is too hot"}}'), 400],
		["no connection", new TypeError("fetch failed"), 502],
		["a bug", new Error("sk-secret-0123456789abcdef"), 502],
	])("by %s is told by its status, and nothing else leaks", async (_, error, status) => {
		for (const stream of [false, true]) {
			const gateway = testGateway({ providers: { ai: fromAiSdk(failing(error)) }, retry: { attemptsPerTarget: 1 } });
			const answer = await asking(gateway, "ai/failing", stream);
			expect(answer.status).toBe(status);
			expect(answer.text).not.toContain("sk-secret");
			expect(answer.text).not.toContain("u.example");
			if (status === 429) expect(answer.headers.get("retry-after")).toBe("30");
			if (status === 400) expect(answer.text).toContain("temperature is too hot");
			await gateway.close();
		}
	});

	it("is answered by the next target, also out of a stream that has said nothing yet", async () => {
		const silent = new MockLanguageModelV4({
			modelId: "silent",
			doStream: async () => ({ stream: convertArrayToReadableStream<LanguageModelV4StreamPart>([{ type: "stream-start", warnings: [] }, { type: "error", error: { type: "error", error: { type: "overloaded_error" } } }]) }),
		});
		const gateway = testGateway({ providers: { ai: fromAiSdk(failing(apiError(500))), silent: fromAiSdk(silent), sim: simulator() }, routes: { fast: ["ai/failing", "silent/silent", "sim/echo"] }, retry: { attemptsPerTarget: 1 } });
		const answer = await asking(gateway, "fast", true);
		expect(answer.status).toBe(200);
		expect(surface.isComplete(parseSse(answer.text))).toBe(true);
		await gateway.close();
	});

	it.each([
		["an error part", [{ type: "error", error: { message: "sk-secret-0123456789abcdef", type: "server_error" } }]],
		["a stream that was interrupted", [{ type: "finish", finishReason: { unified: "interrupted", raw: undefined }, usage }]],
		["no end", []],
	] satisfies [string, LanguageModelV4StreamPart[]][])("after the first words by %s ends the stream with an error", async (_, rest) => {
		const model = new MockLanguageModelV4({ modelId: "m", doStream: async () => ({ stream: convertArrayToReadableStream<LanguageModelV4StreamPart>([...words, ...rest]) }) });
		const gateway = testGateway({ providers: { ai: fromAiSdk(model) } });
		const answer = await asking(gateway, "ai/m", true);
		expect(answer.status).toBe(200);
		expect(answer.text).toContain("there");
		expect(answer.text).not.toContain("sk-secret");
		expect(surface.isComplete(parseSse(answer.text))).toBe(false);
		expect(surface.terminalCode(parseSse(answer.text))).toBeDefined();
		await gateway.close();
	});
});

describe("a caller who hangs up", () => {
	it.each(["in the stream", "before it"])("stops the model: %s", async (when) => {
		const told: string[] = [];
		const model = new MockLanguageModelV4({
			modelId: "m",
			doStream: ({ abortSignal }) => {
				abortSignal?.addEventListener("abort", () => told.push("aborted"));
				if (when === "before it") return new Promise(() => undefined);
				return Promise.resolve({ stream: new ReadableStream<LanguageModelV4StreamPart>({ start: (controller) => words.slice(0, 2).forEach((part) => controller.enqueue(part)), cancel: () => void told.push("cancelled") }) });
			},
		});
		const gateway = testGateway({ providers: { ai: fromAiSdk(model) } });
		const controller = new AbortController();
		const answer = send(gateway, "/v1/chat/completions", { body: { model: "ai/m", stream: true, messages: [{ role: "user", content: "Hi" }] }, signal: controller.signal });
		if (when === "in the stream") await (await answer).body?.getReader().read();
		else await expect.poll(() => model.doStreamCalls.length).toBe(1);
		controller.abort();
		await expect.poll(() => told, { timeout: 10_000 }).toEqual(when === "in the stream" ? expect.arrayContaining(["aborted", "cancelled"]) : ["aborted"]);
		await answer.then((response) => response.text()).catch(() => undefined);
		await gateway.close({ deadlineMs: 0 });
	});
});

describe("the text surface", () => {
	it("tells what the request could not say", async () => {
		const gateway = testGateway({ providers: { ai: fromAiSdk(friendly(), { quirks: { unsupported: ["temperature"] } }) } });
		const { text } = await ask(gateway, "/stream", { body: { prompt: "Hi", temperature: 0.5 } });
		expect(eventsOf(text)).toContainEqual({ event: "warning", data: expect.objectContaining({ field: "settings.temperature" }) });
		await gateway.close();
	});
});
