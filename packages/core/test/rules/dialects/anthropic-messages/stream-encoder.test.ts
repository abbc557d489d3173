import Anthropic from "@anthropic-ai/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gatewayError } from "../../../../src/contract/errors.ts";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import { messageStreamEvents } from "../../../../src/contract/wire/anthropic-messages.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";
import { pack } from "../../../../src/rules/dialects/foreign-state.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { answerOfAnthropic } from "./arbitraries.ts";
import { context, frames } from "./streams.ts";

const { createStreamEncoder, encodeAnswer } = anthropicMessages.caller;
const schemas: Readonly<Record<string, { safeParse(value: unknown): { error?: unknown } }>> = messageStreamEvents;

/** Written one event at a time; every frame fits its schema. */
function write(events: readonly StreamEvent[]) {
	const encoder = createStreamEncoder(context);
	const written = frames(events.map((event) => encoder.push([event])).join(""));
	for (const { event, data } of written) expect([event, schemas[event]?.safeParse(data).error]).toEqual([event, undefined]);
	return written;
}
const finish: StreamEvent = { type: "finish", reason: "stop", usage: { inputTokens: 3, outputTokens: 2 } };
const names = (events: readonly StreamEvent[]) => write(events).map(({ event, data }) => ("index" in data ? `${event} ${String(data["index"])}` : event));

describe("blocks", () => {
	it("text, whole", () => {
		expect(
			write([
				{ type: "response-metadata", id: "chatcmpl-1", model: "gpt-x" },
				{ type: "text-start", id: "t" },
				{ type: "text-delta", id: "t", delta: 'a"\r\n\u2028\ud83d[DONE]' },
				{ type: "text-end", id: "t" },
				finish,
			]).map(({ data }) => data),
		).toEqual([
			{
				type: "message_start",
				message: {
					id: "msg_made",
					type: "message",
					role: "assistant",
					model: "gpt-x",
					content: [],
					stop_reason: null,
					stop_sequence: null,
					usage: { input_tokens: 0, cache_creation_input_tokens: null, cache_read_input_tokens: null, output_tokens: 0 },
				},
			},
			{ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
			{ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: 'a"\r\n\u2028\ud83d[DONE]' } },
			{ type: "content_block_stop", index: 0 },
			{
				type: "message_delta",
				delta: { stop_reason: "end_turn", stop_sequence: null },
				usage: { input_tokens: 3, cache_creation_input_tokens: null, cache_read_input_tokens: null, output_tokens: 2 },
			},
			{ type: "message_stop" },
		]);
	});

	it("a stream of tools alone starts at index 0, and a start without metadata still starts the message (Bifrost PR #3441)", () => {
		expect(
			names([
				{ type: "tool-input-start", id: "a", toolName: "x" },
				{ type: "tool-input-delta", id: "a", delta: "{}" },
				{ type: "tool-input-end", id: "a" },
				{ type: "tool-call", toolCallId: "a", toolName: "x", input: "{}" },
				finish,
			]),
		).toEqual(["message_start", "content_block_start 0", "content_block_delta 0", "content_block_stop 0", "message_delta", "message_stop"]);
	});

	it("parallel calls with interleaved deltas come out one behind the other (praxis #266, LiteLLM #21331)", () => {
		const written = write([
			{ type: "tool-input-start", id: "a", toolName: "x" },
			{ type: "tool-input-start", id: "b", toolName: "y" },
			{ type: "tool-input-delta", id: "b", delta: '{"b":' },
			{ type: "tool-input-delta", id: "a", delta: '{"a":1}' },
			{ type: "tool-input-delta", id: "b", delta: "2}" },
			{ type: "tool-input-end", id: "b" },
			{ type: "tool-call", toolCallId: "b", toolName: "y", input: '{"b":2}' },
			{ type: "tool-input-end", id: "a" },
			{ type: "tool-call", toolCallId: "a", toolName: "x", input: '{"a":1}' },
			finish,
		]);
		expect(written.slice(1, -2).map(({ event, data }) => `${event.slice("content_block_".length)} ${String(data["index"])}`)).toEqual([
			"start 0", "delta 0", "stop 0", "start 1", "delta 1", "delta 1", "stop 1",
		]);
	});

	it("an empty delta opens nothing and writes nothing (agentgateway #2148)", () => {
		expect(createStreamEncoder(context).push([{ type: "text-delta", id: "none", delta: "" }])).toBe("");
	});

	it("a call told whole has its input", () => {
		const written = write([{ type: "tool-call", toolCallId: "a", toolName: "x", input: '{"q":1}' }, finish]);
		expect(written[2]?.data["delta"]).toEqual({ type: "input_json_delta", partial_json: '{"q":1}' });
	});

	it("a ping keeps the caller's line alive (envoy #2549)", () => {
		expect(createStreamEncoder(context).push([{ type: "ping" }])).toBe('event: ping\ndata: {"type":"ping"}\n\n');
	});

	it("parts left open are closed by the end", () => {
		expect(names([{ type: "text-start", id: "t" }, { type: "reasoning-start", id: "r" }, finish])).toEqual([
			"message_start", "content_block_start 0", "content_block_stop 0", "content_block_start 1", "content_block_stop 1", "message_delta", "message_stop",
		]);
	});

	it("the input's usage stands at the start where it is known", () => {
		const [start] = write([{ type: "response-metadata", id: "msg_7", usage: { inputTokens: 9, cachedInputTokens: 4 } }, finish]);
		expect(start?.data["message"]).toMatchObject({ id: "msg_7", usage: { input_tokens: 5, cache_read_input_tokens: 4 } });
	});

	it("a refusal in OpenAI's way ends as a refusal", () => {
		const written = write([{ type: "text-start", id: "t", refusal: true }, { type: "text-end", id: "t" }, finish]);
		expect(written.at(-2)?.data["delta"]).toMatchObject({ stop_reason: "refusal" });
	});
});

