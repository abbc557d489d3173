import { getEventListeners } from "node:events";
import type { LanguageModelV2, LanguageModelV2StreamPart, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { APICallError } from "ai";
import { convertArrayToReadableStream, MockLanguageModelV3, MockLanguageModelV4 } from "ai/test";
import { describe, expect, it } from "vitest";
import type { Prompt } from "../../../src/contract/prompt.ts";
import { type AiSdkModel, fromAiSdk, SendError, type UpstreamResponse } from "../../../src/index.ts";
import { aiSdk } from "../../../src/rules/dialects/ai-sdk/index.ts";
import { readAll } from "../../../src/effects/byte-source.ts";

const usage = { inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 1, text: 1, reasoning: 0 } };
const finishReason = { unified: "stop", raw: "stop" } as const;
const answer = { content: [], finishReason, usage, warnings: [] };

const prompt: Prompt = {
	messages: [
		{ role: "system", content: [{ type: "text", text: "Be brief" }] },
		{
			role: "user",
			content: [
				{ type: "file", mediaType: "image/png", data: { type: "url", url: "https://a.example/a.png" } },
				{ type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBO" } },
				{ type: "file", mediaType: "text/plain", data: { type: "text", text: "Grüß" } },
				{ type: "file", mediaType: "application/pdf", data: { type: "id", id: "file-1" } },
			],
		},
		{
			role: "assistant",
			content: [
				{ type: "opaque", dialect: "ai-sdk", value: { type: "custom", kind: "a.b" } },
				{ type: "opaque", dialect: "ai-sdk", value: { type: "reasoning-file", mediaType: "image/png", data: { type: "url", url: "https://a.example/r.png" } } },
				{ type: "tool-call", toolCallId: "c", toolName: "f", input: "{}" },
			],
		},
		{
			role: "tool",
			content: [
				{
					type: "tool-result",
					toolCallId: "c",
					output: {
						type: "parts",
						parts: [
							{ type: "text", text: "A" },
							{ type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBO" } },
							{ type: "file", mediaType: "application/pdf", data: { type: "url", url: "https://a.example/a.pdf" } },
							{ type: "file", mediaType: "application/pdf", data: { type: "id", id: "file-1" } },
							{ type: "file", mediaType: "text/plain", data: { type: "text", text: "T" } },
						],
					},
				},
			],
		},
	],
	tools: [{ type: "provider", name: "search", dialect: "ai-sdk", definition: { id: "a.search", args: {} } }],
	settings: { reasoning: { effort: "high" }, user: "u" },
};

/** One exchange, as the gateway would ask for it. */
async function ask(model: AiSdkModel, { stream = false, signal = new AbortController().signal, name = "mock-model-id", asked = prompt } = {}): Promise<UpstreamResponse> {
	const provider = fromAiSdk(model, { headers: { "X-Own": "1" } });
	const { body } = aiSdk.encodeRequest(asked, { model: name, stream, quirks: provider.quirks });
	const path = aiSdk.path({ model: name, stream, quirks: provider.quirks });
	if (provider.send === undefined) return expect.fail("no send");
	return provider.send({ method: "POST", url: provider.baseUrl + path, headers: provider.headers, body: JSON.stringify(body), signal, connectTimeoutMs: 1000 });
}
const textOf = async ({ body }: UpstreamResponse) => (await readAll(body, 1e6)).value;
const partsOf = async (response: UpstreamResponse) => (await textOf(response)).trim().split("\n").map((line) => JSON.parse(line));
const streaming = (stream: ReadableStream<LanguageModelV4StreamPart>) => new MockLanguageModelV4({ doStream: { stream } });

/** `ai/test` has no mock of version 2 any more. */
function modelOfVersion2(calls: object[]): LanguageModelV2 {
	return {
		specificationVersion: "v2",
		provider: "mock-provider",
		modelId: "mock-model-id",
		supportedUrls: {},
		async doGenerate(options) {
			calls.push(options);
			return { content: [{ type: "text", text: "Hi" }], finishReason: "stop", usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, warnings: [] };
		},
		async doStream() {
			return { stream: convertArrayToReadableStream<LanguageModelV2StreamPart>([]) };
		},
	};
}

describe("the call options", () => {
	it("of version 4 have addresses, the signal and the headers", async () => {
		const model = new MockLanguageModelV4({ doGenerate: answer });
		const { signal } = new AbortController();
		await ask(model, { signal });
		expect(model.doGenerateCalls).toMatchObject([
			{
				prompt: [
					{ role: "system", content: "Be brief" },
					{
						content: [
							{ data: { type: "url", url: new URL("https://a.example/a.png") } },
							{ data: { type: "data", data: "iVBO" } },
							{ data: { type: "text", text: "Grüß" } },
							{ data: { type: "reference", reference: { openai: "file-1" } } },
						],
					},
					{ content: [{ type: "custom", kind: "a.b" }, { type: "reasoning-file", data: { url: new URL("https://a.example/r.png") } }, { type: "tool-call", input: {} }] },
					{ content: [{ toolName: "f", output: { type: "content", value: [{}, {}, { data: { url: new URL("https://a.example/a.pdf") } }, {}, {}] } }] },
				],
				tools: [{ type: "provider", id: "a.search" }],
				reasoning: "high",
				providerOptions: { openai: { user: "u" } },
				headers: { "x-own": "1" },
			},
		]);
		expect(model.doGenerateCalls[0]?.abortSignal).toBe(signal);
	});

	it("of version 3 have bare data, and the effort as options of the vendors", async () => {
		const model = new MockLanguageModelV3({ doGenerate: answer });
		await ask(model);
		expect(model.doGenerateCalls).toMatchObject([
			{
				prompt: [
					{},
					{ content: [{ data: new URL("https://a.example/a.png") }, { data: "iVBO" }, { data: Buffer.from("Grüß").toString("base64") }, { data: "file-1" }] },
					{ content: [{ type: "tool-call" }] },
					{
						content: [
							{
								output: {
									value: [
										{ type: "text", text: "A" },
										{ type: "image-data", data: "iVBO", mediaType: "image/png" },
										{ type: "file-url", url: "https://a.example/a.pdf" },
										{ type: "file-id", fileId: { openai: "file-1" } },
										{ type: "text", text: "T" },
									],
								},
							},
						],
					},
				],
				providerOptions: { openai: { user: "u", reasoningEffort: "high" }, openaiCompatible: { reasoningEffort: "high" } },
			},
		]);
		expect(model.doGenerateCalls[0]).not.toHaveProperty("reasoning");
	});

	it("of version 2 know media and provider-defined tools", async () => {
		const calls: object[] = [];
		const response = await ask(modelOfVersion2(calls));
		expect(calls).toMatchObject([
			{
				prompt: [{}, {}, {}, { content: [{ output: { value: [{}, { type: "media", data: "iVBO", mediaType: "image/png" }, { type: "text", text: "https://a.example/a.pdf" }, {}, { text: "T" }] } }] }],
				tools: [{ type: "provider-defined", id: "a.search" }],
			},
		]);
		expect(aiSdk.decodeAnswer(JSON.parse(await textOf(response)))).toMatchObject({ ok: true, value: { content: [{ text: "Hi" }], finish: { usage: { inputTokens: 1 } } } });
	});
});

describe("an answer", () => {
	it("is JSON: bytes in base64, dates in ISO 8601, and nothing of the raw exchange", async () => {
		const model = new MockLanguageModelV4({
			doGenerate: {
				...answer,
				content: [
					{ type: "file", mediaType: "image/png", data: { type: "data", data: Uint8Array.of(1, 2, 3) } },
					{ type: "file", mediaType: "image/png", data: { type: "data", data: Buffer.from("abc") } },
					{ type: "file", mediaType: "image/png", data: { type: "url", url: new URL("https://a.example/") } },
				],
				response: { id: "r", modelId: "m", timestamp: new Date(0), headers: { secret: "s" }, body: { big: 1n } },
				request: { body: "secret" },
			},
		});
		const response = await ask(model);
		expect(response).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
		expect(JSON.parse(await textOf(response))).toEqual({
			...answer,
			content: [{ data: { type: "data", data: "AQID" } }, { data: { type: "data", data: "YWJj" } }, { data: { type: "url", url: "https://a.example/" } }].map((file) => ({ type: "file", mediaType: "image/png", ...file })),
			response: { id: "r", modelId: "m", timestamp: "1970-01-01T00:00:00.000Z" },
		});
	});

	it("may hold numbers that JSON has not", async () => {
		const model = new MockLanguageModelV4({ doGenerate: { ...answer, content: [{ type: "tool-result", toolCallId: "c", toolName: "f", result: { count: 2n } as never }] } });
		expect(JSON.parse(await textOf(await ask(model)))).toMatchObject({ content: [{ result: { count: "2" } }] });
	});

	it("leaves nothing behind at the signal, and nor does a stream", async () => {
		const { signal } = new AbortController();
		await ask(new MockLanguageModelV4({ doGenerate: answer }), { signal });
		await textOf(await ask(streaming(convertArrayToReadableStream([{ type: "text-start" as const, id: "0" }])), { stream: true, signal }));
		await expect(ask(new MockLanguageModelV4({ doGenerate: () => Promise.reject(new SendError("network", "no")) }), { signal })).rejects.toThrow();
		expect(getEventListeners(signal, "abort")).toEqual([]);
	});

	it("of bytes by the megabyte is base64 all the same", async () => {
		const data = new Uint8Array(300_000).fill(255);
		const model = new MockLanguageModelV4({ doGenerate: { ...answer, content: [{ type: "file", mediaType: "image/png", data: { type: "data", data } }] } });
		const { content } = JSON.parse(await textOf(await ask(model)));
		expect(content[0].data.data).toBe(Buffer.from(data).toString("base64"));
	});
});

describe("a stream", () => {
	it("is read part by part as it is asked for, raw chunks left out", async () => {
		let pulled = 0;
		const parts: LanguageModelV4StreamPart[] = [{ type: "raw", rawValue: "r" }, { type: "text-start", id: "0" }, { type: "text-delta", id: "0", delta: "A" }, { type: "text-end", id: "0" }];
		const stream = new ReadableStream<LanguageModelV4StreamPart>(
			{
				pull(controller) {
					const part = parts[pulled++];
					if (part === undefined) controller.close();
					else controller.enqueue(part);
				},
			},
			{ highWaterMark: 0 },
		);
		const { body } = await ask(streaming(stream), { stream: true });
		expect(pulled).toBe(0);
		expect(new TextDecoder().decode(await body.read())).toBe('{"type":"text-start","id":"0"}\n');
		expect(pulled).toBe(2);
		expect(await readAll(body, 1000)).toMatchObject({ value: '{"type":"text-delta","id":"0","delta":"A"}\n{"type":"text-end","id":"0"}\n' });
		expect(await body.read()).toBeUndefined();
		body.cancel();
	});

	it("tells an error that the model throws as its last part, without its stack", async () => {
		const error = new APICallError({ message: "no", url: "u", requestBodyValues: { key: "secret" }, statusCode: 500, responseBody: '{"error":{"message":"m"}}' });
		const stream = new ReadableStream<LanguageModelV4StreamPart>({ start: (controller) => controller.enqueue({ type: "text-start", id: "0" }), pull: (controller) => controller.error(error) });
		const parts = await partsOf(await ask(streaming(stream), { stream: true }));
		expect(parts.at(-1)).toEqual({ type: "error", error: { name: "AI_APICallError", message: "no", statusCode: 500, responseBody: '{"error":{"message":"m"}}' } });
	});

	it("writes the errors inside its parts in the same way", async () => {
		const errors = [new Error("no", { cause: "secret" }), { message: "own" }, "words"];
		const parts = await partsOf(await ask(streaming(convertArrayToReadableStream(errors.map((error) => ({ type: "error" as const, error })))), { stream: true }));
		expect(parts.map(({ error }) => error)).toEqual([{ name: "Error", message: "no" }, { message: "own" }, "words"]);
	});

	it("ends with an error where a part cannot be written", async () => {
		const itself: { itself?: unknown } = {};
		itself.itself = itself;
		const parts = await partsOf(await ask(streaming(convertArrayToReadableStream([{ type: "error" as const, error: itself }])), { stream: true }));
		expect(parts).toMatchObject([{ type: "error", error: { name: "TypeError" } }]);
	});

	it.each([
		["a broken connection", new TypeError("terminated", { cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }) })],
		["a reset", Object.assign(new Error("read"), { code: "ECONNRESET" })],
		["an abort that is not ours", new DOMException("late", "AbortError")],
	])("breaks with %s", async (_, error) => {
		const { body } = await ask(streaming(new ReadableStream({ pull: (controller) => controller.error(error) })), { stream: true });
		await expect(body.read()).rejects.toMatchObject({ name: "SendError", reason: "network" });
		await expect(body.read()).resolves.toBeUndefined();
	});

	it.each(["cancel", "abort"])("stops the model on %s, also while it is silent", async (way) => {
		const cancelled: unknown[] = [];
		const controller = new AbortController();
		const stream = new ReadableStream<LanguageModelV4StreamPart>({ cancel: (reason) => void cancelled.push(reason) });
		const { body } = await ask(streaming(stream), { stream: true, signal: controller.signal });
		const read = expect(body.read()).rejects.toMatchObject({ reason: "aborted" });
		if (way === "cancel") body.cancel();
		else controller.abort();
		await read;
		await expect(body.read()).rejects.toMatchObject({ reason: "aborted" });
		expect(cancelled).toHaveLength(1);
		body.cancel();
	});
});

