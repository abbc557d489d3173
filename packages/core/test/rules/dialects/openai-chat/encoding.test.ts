import { describe, expect, it } from "vitest";
import OpenAI from "openai";
import { gatewayError } from "../../../../src/contract/errors.ts";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { AssistantPart } from "../../../../src/contract/prompt.ts";
import type { Answer, FinishReason, StreamEvent } from "../../../../src/contract/stream-event.ts";
import { openaiError } from "../../../../src/contract/wire/openai-chat.ts";
import { pack } from "../../../../src/rules/dialects/foreign-state.ts";
import { openaiChat } from "../../../../src/rules/dialects/openai-chat/index.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { context, parseSse } from "./helpers.ts";

const { caller } = openaiChat;
const answer = (content: readonly AssistantPart[], finish: Partial<Answer["finish"]> = {}): Answer => ({
	id: "msg_1",
	content,
	finish: { reason: "stop", usage: { inputTokens: 3, outputTokens: 4 }, ...finish },
});
const message = (content: readonly AssistantPart[]) => {
	const [choice] = caller.encodeAnswer(answer(content), context).choices as JsonObject[];
	return choice?.message;
};
const stream = (content: readonly AssistantPart[], options: { includeUsage?: boolean } = {}, finish: Partial<Answer["finish"]> = {}) =>
	parseSse(caller.createStreamEncoder({ ...context, ...options }).push(unfoldAnswer(answer(content, finish))));
const deltas = (content: readonly AssistantPart[]) =>
	stream(content).flatMap((chunk) => (chunk === "[DONE]" ? [] : (chunk.choices as JsonObject[]).map((choice) => choice.delta)));

const text = (value: string): AssistantPart => ({ type: "text", text: value });
const call = (id: string, input = "{}"): AssistantPart => ({ type: "tool-call", toolCallId: id, toolName: `tool_${id}`, input });
const searched: readonly AssistantPart[] = [
	{ type: "tool-call", toolCallId: "srv", toolName: "web_search", input: "{}", providerExecuted: true },
	{ type: "tool-result", toolCallId: "srv", output: { type: "text", text: "found" }, providerExecuted: true },
];

describe("whole answers", () => {
	it("has OpenAI's shape", () => {
		expect(caller.encodeAnswer({ ...answer([text("Hi")]), id: "chatcmpl-9", model: "gpt-4o-2024", createdAt: 5_500 }, context)).toEqual({
			id: "chatcmpl-9",
			object: "chat.completion",
			created: 5,
			model: "gpt-4o-2024",
			choices: [{ index: 0, message: { role: "assistant", content: "Hi", refusal: null }, logprobs: null, finish_reason: "stop" }],
			usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
		});
	});
	it("keeps an id of this dialect only", () => {
		expect(caller.encodeAnswer(answer([text("Hi")]), context)).toMatchObject({ id: "chatcmpl-own", model: "alias", created: 1_700_000_000 });
		const own = { ...answer([text("Hi")]), id: "3f2a", metadata: { openai: { system_fingerprint: "fp" } } };
		expect(caller.encodeAnswer(own, context)).toMatchObject({ id: "3f2a", system_fingerprint: "fp" });
	});
	it("shows reasoning, refusals and calls in their fields, and what the provider ran itself not at all", () => {
		expect(message([{ type: "reasoning", text: "why", metadata: { anthropic: { signature: "s" } } }, ...searched, call("a", '{"n":0.10}')])).toEqual({
			role: "assistant",
			content: null,
			refusal: null,
			reasoning_content: "why",
			reasoning_details: [{ type: "reasoning.text", text: "why", signature: pack({ anthropic: { signature: "s" } }), format: "postern-v1", index: 0 }],
			tool_calls: [{ id: "a", type: "function", function: { name: "tool_a", arguments: '{"n":0.10}' } }],
		});
		expect(message([{ type: "text", text: "no", refusal: true }])).toMatchObject({ content: null, refusal: "no" });
		expect(message([])).toMatchObject({ content: "" });
	});
	it("cites another vendor's sources over the text that they belong to", () => {
		const cited: AssistantPart = { type: "text", text: "cited", sources: [{ url: "https://a.example", title: "A" }, { title: "a document" }] };
		expect(message([text("One "), cited])).toMatchObject({
			content: "One cited",
			annotations: [{ type: "url_citation", url_citation: { url: "https://a.example", title: "A", start_index: 4, end_index: 9 } }],
		});
	});
	it.each<[FinishReason, string]>([
		["stop", "stop"],
		["length", "length"],
		["tool-calls", "tool_calls"],
		["content-filter", "content_filter"],
		["pause", "length"],
		["error", "length"],
		["other", "stop"],
	])("says %s as %s (CLIProxyAPI #4958, #4873)", (reason, finish_reason) => {
		expect(caller.encodeAnswer(answer([], { reason }), context)).toMatchObject({ choices: [{ finish_reason }] });
		expect(stream([], {}, { reason }).at(-2)).toMatchObject({ choices: [{ finish_reason }] });
	});
});

