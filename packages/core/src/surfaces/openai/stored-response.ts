import type { JsonObject } from "../../contract/json.ts";
import type { Principal } from "../../contract/principal.ts";
import type { AssistantMessage } from "../../contract/prompt.ts";
import type { Turn } from "../../contract/session.ts";
import type { Answer } from "../../contract/stream-event.ts";
import type { Store } from "../../effects/store/store.ts";
import type { EncodeAnswerContext } from "../../rules/dialects/dialect.ts";
import { asArray, asObject } from "../../rules/dialects/json-fields.ts";
import { openaiResponses } from "../../rules/dialects/openai-responses/index.ts";

/** A response is the turn of the request that made it: its id is the request's in another coat. */
export function responseIdOf(requestId: string): string {
	return requestId.replace(/^req_/, "resp_");
}
/** @returns an id that no request has, where the response's is none of ours. */
export function requestIdOf(responseId: string): string {
	return responseId.startsWith("resp_") ? `req_${responseId.slice("resp_".length)}` : "";
}

/** @returns the turn of a response that this principal may see, where it is kept. */
export async function findResponse(responseId: string, principal: Principal, store: Store): Promise<Turn | undefined> {
	const turn = await store.findTurn(requestIdOf(responseId), principal.id);
	return turn?.answer.metadata?.responses?.response === undefined ? undefined : turn;
}

/** What of a response the turn's own words do not say: kept beside them. */
export function answerMessage(answer: Answer, context: EncodeAnswerContext): AssistantMessage {
	const { output: _, ...response } = openaiResponses.caller.encodeAnswer(answer, context);
	return { role: "assistant", content: answer.content, metadata: { responses: { response } } };
}

/** The response as its caller was told it. */
export function storedResponse({ requestId, answer }: Turn): JsonObject | undefined {
	const response = asObject(answer.metadata?.responses?.response);
	if (response === undefined) return undefined;
	const context = { model: "", answerId: responseIdOf(requestId), createdAt: 0, requestId, request: { tools: response.tools } };
	const reason = response.status === "incomplete" ? "length" : "stop";
	const { output } = openaiResponses.caller.encodeAnswer({ content: answer.content, finish: { reason, usage: {} } }, context);
	return { ...response, output };
}

export function outputOf(turn: Turn): readonly JsonObject[] {
	return (asArray(storedResponse(turn)?.output) ?? []).map(asObject).filter((item) => item !== undefined);
}
