import type { z } from "zod";
import type { JsonObject } from "../../../src/contract/json.ts";
import type { DialectId, Prompt } from "../../../src/contract/prompt.ts";
import { messagesRequest } from "../../../src/contract/wire/anthropic-messages.ts";
import { generateContentRequest } from "../../../src/contract/wire/gemini.ts";
import { chatCompletionRequest } from "../../../src/contract/wire/openai-chat.ts";
import { responsesRequest } from "../../../src/contract/wire/openai-responses.ts";
import { anthropicMessages } from "../../../src/rules/dialects/anthropic-messages/index.ts";
import type { CallerCodec, Dialect } from "../../../src/rules/dialects/dialect.ts";
import { gemini } from "../../../src/rules/dialects/gemini/index.ts";
import { openaiChat } from "../../../src/rules/dialects/openai-chat/index.ts";
import { openaiResponses } from "../../../src/rules/dialects/openai-responses/index.ts";

/** The callers' side of every dialect, for tests that run over all of them. */
export interface Caller extends Pick<CallerCodec, "encodeAnswer" | "createStreamEncoder"> {
	/** A body through JSON, the operation's schema and the request decoder. Throws where one of them refuses it. */
	decodeRequest(body: JsonObject): Prompt;
}

export const callers: Readonly<Record<DialectId, Caller>> = {
	"openai-chat": caller(openaiChat, chatCompletionRequest),
	"openai-responses": caller(openaiResponses, responsesRequest),
	"anthropic-messages": caller(anthropicMessages, messagesRequest),
	gemini: caller(gemini, generateContentRequest),
};
export const callerIds = Object.keys(callers) as readonly DialectId[];

function caller<Body>({ caller: codec }: Dialect<Body>, schema: z.ZodType<Body>): Caller {
	return {
		encodeAnswer: codec.encodeAnswer,
		createStreamEncoder: codec.createStreamEncoder,
		decodeRequest(body) {
			const decoded = codec.decodeRequest(schema.parse(JSON.parse(JSON.stringify(body))), { model: "m", stream: false });
			if (!decoded.ok) throw new Error(JSON.stringify(decoded.problem));
			return decoded.value.prompt;
		},
	};
}