describe("streamed answers", () => {
	it("sends the role first, the reason last, then [DONE]", () => {
		expect(caller.createStreamEncoder(context).push(unfoldAnswer({ ...answer([text("Hi")]), id: "chatcmpl-9" }))).toBe(
			[
				'data: {"id":"chatcmpl-9","object":"chat.completion.chunk","created":1700000000,"model":"alias","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}',
				'data: {"id":"chatcmpl-9","object":"chat.completion.chunk","created":1700000000,"model":"alias","choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}]}',
				'data: {"id":"chatcmpl-9","object":"chat.completion.chunk","created":1700000000,"model":"alias","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}',
				"data: [DONE]",
				"",
			].join("\n\n"),
		);
	});
	it("sends the usage with empty choices, only where it was asked for (apfel #100, quotio #460, ATOM PR #1711)", () => {
		const chunks = stream([text("Hi")], { includeUsage: true });
		expect(chunks.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } });
		expect(chunks.slice(0, -2).every((chunk) => chunk !== "[DONE]" && chunk.usage === null)).toBe(true);
		expect(JSON.stringify(stream([text("Hi")]))).not.toContain("usage");
		expect(stream([], { includeUsage: true }, { usage: {} }).at(-2)).toMatchObject({ usage: { total_tokens: 0 } });
	});
	it("numbers calls from 0 among calls only, and shows no tool of the provider's own (praxis #266)", () => {
		const sent = deltas([text("a"), ...searched, call("a", "{}"), call("b", '{"x":1}')]) as JsonObject[];
		expect(sent.filter((delta) => "tool_calls" in delta)).toEqual([
			{ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "tool_a", arguments: "" } }] },
			{ tool_calls: [{ index: 0, function: { arguments: "{}" } }] },
			{ tool_calls: [{ index: 1, id: "b", type: "function", function: { name: "tool_b", arguments: "" } }] },
			{ tool_calls: [{ index: 1, function: { arguments: '{"x":1}' } }] },
		]);
	});
	it("gives a call without input an object that parses, and a call without a start its start", () => {
		const events: StreamEvent[] = [
			{ type: "tool-input-start", id: "a", toolName: "f" },
			{ type: "tool-input-end", id: "a" },
			{ type: "tool-call", toolCallId: "a", toolName: "f", input: "{}" },
			{ type: "tool-call", toolCallId: "b", toolName: "g", input: "[1]" },
		];
		const sent = parseSse(caller.createStreamEncoder(context).push(events)).slice(1) as JsonObject[];
		expect(sent.map((chunk) => (chunk.choices as JsonObject[])[0]?.delta)).toEqual([
			{ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }] },
			{ tool_calls: [{ index: 0, function: { arguments: "{}" } }] },
			{ tool_calls: [{ index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } }] },
			{ tool_calls: [{ index: 1, function: { arguments: "[1]" } }] },
		]);
	});
	it("keeps the caller's line alive (envoy #2549)", () => {
		expect(caller.createStreamEncoder(context).push([{ type: "ping" }])).toBe(": ping\n\n");
	});
	it("ends a failure with the error and no [DONE] (talon PR #254, any-llm #847), and is silent behind it", () => {
		const encoder = caller.createStreamEncoder(context);
		encoder.push([{ type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "a" }]);
		const last = encoder.fail(gatewayError("PROVIDER_ERROR"));
		expect(parseSse(last)).toEqual([{ error: { message: "The provider failed", type: "server_error", param: null, code: "provider_error" } }]);
		expect(encoder.push([{ type: "finish", reason: "stop", usage: {} }])).toBe("");
		expect(encoder.fail(gatewayError("PROVIDER_ERROR"))).toBe("");
	});
	it("writes text that looks like protocol as text", () => {
		const hostile = 'x\n\ndata: [DONE]\n\n\r\u2028"\ud83d';
		expect(deltas([text(hostile)])).toContainEqual({ content: hostile });
	});
	it("says nothing for an empty batch", () => {
		expect(caller.createStreamEncoder(context).push([])).toBe("");
	});
});

