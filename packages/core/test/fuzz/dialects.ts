import type { z } from "zod";
import type { JsonObject } from "../../src/contract/json.ts";
import type { DialectId } from "../../src/contract/prompt.ts";
import { messagesRequest } from "../../src/contract/wire/anthropic-messages.ts";
import { generateContentRequest } from "../../src/contract/wire/gemini.ts";
import { chatCompletionRequest } from "../../src/contract/wire/openai-chat.ts";
import { responsesRequest } from "../../src/contract/wire/openai-responses.ts";
import { anthropicMessages } from "../../src/rules/dialects/anthropic-messages/index.ts";
import type { CallerRequest, Decoded, Dialect } from "../../src/rules/dialects/dialect.ts";
import { gemini } from "../../src/rules/dialects/gemini/index.ts";
import { openaiChat } from "../../src/rules/dialects/openai-chat/index.ts";
import { openaiResponses } from "../../src/rules/dialects/openai-responses/index.ts";
import { findRecorded } from "../rules/dialects/recorded.ts";

/** A dialect as the fuzzer sees it: what a body is, is for its schema to say. */
export interface FuzzedDialect {
	readonly id: DialectId;
	readonly provider: Dialect["provider"];
	readonly caller: Pick<Dialect["caller"], "encodeAnswer" | "createStreamEncoder">;
	/** A body through the operation's schema and the request decoder; `undefined` where the schema refuses it. */
	accept(body: unknown): Decoded<CallerRequest, readonly unknown[]> | undefined;
	/** Real streams, where there are some. */
	readonly recorded: readonly string[];
}

export const dialects: readonly FuzzedDialect[] = [
	fuzzed(openaiChat, chatCompletionRequest, (data) => `data: ${data}\n\n`),
	fuzzed(openaiResponses, responsesRequest, (data) => `data: ${data}\n\n`),
	fuzzed(anthropicMessages, messagesRequest, (data) => `event: ${typeOf(data)}\ndata: ${data}\n\n`),
	fuzzed(gemini, generateContentRequest, (data) => `data: ${data}\n\n`),
];

export const encodingContext = { model: "m", answerId: "id_1", createdAt: 0, requestId: "req_1", includeUsage: true, request: {} satisfies JsonObject };

function fuzzed<Body>({ id, provider, caller }: Dialect<Body>, schema: z.ZodType<Body>, frame: (data: string) => string): FuzzedDialect {
	return {
		id,
		provider,
		caller,
		accept(body) {
			const parsed = schema.safeParse(body);
			return parsed.success ? caller.decodeRequest(parsed.data, { model: "m", stream: false }) : undefined;
		},
		recorded: findRecorded(id).flatMap(({ chunks, sse }) => (chunks === undefined ? (sse ?? []) : chunks.map(frame).join(""))),
	};
}

function typeOf(data: string): string {
	return /"type"\s*:\s*"(\w+)"/.exec(data)?.[1] ?? "message";
}
