import type { GatewayError } from "../../contract/errors.ts";
import type { TextRequest } from "../../contract/operations/text.ts";
import type { UsageTotals } from "../../contract/operations/fields.ts";
import type { OutputFormat } from "../../contract/prompt.ts";
import type { Usage } from "../../contract/stream-event.ts";
import type { Conversation } from "../../effects/conversation.ts";
import type { Services } from "../../effects/services.ts";
import { enterSession, type SessionTurn } from "../../effects/session-turn.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { type ObjectSchema } from "../../rules/output/object-schema.ts";
import { reviewObject } from "../../rules/output/review.ts";
import { inputMessages } from "../../rules/sessions/history.ts";
import { askedByHeaders } from "../../http/answer-headers.ts";
import type { Call } from "../../http/surface.ts";

/** A turn of this surface: its place in the session and the conversation that the exchange needs. */
export interface TextTurn {
	readonly turn: SessionTurn;
	readonly conversation: Conversation;
}

/** @param schema where an object is asked for. */
export async function beginTurn(call: Call<TextRequest>, services: Services, schema?: ObjectSchema): Promise<Decoded<TextTurn, GatewayError>> {
	const { body, requestId, operation, principal, request } = call;
	const { prompt: text, system, sessionId, model, provider, allowedTools, maxTokens, temperature } = body;
	const input = inputMessages({ system, prompt: text });
	const entered = await enterSession({ sessionId, requestId, principal, input, signal: request.signal }, services);
	if (!entered.ok) return entered;
	const turn = entered.value;
	const prompt = {
		messages: turn.messages,
		settings: {
			...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
			...(temperature === undefined ? {} : { temperature }),
		},
		...(schema === undefined ? {} : { output: { type: "json-schema", schema: schema.schema, name: "object", strict: false } satisfies OutputFormat }),
	};
	return {
		ok: true,
		value: {
			turn,
			conversation: {
				surface: "text",
				operation,
				requestId,
				principal,
				signal: request.signal,
				prompt,
				model,
				provider,
				allowedTools,
				sessionId: turn.sessionId,
				lastTarget: turn.lastTarget,
				continuesSession: sessionId !== undefined,
				...askedByHeaders(request),
				keep: turn.keep,
				...(schema === undefined ? {} : { review: (answer, isLast) => reviewObject(prompt, schema, answer, isLast) }),
			},
		},
	};
}

/** Totals as this surface tells them: absent counts are 0. */
export function usageTotals({ inputTokens = 0, outputTokens = 0 }: Usage): UsageTotals {
	return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