describe("errors", () => {
	it.each([
		[gatewayError("INVALID_TOKEN"), "authentication_error", "invalid_api_key", null],
		[gatewayError("MODEL_NOT_FOUND"), "invalid_request_error", "model_not_found", null],
		[gatewayError("CONTEXT_OVERFLOW", { param: "messages" }), "invalid_request_error", "context_length_exceeded", "messages"],
		[gatewayError("RATE_LIMITED"), "rate_limit_error", "rate_limit_exceeded", null],
		[gatewayError("RATE_LIMIT_EXCEEDED"), "rate_limit_error", "rate_limit_exceeded", null],
		[gatewayError("BUDGET_EXCEEDED"), "insufficient_quota", "insufficient_quota", null],
		[gatewayError("PRICE_UNKNOWN", { param: "model" }), "invalid_request_error", "price_unknown", "model"],
		[gatewayError("CONCURRENCY_LIMIT_ERROR"), "rate_limit_error", "concurrency_limit_error", null],
		[gatewayError("INVALID_REQUEST", { providerCode: "unsupported_value", param: "seed" }), "invalid_request_error", "unsupported_value", "seed"],
		[gatewayError("FORBIDDEN"), "permission_error", "forbidden", null],
		[gatewayError("PROVIDER_ERROR", { providerCode: "invalid_api_key" }), "server_error", "provider_error", null],
		[gatewayError("PROVIDER_OVERLOADED"), "server_error", "provider_overloaded", null],
	])("%j", (error, type, code, param) => {
		const body = caller.encodeError(error, "req_1");
		expect(openaiError.parse(body)).toEqual({ error: { message: error.message, type, code, param } });
	});
	it("names the fields that are wrong", () => {
		const error = gatewayError("VALIDATION_ERROR", { issues: [{ path: "messages[0].role", message: "is missing" }, { path: "", message: "must be an object" }] });
		expect(caller.encodeError(error, "req_1")).toMatchObject({
			error: { message: "Invalid request body: messages[0].role: is missing; must be an object", param: "messages[0].role" },
		});
	});
});

describe("the official client", () => {
	const client = (body: string, contentType: string, status = 200) =>
		new OpenAI({ apiKey: "x", maxRetries: 0, fetch: async () => new Response(body, { status, headers: { "content-type": contentType } }) });
	const request = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };
	const parts = [{ type: "reasoning", text: "why" } as const, text("Hello"), call("a", '{"n":1}'), call("b")];

	it("reads a stream", async () => {
		const sent = caller.createStreamEncoder({ ...context, includeUsage: true }).push(unfoldAnswer(answer(parts, { reason: "tool-calls" })));
		const final = await client(sent, "text/event-stream").chat.completions.stream(request).finalChatCompletion();
		expect(final).toMatchObject({
			id: "chatcmpl-own",
			choices: [{ finish_reason: "tool_calls", message: { content: "Hello", tool_calls: [{ id: "a", function: { name: "tool_a", arguments: '{"n":1}' } }, { id: "b" }] } }],
			usage: { total_tokens: 7 },
		});
	});
	it("throws at a failure inside a stream", async () => {
		const encoder = caller.createStreamEncoder(context);
		const sent = encoder.push(unfoldAnswer(answer([text("a")])).slice(0, 3)) + encoder.fail(gatewayError("TIMEOUT_ERROR"));
		const chunks = await client(sent, "text/event-stream").chat.completions.create({ ...request, stream: true });
		const read = async () => {
			for await (const _ of chunks);
		};
		await expect(read()).rejects.toMatchObject({ code: "timeout_error", type: "server_error" });
	});
	it("reads a whole answer and an error", async () => {
		const whole = JSON.stringify(caller.encodeAnswer(answer(parts), context));
		expect((await client(whole, "application/json").chat.completions.create(request)).choices[0]?.message.content).toBe("Hello");
		const error = JSON.stringify(caller.encodeError(gatewayError("INVALID_TOKEN"), "req_1"));
		await expect(client(error, "application/json", 401).chat.completions.create(request)).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
	});
});
