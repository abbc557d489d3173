import { createClient } from "@postern/client";
import { describe, expect, test } from "vitest";
import { body, collect, eventStream, fakeFetch, jsonAnswer, named, splits } from "./fake-fetch.ts";

const request = { model: "sim/echo", messages: [{ role: "user", content: "Hi" }] } as const;
const clientOf = (content: Parameters<typeof eventStream>[0]) => createClient(fakeFetch(() => eventStream(content)));

describe("openai", () => {
	const chunk = (content: string) => ({ id: "c", object: "chat.completion.chunk", created: 0, model: "m", choices: [{ index: 0, delta: { content }, finish_reason: null, logprobs: null }] });
	const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
	const stream = (content: Parameters<typeof eventStream>[0]) => clientOf(content).openai.streamChatCompletion({ ...request, messages: [...request.messages] });

	test("chunks until the end mark, at every split", async () => {
		const content = `: ping\n\n${data(chunk("é[DONE]"))}${data(chunk("b"))}data: [DONE]\n\n`;
		for (const chunks of splits(content)) expect(await collect(stream(body(chunks)))).toEqual([chunk("é[DONE]"), chunk("b")]);
	});

	test("no end mark, no end", async () => {
		await expect(collect(stream(data(chunk("a"))))).rejects.toMatchObject({ code: "STREAM_ENDED_EARLY" });
	});

	test("an error in the stream is thrown behind its chunks", async () => {
		const items = stream(`${data(chunk("a"))}${data({ error: { message: "Slow down", type: "rate_limit_error", param: null, code: null } })}`);
		expect((await items.next()).value).toEqual(chunk("a"));
		await expect(items.next()).rejects.toMatchObject({ code: "RATE_LIMITED", status: 429, message: "Slow down", requestId: "req_header" });
	});

	test("the method chooses `stream`, whatever the request says", async () => {
		const gateway = fakeFetch(() => jsonAnswer({ id: "c" }));
		const { openai, anthropic } = createClient(gateway);
		await openai.createChatCompletion({ ...request, messages: [...request.messages], stream: true });
		await anthropic.createMessage({ ...request, max_tokens: 1, messages: [...request.messages], stream: true });
		expect(gateway.sent.map((sent) => sent.body)).toEqual([expect.objectContaining({ stream: false }), expect.objectContaining({ stream: false })]);
	});
});

describe("openai's responses", () => {
	const delta = { type: "response.output_text.delta", delta: "hé", item_id: "msg_1", output_index: 0, content_index: 0, sequence_number: 3 };
	const stream = (content: Parameters<typeof eventStream>[0]) => clientOf(content).openai.streamResponse({ model: "sim/echo", input: "Hi" });
	const end = (status: string, error: object | null = null) => ({ type: `response.${status}`, sequence_number: 9, response: { id: "resp_1", status, error } });

	test.each(["completed", "incomplete"])("events until response.%s, at every split", async (status) => {
		const content = `: ping\n\n${named([delta.type, delta])}${named([`response.${status}`, end(status)])}`;
		for (const chunks of splits(content)) expect(await collect(stream(body(chunks)))).toEqual([delta, end(status)]);
	});

	test("no last event, no end", async () => {
		await expect(collect(stream(named([delta.type, delta])))).rejects.toMatchObject({ code: "STREAM_ENDED_EARLY" });
	});

	test("a response that failed is thrown behind its events", async () => {
		const error = { message: "Slow down", type: "rate_limit_error", param: null, code: "rate_limit_exceeded" };
		const items = stream(named([delta.type, delta]) + named(["response.failed", end("failed", error)]));
		expect((await items.next()).value).toEqual(delta);
		await expect(items.next()).rejects.toMatchObject({ code: "RATE_LIMITED", status: 429, message: "Slow down" });
	});
});

describe("the AI SDK's UI messages", () => {
	const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
	const delta = { type: "text-delta", id: "0", delta: "hé" };
	const stream = (content: Parameters<typeof eventStream>[0]) =>
		clientOf(content).ui.streamChat({ messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }] });

	test("parts until the end mark, at every split", async () => {
		for (const chunks of splits(`: ping\n\n${data(delta)}data: [DONE]\n\n`)) expect(await collect(stream(body(chunks)))).toEqual([delta]);
	});

	test("no end mark, no end", async () => {
		await expect(collect(stream(data(delta)))).rejects.toMatchObject({ code: "STREAM_ENDED_EARLY" });
	});

	test("an error part is thrown behind the others", async () => {
		const items = stream(data(delta) + data({ type: "error", errorText: "The provider failed" }));
		expect((await items.next()).value).toEqual(delta);
		await expect(items.next()).rejects.toMatchObject({ code: "PROVIDER_ERROR", status: 502, message: "The provider failed", requestId: "req_header" });
	});
});

describe("anthropic", () => {
	const delta = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hé" } };
	const stream = (content: Parameters<typeof eventStream>[0]) =>
		clientOf(content).anthropic.streamMessage({ ...request, max_tokens: 1, messages: [...request.messages] });

	test("events until message_stop, without pings, at every split", async () => {
		const content = named(["ping", { type: "ping" }], ["content_block_delta", delta], ["later", { type: "later" }], ["message_stop", { type: "message_stop" }]);
		for (const chunks of splits(content)) expect(await collect(stream(body(chunks)))).toEqual([delta, { type: "later" }, { type: "message_stop" }]);
	});

	test("no message_stop, no end", async () => {
		await expect(collect(stream(named(["content_block_delta", delta])))).rejects.toMatchObject({ code: "STREAM_ENDED_EARLY" });
	});

	test("an error event is thrown", async () => {
		const content = named(["error", { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_5" }]);
		await expect(collect(stream(content))).rejects.toMatchObject({ code: "PROVIDER_OVERLOADED", status: 503, requestId: "req_5" });
	});
});

describe("gemini", () => {
	const chunk = (text: string, finishReason?: string) => ({ candidates: [{ content: { role: "model", parts: [{ text }] }, ...(finishReason === undefined ? {} : { finishReason }) }] });
	const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
	const stream = (content: Parameters<typeof eventStream>[0]) => clientOf(content).gemini.streamGenerateContent("sim/echo", { contents: [{ parts: [{ text: "Hi" }] }] });

	test("chunks until one says why it ended, at every split", async () => {
		const content = `: ping\n\n${data(chunk("é"))}${data(chunk("", "STOP"))}`;
		for (const chunks of splits(content)) expect(await collect(stream(body(chunks)))).toEqual([chunk("é"), chunk("", "STOP")]);
	});

	test("a blocked prompt is an end too", async () => {
		expect(await collect(stream(data({ promptFeedback: { blockReason: "SAFETY" } })))).toHaveLength(1);
	});

	test("no reason, no end", async () => {
		await expect(collect(stream(data(chunk("a"))))).rejects.toMatchObject({ code: "STREAM_ENDED_EARLY" });
	});

	test("an error in the stream is thrown behind its chunks", async () => {
		const items = stream(`${data(chunk("a"))}${data({ error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } })}`);
		expect((await items.next()).value).toEqual(chunk("a"));
		await expect(items.next()).rejects.toMatchObject({ code: "PROVIDER_OVERLOADED", status: 503, message: "Overloaded" });
	});
});