describe("what a model throws before its answer", () => {
	const throwing = (error: unknown) => new MockLanguageModelV4({ doGenerate: () => Promise.reject(error) });

	it("is an answer with the provider's status and headers", async () => {
		const error = new APICallError({ message: "no", url: "u", requestBodyValues: {}, statusCode: 429, responseHeaders: { "Retry-After": "7" }, responseBody: '{"error":{}}' });
		const response = await ask(throwing(error));
		expect(response).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
		expect(JSON.parse(await textOf(response))).toEqual({ error: { name: "AI_APICallError", message: "no", statusCode: 429, responseBody: '{"error":{}}' } });
	});

	it("is what retries gave up with", async () => {
		const lastError = new APICallError({ message: "no", url: "u", requestBodyValues: {}, statusCode: 503 });
		expect(await ask(throwing(Object.assign(new Error("Failed after 3 attempts"), { name: "AI_RetryError", lastError })))).toMatchObject({ status: 503 });
	});

	it.each([new Error("bug"), "words", undefined, { statusCode: 200 }])("%o is a 500", async (error) => {
		const response = await ask(throwing(error));
		expect(response.status).toBe(500);
		expect(aiSdk.decodeFailure(500, response.headers, await textOf(response))).toMatchObject({ kind: "upstream" });
	});

	it.each([
		["fetch's own error", new TypeError("fetch failed", { cause: Object.assign(new Error("connect"), { code: "ECONNREFUSED" }) }), "network"],
		["the AI SDK's word for it", new APICallError({ message: "Cannot connect to API: connect", url: "u", requestBodyValues: {}, isRetryable: true }), "network"],
		["a connection that took too long", new APICallError({ message: "Cannot connect", url: "u", requestBodyValues: {}, isRetryable: false, cause: Object.assign(new Error("c"), { code: "UND_ERR_CONNECT_TIMEOUT" }) }), "connect-timeout"],
		["an error of a send", new SendError("connect-timeout", "late"), "connect-timeout"],
	])("%s is no answer", async (_, error, reason) => {
		await expect(ask(throwing(error))).rejects.toMatchObject({ name: "SendError", reason });
	});

	it("is our own abort where we aborted, also where the model does not listen", async () => {
		const controller = new AbortController();
		const deaf = ask(new MockLanguageModelV4({ doGenerate: () => new Promise(() => undefined) }), { signal: controller.signal });
		const listening = ask(new MockLanguageModelV4({ doGenerate: ({ abortSignal }) => new Promise((_, reject) => abortSignal?.addEventListener("abort", () => reject(abortSignal.reason))) }), { signal: controller.signal });
		controller.abort("reason");
		await expect(deaf).rejects.toMatchObject({ reason: "aborted" });
		await expect(listening).rejects.toMatchObject({ reason: "aborted" });
		await expect(ask(throwing(new Error("late")), { signal: controller.signal })).rejects.toMatchObject({ reason: "aborted" });
	});

	it("lets go of a stream that comes too late", async () => {
		const cancelled: unknown[] = [];
		const controller = new AbortController();
		const late = Promise.withResolvers<{ stream: ReadableStream<LanguageModelV4StreamPart> }>();
		const asked = ask(new MockLanguageModelV4({ doStream: () => late.promise }), { stream: true, signal: controller.signal });
		controller.abort();
		await expect(asked).rejects.toMatchObject({ reason: "aborted" });
		late.resolve({ stream: new ReadableStream({ cancel: (reason) => void cancelled.push(reason) }) });
		await expect.poll(() => cancelled.length).toBe(1);
	});

	it("is a model that is not there, where another name is asked for", async () => {
		const response = await ask(new MockLanguageModelV4({ doGenerate: answer }), { name: "other" });
		expect(aiSdk.decodeFailure(response.status, response.headers, await textOf(response))).toMatchObject({ kind: "model-not-found", message: 'The provider has no model "other"' });
	});
});
