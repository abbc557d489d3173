import { DefaultChatTransport, readUIMessageStream, type UIMessage } from "ai";
import { describe, expect, test } from "vitest";
import { gatewayError } from "../../../src/contract/errors.ts";
import type { AssistantPart } from "../../../src/contract/prompt.ts";
import { type UiMessageChunk, uiMessage, uiMessageChunk } from "../../../src/contract/wire/ui-messages.ts";
import type { ExchangeEvent } from "../../../src/effects/exchange.ts";
import { unfoldAnswer } from "../../../src/rules/sessions/unfold.ts";
import { decodeUiMessages } from "../../../src/surfaces/ui/message-decoder.ts";
import { createUiStreamEncoder } from "../../../src/surfaces/ui/stream-encoder.ts";

const finish = { type: "finish", reason: "stop", usage: { inputTokens: 3, outputTokens: 4, cachedInputTokens: 1, cacheWriteTokens: 2 } } as const;

function encode(events: readonly ExchangeEvent[]): string {
	return createUiStreamEncoder({ messageId: "msg_1", answerId: "req_1", metadata: { requestId: "req_1", model: "sim/echo" }, cost: () => 420 })(events);
}
/** The parts, each of which the contract knows. */
function partsOf(stream: string): UiMessageChunk[] {
	return stream
		.split("\n\n")
		.filter((frame) => frame.startsWith("data: {"))
		.map((frame) => uiMessageChunk.parse(JSON.parse(frame.slice("data: ".length))));
}
/** Without what stands around every answer. */
const said = (...events: ExchangeEvent[]) => partsOf(encode(events)).slice(2);

describe("a file that the model made", () => {
	const picture = { type: "file", mediaType: "image/png", data: { type: "base64", base64: "AA==" }, metadata: { google: { thoughtSignature: "c2ln" } } } as const;
	test("is shown as a file part, and comes back as it was", () => {
		const [part] = said(picture);
		expect(part).toEqual({ type: "file", mediaType: "image/png", url: "data:image/png;base64,AA==", providerMetadata: picture.metadata });
		const decoded = decodeUiMessages([{ id: "1", role: "assistant", parts: [part as never] }]);
		expect(decoded).toMatchObject({ ok: true, value: [{ role: "assistant", content: [picture] }] });
	});
	test.each([
		[{ type: "url", url: "https://a.example/x.png" }, "https://a.example/x.png"],
		[{ type: "text", text: "a b" }, "data:text/plain;charset=utf-8,a%20b"],
	] as const)("%j is an address", (data, url) => {
		expect(said({ type: "file", mediaType: "image/png", data })).toMatchObject([{ type: "file", url }]);
	});
	test("that only its vendor can fetch is left out", () => {
		expect(said({ type: "file", mediaType: "image/png", data: { type: "id", id: "files/1" } })).toEqual([]);
	});
});

