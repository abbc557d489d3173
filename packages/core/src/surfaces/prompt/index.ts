import type { PromptRequest } from "../../contract/operations/prompt.ts";
import type { Prompt } from "../../contract/prompt.ts";
import type { Conversation } from "../../effects/conversation.ts";
import { converseStream, converseWhole } from "../../effects/converse.ts";
import type { ExchangeEvent } from "../../effects/exchange.ts";
import { encodeStream } from "../../http/encoded-stream.ts";
import { answerHeaders, askedByHeaders, warningHeader } from "../../http/answer-headers.ts";
import { errorReply, jsonReply, posternErrorBody } from "../../http/json-reply.ts";
import { eventStreamReply, namedEvent, pingComment } from "../../http/server-sent-events.ts";
import { answerText } from "../../rules/output/structured.ts";
import { inputMessages } from "../../rules/sessions/history.ts";
import type { Call, Surface } from "../../http/surface.ts";
import { createRawTextEncoder, type RawTextEncoder } from "./raw-text.ts";

/** `/v1/prompt` and `/v1/stream`: a prompt in, text out. */
export const promptSurface: Surface<"prompt"> = {
	id: "prompt",
	errorReply: (error, requestId) => errorReply(error, posternErrorBody(error, requestId)),
	handlers: {
		async prompt(call, services) {
			const result = await converseWhole(conversation(call), services);
			if (!result.ok) return result;
			const { answer, target, warnings, durationMs, costMicroUsd } = result.value;
			const { inputTokens = 0, outputTokens = 0 } = answer.finish.usage;
			const body = {
				text: answerText(answer.content),
				tokensIn: inputTokens,
				tokensOut: outputTokens,
				latencyMs: Math.round(durationMs),
				request_id: call.requestId,
				provider: target.providerName,
				model: target.model,
				...(costMicroUsd === undefined ? {} : { costUsd: costMicroUsd / 1e6 }),
				...(warnings.length === 0 ? {} : { warnings }),
			};
			return { ok: true, value: jsonReply(body, answerHeaders(result.value)) };
		},

		async stream(call, services) {
			const result = await converseStream(conversation(call), services);
			if (!result.ok) return result;
			const { batches, warnings } = result.value;
			const headers = { ...warningHeader(warnings), ...answerHeaders(result.value) };
			return { ok: true, value: eventStreamReply(encodeStream(batches, encodeRawText(call.requestId)), headers) };
		},
	},
};

function conversation({ body, requestId, operation, principal, request }: Call<PromptRequest>): Conversation {
	const { prompt: text, system, model, provider, maxTokens, temperature } = body;
	const prompt: Prompt = {
		messages: inputMessages({ system, prompt: text }),
		settings: {
			...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
			...(temperature === undefined ? {} : { temperature }),
		},
	};
	return { surface: "prompt", operation, requestId, principal, signal: request.signal, prompt, model, provider, ...askedByHeaders(request) };
}

/** The pieces of text in a batch, then what its last event adds: it alone can be the end. */
function encodeRawText(requestId: string): (batch: readonly ExchangeEvent[]) => string {
	const encoder = createRawTextEncoder();
	return (batch) => {
		const text = batch.map((event) => (event.type === "text-delta" ? event.delta : "")).join("");
		return encoder.push(text) + ending(batch.at(-1), encoder, requestId);
	};
}

function ending(event: ExchangeEvent | undefined, encoder: RawTextEncoder, requestId: string): string {
	switch (event?.type) {
		case "finish":
			return `${encoder.close()}data: [DONE]\n\n`;
		case "error":
			return encoder.close() + namedEvent("error", posternErrorBody(event.error, requestId));
		case "ping":
			return pingComment;
		default:
			return "";
	}
}
