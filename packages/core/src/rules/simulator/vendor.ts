import type { z } from "zod";
import type { Json, JsonObject } from "../../contract/json.ts";
import type { DialectId } from "../../contract/prompt.ts";
import { messagesRequest } from "../../contract/wire/anthropic-messages.ts";
import { generateContentRequest } from "../../contract/wire/gemini.ts";
import { chatCompletionRequest } from "../../contract/wire/openai-chat.ts";
import { responsesRequest } from "../../contract/wire/openai-responses.ts";
import { anthropicMessages } from "../dialects/anthropic-messages/index.ts";
import type { CallerCodec, CallerRequest, Decoded, Dialect, RequestAddress } from "../dialects/dialect.ts";
import { asObject } from "../dialects/json-fields.ts";
import { readGeneratePath } from "../dialects/gemini/address.ts";
import { gemini } from "../dialects/gemini/index.ts";
import { openaiChat } from "../dialects/openai-chat/index.ts";
import { openaiResponses } from "../dialects/openai-responses/index.ts";
import { type VendorError, vendorErrorBody } from "./vendor-error.ts";

/** A vendor's server as its clients see it: reads requests, writes answers and errors. */
export interface Vendor {
	readonly dialect: DialectId;
	readonly codec: Omit<CallerCodec, "decodeRequest">;
	/**
	 * @param path of the request: some vendors name the model in it.
	 * @returns what is wrong with the request, in a sentence, where it is none.
	 */
	readRequest(body: Json, path: string): Decoded<CallerRequest, string>;
	readonly answerIdPrefix: string;
	readonly callIdPrefix: string;
	readonly requestIdHeader: string;
	errorBody(error: VendorError, requestId: string): JsonObject;
	/** How an error stands in a stream. */
	errorEvent(body: JsonObject): string;
}

export const vendors: Readonly<Record<DialectId, Vendor>> = {
	"openai-chat": {
		...common(openaiChat, chatCompletionRequest),
		answerIdPrefix: "chatcmpl-sim",
		callIdPrefix: "call_sim",
		requestIdHeader: "x-request-id",
		errorEvent: (body) => `data: ${JSON.stringify(body)}\n\n`,
	},
	"openai-responses": {
		...common(openaiResponses, responsesRequest),
		answerIdPrefix: "resp_sim",
		callIdPrefix: "call_sim",
		requestIdHeader: "x-request-id",
		errorEvent: (body) => `event: error\ndata: ${JSON.stringify({ ...asObject(body.error), type: "error", sequence_number: 0 })}\n\n`,
	},
	"anthropic-messages": {
		...common(anthropicMessages, messagesRequest),
		answerIdPrefix: "msg_sim",
		callIdPrefix: "toolu_sim",
		requestIdHeader: "request-id",
		errorEvent: (body) => `event: error\ndata: ${JSON.stringify(body)}\n\n`,
	},
	gemini: {
		...common(gemini, generateContentRequest, readGeneratePath),
		answerIdPrefix: "gemini_sim",
		callIdPrefix: "call_sim",
		requestIdHeader: "x-request-id",
		errorEvent: (body) => `data: ${JSON.stringify(body)}\n\n`,
	},
};

/** @param readPath where the path names the model. */
function common<Body>(
	dialect: Dialect<Body>,
	schema: z.ZodType<Body>,
	readPath?: (path: string) => RequestAddress | undefined,
): Pick<Vendor, "dialect" | "codec" | "readRequest" | "errorBody"> {
	return {
		dialect: dialect.id,
		codec: dialect.caller,
		readRequest(body, path) {
			const parsed = schema.safeParse(body);
			const issues = parsed.success ? undefined : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
			if (!parsed.success) return { ok: false, problem: (issues ?? []).join("; ") };
			const decoded = dialect.caller.decodeRequest(parsed.data, readPath?.(path));
			if (decoded.ok) return decoded;
			return { ok: false, problem: decoded.problem.map(({ path, message }) => `${path}: ${message}`).join("; ") };
		},
		errorBody: (error, requestId) => vendorErrorBody(dialect.id, error, requestId),
	};
}