describe("an answer as a UI message stream", () => {
	test("begins and ends as the protocol wants it", () => {
		const stream = encode([{ type: "text-start", id: "0" }, { type: "text-delta", id: "0", delta: "a\nb" }, { type: "text-end", id: "0" }, finish]);
		expect(partsOf(stream)).toEqual([
			{ type: "start", messageId: "msg_1", messageMetadata: { requestId: "req_1", model: "sim/echo" } },
			{ type: "start-step" },
			{ type: "text-start", id: "0" },
			{ type: "text-delta", id: "0", delta: "a\nb" },
			{ type: "text-end", id: "0" },
			{ type: "finish-step" },
			{ type: "finish", finishReason: "stop", messageMetadata: { usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7, cachedInputTokens: 1 }, costUsd: 0.00042 } },
		]);
		expect(stream.endsWith("\n\ndata: [DONE]\n\n")).toBe(true);
	});

	test("an error is its end, without a mark of success", () => {
		const stream = encode([{ type: "text-start", id: "0" }, { type: "text-delta", id: "0", delta: "a" }, { type: "error", error: gatewayError("PROVIDER_ERROR") }]);
		expect(stream.endsWith('data: {"type":"error","errorText":"The provider failed"}\n\n')).toBe(true);
	});

	test("the start is told once, over many batches", () => {
		const encoder = createUiStreamEncoder({ messageId: "m", answerId: "a", metadata: {}, cost: () => undefined });
		const stream = encoder([{ type: "ping" }]) + encoder([finish]);
		expect(partsOf(stream).map(({ type }) => type)).toEqual(["start", "start-step", "finish-step", "finish"]);
		expect(stream).toContain(": ping\n\n");
	});

	test.each([
		["pause", "other"],
		["error", "error"],
		["content-filter", "content-filter"],
	] as const)("the reason %s is %s", (reason, finishReason) => {
		expect(said({ ...finish, reason }).at(-1)).toMatchObject({ finishReason });
	});

	test("metadata of a part's end stands beside that of its start", () => {
		const parts = said(
			{ type: "reasoning-start", id: "0", metadata: { openai: { itemId: "rs_1" } } },
			{ type: "reasoning-end", id: "0", metadata: { anthropic: { signature: "s" } } },
		);
		expect(parts[1]).toEqual({ type: "reasoning-end", id: "0", providerMetadata: { openai: { itemId: "rs_1" }, anthropic: { signature: "s" } } });
	});

	test("sources with an address, and without one", () => {
		const parts = said(
			{ type: "source", id: "0", source: { url: "https://example.com", title: "T" } },
			{ type: "source", id: "0", source: { title: "Page 3" } },
		);
		expect(parts).toEqual([
			{ type: "source-url", sourceId: "req_1-source-1", url: "https://example.com", title: "T" },
			{ type: "source-document", sourceId: "req_1-source-2", mediaType: "text/plain", title: "Page 3" },
		]);
	});

	test.each([
		[{ incomplete: true, input: '{"city":"O' }, "The call was cut off by the token limit"],
		[{ input: "{city}" }, "The model's input for this tool is no JSON"],
	] as const)("a call whose input is %j cannot be run", (call, errorText) => {
		expect(said({ type: "tool-call", toolCallId: "1", toolName: "t", ...call })).toEqual([
			{ type: "tool-input-error", toolCallId: "1", toolName: "t", input: call.input, errorText },
		]);
	});

	test("a tool that failed at the provider", () => {
		const output = { type: "text", text: "No such page" } as const;
		expect(said({ type: "tool-result", toolCallId: "1", output, isError: true, providerExecuted: true })).toEqual([
			{ type: "tool-output-error", toolCallId: "1", errorText: "No such page", providerExecuted: true },
		]);
	});
});

test("what a model said comes back from the AI SDK's message as it was", async () => {
	const content: AssistantPart[] = [
		{ type: "reasoning", text: "Hm", metadata: { anthropic: { signature: "s" } } },
		{ type: "reasoning", text: "", metadata: { anthropic: { redactedData: "r" } } },
		{ type: "text", text: "Let me search" },
		{ type: "tool-call", toolCallId: "srv_1", toolName: "web_search", input: '{"query":"postern"}', providerExecuted: true, metadata: { anthropic: { type: "server_tool_use" } } },
		{
			type: "tool-result",
			toolCallId: "srv_1",
			toolName: "web_search",
			output: { type: "text", text: "A small gate" },
			providerExecuted: true,
			metadata: { anthropic: { type: "web_search_tool_result" } },
		},
		{ type: "opaque", dialect: "anthropic-messages", value: { type: "container_upload", file_id: "f" } },
		{ type: "text", text: "A postern is a gate", metadata: { google: { thoughtSignature: "t" } } },
	];
	const stream = encode(unfoldAnswer({ content, finish }).filter((event) => event.type !== "error"));
	const transport = new DefaultChatTransport({ fetch: async () => new Response(stream) });
	const chunks = await transport.sendMessages({ chatId: "c", messages: [], trigger: "submit-message", messageId: undefined, abortSignal: undefined });
	let message: UIMessage | undefined;
	for await (const read of readUIMessageStream({ stream: chunks })) message = read;
	const decoded = decodeUiMessages([uiMessage.parse(JSON.parse(JSON.stringify(message)))]);
	expect(decoded).toEqual({ ok: true, value: [{ role: "assistant", content }] });
});
