import type { Json, JsonObject } from "../../../../src/contract/json.ts";
import type { Prompt } from "../../../../src/contract/prompt.ts";
import type { Answer, StreamEvent } from "../../../../src/contract/stream-event.ts";
import { generateContentRequest } from "../../../../src/contract/wire/gemini.ts";
import type { Quirks, StreamDecoderOptions } from "../../../../src/rules/dialects/dialect.ts";
import { gemini } from "../../../../src/rules/dialects/gemini/index.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const context = { model: "alias", answerId: "msg_own", createdAt: 1_700_000_000_000, requestId: "req_1" };

export function sse(chunks: readonly (Json | string)[]): string {
	return chunks.map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`).join("");
}

export function decodePieces(pieces: readonly Uint8Array[], options?: StreamDecoderOptions): StreamEvent[] {
	const decoder = gemini.provider.createStreamDecoder(options);
	return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
}

export const decodeChunks = (chunks: readonly (Json | string)[]): StreamEvent[] => decodePieces([bytes(sse(chunks))]);

export function fold(events: readonly StreamEvent[]): Answer {
	const folded = createAnswerFold();
	folded.push(events);
	return folded.answer();
}

export function decodeWhole(body: Json): Answer {
	const decoded = gemini.provider.decodeAnswer(body);
	if (!decoded.ok) throw new Error(decoded.problem.message);
	return decoded.value;
}

/** A chunk with these parts. */
export function chunk(parts: readonly JsonObject[], candidate: JsonObject = {}, rest: JsonObject = {}): JsonObject {
	return {
		candidates: [{ content: { role: "model", parts }, index: 0, ...candidate }],
		modelVersion: "gemini-3-pro",
		responseId: "r-1",
		...rest,
	};
}

export const end = (finishReason: string, rest: JsonObject = {}): JsonObject => chunk([{ text: "" }], { finishReason }, rest);

export const address = { model: "gemini-3-pro", stream: false };

export function decodeBody(body: JsonObject) {
	return gemini.caller.decodeRequest(generateContentRequest.parse(body), address);
}

/** The prompt of a body that is right. */
export function promptOf(body: JsonObject): Prompt {
	const decoded = decodeBody(body);
	if (!decoded.ok) throw new Error(JSON.stringify(decoded.problem));
	return decoded.value.prompt;
}

export function prompted(prompt: Partial<Prompt>, model = "gemini-3-pro", quirks: Quirks = {}) {
	const whole: Prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }], settings: {}, ...prompt };
	return gemini.provider.encodeRequest(whole, { model, stream: false, quirks });
}

/** The data of encoded events. */
export function parseSse(text: string): JsonObject[] {
	return text
		.split("\n\n")
		.filter((block) => block.startsWith("data: "))
		.map((block) => JSON.parse(block.slice("data: ".length)));
}

/** Arguments travel as objects: their text is written anew. */
export function withParsedInputs<Value>(value: Value): Value {
	return JSON.parse(JSON.stringify(value), (key, inner) => (key === "input" && typeof inner === "string" ? JSON.stringify(JSON.parse(inner)) : inner));
}
