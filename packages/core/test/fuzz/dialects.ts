import fc from "fast-check";
import type { z } from "zod";
import type { Json, JsonObject } from "../../src/contract/json.ts";
import type { DialectId, ProviderDialectId } from "../../src/contract/prompt.ts";
import { messagesRequest } from "../../src/contract/wire/anthropic-messages.ts";
import { generateContentRequest } from "../../src/contract/wire/gemini.ts";
import { chatCompletionRequest } from "../../src/contract/wire/openai-chat.ts";
import { responsesRequest } from "../../src/contract/wire/openai-responses.ts";
import { anthropicMessages } from "../../src/rules/dialects/anthropic-messages/index.ts";
import type { CallerRequest, Decoded, Dialect, ProviderCodec } from "../../src/rules/dialects/dialect.ts";
import { gemini } from "../../src/rules/dialects/gemini/index.ts";
import { openaiChat } from "../../src/rules/dialects/openai-chat/index.ts";
import { openaiResponses } from "../../src/rules/dialects/openai-responses/index.ts";
import { unfoldAnswer } from "../../src/rules/sessions/unfold.ts";
import { arbitraryAnswer } from "../rules/dialects/arbitraries.ts";
import { findRecorded } from "../rules/dialects/recorded.ts";
import { fuzzedBedrock } from "./bedrock.ts";
import { fuzzedClaudeCode } from "./claude-code.ts";
import { mutatedStream } from "./hostile.ts";

/** What only providers speak as the fuzzer sees it. */
export interface FuzzedProvider {
	readonly id: ProviderDialectId;
	readonly provider: ProviderCodec;
	/** Whole answers that are right: to be broken. */
	readonly answers: fc.Arbitrary<Json>;
	/** Streams that are nearly right. */
	readonly brokenStreams: fc.Arbitrary<Uint8Array>;
}

/** A dialect as the fuzzer sees it: what a body is, is for its schema to say. */
export interface FuzzedDialect extends FuzzedProvider {
	readonly id: DialectId;
	readonly caller: Pick<Dialect["caller"], "encodeAnswer" | "createStreamEncoder">;
	/** A body through the operation's schema and the request decoder; `undefined` where the schema refuses it. */
	accept(body: unknown): Decoded<CallerRequest, readonly unknown[]> | undefined;
}

export const encodingContext = { model: "m", answerId: "id_1", createdAt: 0, requestId: "req_1", includeUsage: true, request: {} satisfies JsonObject };

export const dialects: readonly FuzzedDialect[] = [
	fuzzed(openaiChat, chatCompletionRequest, (data) => `data: ${data}\n\n`),
	fuzzed(openaiResponses, responsesRequest, (data) => `data: ${data}\n\n`),
	fuzzed(anthropicMessages, messagesRequest, (data) => `event: ${typeOf(data)}\ndata: ${data}\n\n`),
	fuzzed(gemini, generateContentRequest, (data) => `data: ${data}\n\n`),
];

/** Every dialect that a provider speaks. */
export const providers: readonly FuzzedProvider[] = [...dialects, fuzzedBedrock, fuzzedClaudeCode];

function fuzzed<Body>({ id, provider, caller }: Dialect<Body>, schema: z.ZodType<Body>, frame: (data: string) => string): FuzzedDialect {
	const recorded = findRecorded(id).flatMap(({ chunks, sse }) => (chunks === undefined ? (sse ?? []) : chunks.map(frame).join("")));
	const own = arbitraryAnswer(id).map((answer) => caller.createStreamEncoder(encodingContext).push(unfoldAnswer(answer)));
	const streams = recorded.length === 0 ? own : fc.oneof(own, fc.constantFrom(...recorded));
	return {
		id,
		provider,
		caller,
		answers: arbitraryAnswer(id).map((answer) => JSON.parse(JSON.stringify(caller.encodeAnswer(answer, encodingContext)))),
		brokenStreams: streams.chain(mutatedStream),
		accept(body) {
			const parsed = schema.safeParse(body);
			return parsed.success ? caller.decodeRequest(parsed.data, { model: "m", stream: false }) : undefined;
		},
	};
}

function typeOf(data: string): string {
	return /"type"\s*:\s*"(\w+)"/.exec(data)?.[1] ?? "message";
}
