import type { Json, JsonObject } from "../../../../src/contract/json.ts";
import type { Prompt } from "../../../../src/contract/prompt.ts";
import type { Answer, StreamEvent } from "../../../../src/contract/stream-event.ts";
import { responsesRequest } from "../../../../src/contract/wire/openai-responses.ts";
import type { Quirks, StreamDecoderOptions } from "../../../../src/rules/dialects/dialect.ts";
import { openaiResponses } from "../../../../src/rules/dialects/openai-responses/index.ts";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const context = { model: "alias", answerId: "resp_own", createdAt: 1_700_000_000_000, requestId: "req_1" };
/** As if the answer's own id were ours. */
export const contextOf = ({ id = context.answerId }: Answer) => ({ ...context, answerId: id });

/** Events in their envelope. */
export function sse(events: readonly (Json | string)[]): string {
	return events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
}

export function decodePieces(pieces: readonly Uint8Array[], options?: StreamDecoderOptions): StreamEvent[] {
	const decoder = openaiResponses.provider.createStreamDecoder(options);
	return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
}

export const decodeStream = (text: string): StreamEvent[] => decodePieces([bytes(text)]);
export const decodeEvents = (...events: readonly JsonObject[]): StreamEvent[] => decodeStream(sse(events));

export function decodeBody(body: JsonObject) {
	return openaiResponses.caller.decodeRequest(responsesRequest.parse({ model: "m", ...body }));
}

/** The decoded prompt of a request that must be a good one. */
export function promptOf(body: JsonObject): Prompt {
	const decoded = decodeBody(body);
	if (!decoded.ok) throw new Error(JSON.stringify(decoded.problem));
	return decoded.value.prompt;
}

export function prompted(prompt: Partial<Prompt>, { model = "gpt-4.1", stream = false, ...quirks }: Quirks & { model?: string; stream?: boolean } = {}) {
	const whole: Prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }], settings: {}, ...prompt };
	return openaiResponses.provider.encodeRequest(whole, { model, stream, quirks });
}

/** The events of encoded text; each one's name must be its type. */
export function parseSse(text: string): JsonObject[] {
	return text
		.split("\n\n")
		.filter((block) => block.startsWith("event: "))
		.map((block) => {
			const [, name, data] = /^event: (.+)\ndata: ([^]+)$/.exec(block) ?? [];
			const event: JsonObject = JSON.parse(data ?? "null");
			if (event.type !== name) throw new Error(`${name} is not ${JSON.stringify(event.type)}`);
			return event;
		});
}

export const created: JsonObject = { type: "response.created", response: { id: "resp_1", object: "response", created_at: 1_700_000_000, model: "gpt-5", status: "in_progress", output: [] } };
export function ended(type: "completed" | "incomplete" | "failed", rest: JsonObject = {}): JsonObject {
	return {
		type: `response.${type}`,
		response: {
			id: "resp_1",
			object: "response",
			created_at: 1_700_000_000,
			model: "gpt-5",
			status: type,
			output: [],
			usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
			...rest,
		},
	};
}
export const added = (output_index: number, item: JsonObject): JsonObject => ({ type: "response.output_item.added", output_index, item });
export const done = (output_index: number, item: JsonObject): JsonObject => ({ type: "response.output_item.done", output_index, item });
export function delta(kind: string, output_index: number, text: string, rest: JsonObject = {}): JsonObject {
	return { type: `response.${kind}.delta`, output_index, delta: text, ...rest };
}
