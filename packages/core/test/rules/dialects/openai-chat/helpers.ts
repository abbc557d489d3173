import type { Json, JsonObject } from "../../../../src/contract/json.ts";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import { chatCompletionRequest } from "../../../../src/contract/wire/openai-chat.ts";
import { openaiChat } from "../../../../src/rules/dialects/openai-chat/index.ts";
import type { Quirks, StreamDecoderOptions } from "../../../../src/rules/dialects/dialect.ts";
import type { Prompt } from "../../../../src/contract/prompt.ts";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const context = { model: "alias", answerId: "chatcmpl-own", createdAt: 1_700_000_000_000, requestId: "req_1" };

/** Chunks in their envelope, with the end mark. */
export function sse(chunks: readonly (Json | string)[], end = "data: [DONE]\n\n"): string {
	return chunks.map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`).join("") + end;
}

export function decodePieces(pieces: readonly Uint8Array[], options?: StreamDecoderOptions): StreamEvent[] {
	const decoder = openaiChat.provider.createStreamDecoder(options);
	return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
}

export const decodeStream = (text: string): StreamEvent[] => decodePieces([bytes(text)]);

/** A chunk with this delta. */
export function chunk(delta: JsonObject, rest: JsonObject = {}, choice: JsonObject = {}): JsonObject {
	return {
		id: "chatcmpl-1",
		object: "chat.completion.chunk",
		created: 1700000000,
		model: "gpt-4o",
		choices: [{ index: 0, delta, finish_reason: null, ...choice }],
		...rest,
	};
}

export const end = (reason: string, rest: JsonObject = {}): JsonObject => chunk({}, rest, { finish_reason: reason });

export function decodeBody(body: JsonObject) {
	return openaiChat.caller.decodeRequest(chatCompletionRequest.parse(body));
}

export function prompted(prompt: Partial<Prompt>, quirks: Quirks = {}, stream = false) {
	const whole: Prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }], settings: {}, ...prompt };
	return openaiChat.provider.encodeRequest(whole, { model: "gpt-4o", stream, quirks });
}

/** The chunks of encoded text, `[DONE]` included. */
export function parseSse(text: string): (JsonObject | "[DONE]")[] {
	return text
		.split("\n\n")
		.filter((block) => block.startsWith("data: "))
		.map((block) => (block === "data: [DONE]" ? "[DONE]" : JSON.parse(block.slice("data: ".length))));
}