describe("failures", () => {
	it("end the stream with Anthropic's own error event, and no mark of success follows", () => {
		const encoder = createStreamEncoder(context);
		encoder.push([{ type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "a" }]);
		expect(frames(encoder.fail(gatewayError("PROVIDER_OVERLOADED")))).toEqual([
			{ event: "error", data: { type: "error", error: { type: "overloaded_error", message: "The provider is overloaded" }, request_id: "req_1" } },
		]);
		expect(encoder.push([finish])).toBe("");
		expect(encoder.fail(gatewayError("INTERNAL_ERROR"))).toBe("");
	});

	it("nothing follows the end either", () => {
		const encoder = createStreamEncoder(context);
		encoder.push([finish]);
		expect(encoder.push([{ type: "text-start", id: "t" }, finish]) + encoder.fail(gatewayError("INTERNAL_ERROR"))).toBe("");
	});
});

describe("the official SDK", () => {
	const answering = (body: string, contentType: string) =>
		new Anthropic({ apiKey: "none", maxRetries: 0, fetch: async () => new Response(body, { headers: { "content-type": contentType } }) });
	const asked = { model: "m", max_tokens: 9, messages: [{ role: "user" as const, content: "Hi" }] };

	it("reads what we stream as it reads what we answer whole", async () => {
		await fc.assert(
			fc.asyncProperty(answerOfAnthropic, async (answer) => {
				const streamed = await answering(createStreamEncoder(context).push(unfoldAnswer(answer)), "text/event-stream").beta.messages.stream(asked).finalMessage();
				const told = encodeAnswer(answer, context);
				expect(JSON.parse(JSON.stringify(streamed.content))).toEqual(told["content"]);
				expect(streamed.stop_reason).toBe(told["stop_reason"]);
				const { input_tokens, output_tokens } = streamed.usage;
				expect(told["usage"]).toMatchObject({ input_tokens, output_tokens });
			}),
			{ numRuns: 40 },
		);
	});

	it("throws our error event with its type", async () => {
		const stream = answering(createStreamEncoder(context).fail(gatewayError("RATE_LIMITED")), "text/event-stream").messages.stream(asked);
		await expect(stream.finalMessage()).rejects.toMatchObject({ type: "rate_limit_error" });
	});
});

it("events of another dialect fold to the same text here", () => {
	const events: StreamEvent[] = [
		{ type: "response-metadata", id: "chatcmpl-1" },
		{ type: "reasoning-start", id: "r" },
		{ type: "reasoning-delta", id: "r", delta: "hm" },
		{ type: "reasoning-end", id: "r" },
		{ type: "text-start", id: "t" },
		{ type: "text-delta", id: "t", delta: "ok" },
		{ type: "text-end", id: "t" },
		finish,
	];
	const decoder = anthropicMessages.provider.createStreamDecoder();
	const back = createAnswerFold();
	back.push(decoder.push(new TextEncoder().encode(createStreamEncoder(context).push(events))));
	expect(back.answer().content).toEqual([{ type: "reasoning", text: "hm", metadata: { anthropic: { signature: pack({}) } } }, { type: "text", text: "ok" }]);
});
