import type { GatewayError } from "../../contract/errors.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import type { ObjectRequest, TextRequest } from "../../contract/operations/text.ts";
import { converseStream } from "../../effects/converse.ts";
import type { ExchangeEvent, StreamResult } from "../../effects/exchange.ts";
import type { Services } from "../../effects/services.ts";
import { validationError } from "../../http/body.ts";
import { encodeStream } from "../../http/encoded-stream.ts";
import { answerHeaders } from "../../http/answer-headers.ts";
import { posternErrorBody } from "../../http/json-reply.ts";
import type { Reply } from "../../http/reply.ts";
import { eventStreamReply, namedEvent, pingComment } from "../../http/server-sent-events.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { compileSchema, type ObjectSchema } from "../../rules/output/object-schema.ts";
import { createPartialObject } from "../../rules/output/partial-object.ts";
import { readObject } from "../../rules/output/review.ts";
import type { Call } from "../../http/surface.ts";
import { beginTurn, usageTotals } from "./conversation.ts";

export async function streamText(call: Call<TextRequest>, services: Services): Promise<Decoded<Reply, GatewayError>> {
	return stream(call, services, undefined, () => ({
		text: (delta) => namedEvent("text", { text: delta }),
		end: () => "",
	}));
}

export async function streamObject(call: Call<ObjectRequest>, services: Services): Promise<Decoded<Reply, GatewayError>> {
	const schema = compileSchema(call.body.schema as JsonObject);
	if (!schema.ok) return { ok: false, problem: validationError(schema.problem) };
	return stream(call, services, schema.value, (result) => objectEvents(result, schema.value));
}

/** How the text of an answer becomes events, and what stands before `result`. */
interface Content {
	text(delta: string): string;
	end(): string;
}

function objectEvents(result: StreamResult, schema: ObjectSchema): Content {
	const partial = createPartialObject();
	return {
		text(delta) {
			const parsed: Json | undefined = partial.push(delta);
			return parsed === undefined ? "" : namedEvent("partial-object", { partial: partial.text(), parsed });
		},
		end() {
			const read = readObject(result.answer(), schema);
			if (!read.ok) throw new Error("An answer that the review accepted cannot be read");
			const warning = { message: "The object was found inside other text", code: "EXTRACTION_FALLBACK" };
			return (read.isWhole ? "" : namedEvent("warning", warning)) + namedEvent("object", { object: read.object });
		},
	};
}

async function stream(
	call: Call<TextRequest>,
	services: Services,
	schema: ObjectSchema | undefined,
	contentOf: (result: StreamResult) => Content,
): Promise<Decoded<Reply, GatewayError>> {
	const begun = await beginTurn(call, services, schema);
	if (!begun.ok) return begun;
	const { turn, conversation } = begun.value;
	let isStreaming = false;
	try {
		const result = await converseStream(conversation, services);
		if (!result.ok) return result;
		isStreaming = true;
		const encode = encodeEvents(result.value, turn.sessionId, contentOf(result.value), call.requestId);
		return { ok: true, value: eventStreamReply(encodeStream(result.value.batches, encode, turn.leave), answerHeaders(result.value)) };
	} finally {
		if (!isStreaming) turn.leave();
	}
}

function encodeEvents(result: StreamResult, sessionId: string, content: Content, requestId: string): (batch: readonly ExchangeEvent[]) => string {
	const model = `${result.target.providerName}/${result.target.model}`;
	const warnings = result.warnings.map(({ message, code, field }) => namedEvent("warning", { message, code, ...(field === undefined ? {} : { field }) }));
	let opening = namedEvent("session", { sessionId }) + warnings.join("");

	function encode(event: ExchangeEvent): string {
		switch (event.type) {
			case "finish": {
				const cost = result.cost();
				const told = { sessionId, usage: usageTotals(event.usage), model, ...(cost === undefined ? {} : { costUsd: cost / 1e6 }) };
				return content.end() + namedEvent("result", told) + namedEvent("done", { code: 0, signal: null });
			}
			case "error": {
				const reason = event.error.code === "TIMEOUT_ERROR" ? { reason: "timeout" } : {};
				return namedEvent("error", posternErrorBody(event.error, requestId)) + namedEvent("done", { code: 1, signal: null, ...reason });
			}
			case "ping":
				return pingComment;
			default:
				return "";
		}
	}

	return (batch) => {
		const delta = batch.map((event) => (event.type === "text-delta" ? event.delta : "")).join("");
		const written = opening + (delta === "" ? "" : content.text(delta)) + batch.map(encode).join("");
		opening = "";
		return written;
	};
}
