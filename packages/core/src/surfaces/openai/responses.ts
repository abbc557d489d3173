import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { ResponsesRequest } from "../../contract/wire/openai-responses.ts";
import type { Services } from "../../effects/services.ts";
import { askedByHeaders } from "../../http/answer-headers.ts";
import { validationError } from "../../http/body.ts";
import { jsonReply } from "../../http/json-reply.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call } from "../../http/surface.ts";
import type { Decoded, EncodeAnswerContext } from "../../rules/dialects/dialect.ts";
import { openaiResponses } from "../../rules/dialects/openai-responses/index.ts";
import { answerConversation } from "../dialect-answer.ts";
import { resolveReferences } from "./item-references.ts";
import { enterResponse } from "./response-turn.ts";
import { findResponse, requestIdOf, responseIdOf, storedResponse } from "./stored-response.ts";

const codec = openaiResponses.caller;

/** The gateway is the one that stores: the provider sees the whole history, and may be another one each time. */
export async function createResponse(call: Call<ResponsesRequest>, services: Services): Promise<Decoded<Reply, GatewayError>> {
	const { requestId, operation, principal, request } = call;
	const body = await resolveReferences(call.body, principal, services);
	const decoded = codec.decodeRequest(body);
	if (!decoded.ok) return { ok: false, problem: validationError(decoded.problem) };
	const { model, stream, prompt } = decoded.value;
	const context: EncodeAnswerContext = {
		model,
		answerId: responseIdOf(requestId),
		createdAt: services.runtime.now(),
		requestId,
		// A body that came from JSON is JSON.
		request: body as JsonObject,
	};
	const entered = await enterResponse(call, body, prompt.messages, context, services);
	if (!entered.ok) return entered;
	const { messages, sessionId, lastTarget, keep, leave } = entered.value;
	return answerConversation(
		{
			surface: "openai",
			operation,
			requestId,
			principal,
			signal: request.signal,
			prompt: { ...prompt, messages },
			model,
			lastTarget,
			continuesSession: Boolean(body.previous_response_id) || Boolean(body.conversation),
			...askedByHeaders(request),
			...(sessionId === undefined ? {} : { sessionId }),
			...(keep === undefined ? {} : { keep }),
		},
		{ codec, context, isStreamed: stream, onEnd: leave },
		services,
	);
}

export async function getResponse({ parameters, principal, request }: Call<undefined>, services: Services): Promise<Decoded<Reply, GatewayError>> {
	if (new URLSearchParams(request.query).get("stream") === "true") {
		return { ok: false, problem: validationError([{ path: "stream", message: "a response that is over is not streamed again" }]) };
	}
	const id = parameters.id ?? "";
	const turn = await findResponse(id, principal, services.store);
	const response = turn === undefined ? undefined : storedResponse(turn);
	return response === undefined ? notFound(id) : { ok: true, value: jsonReply(response) };
}

export async function deleteResponse({ parameters, principal }: Call<undefined>, { store }: Services): Promise<Decoded<Reply, GatewayError>> {
	const id = parameters.id ?? "";
	const isKept = (await findResponse(id, principal, store)) !== undefined && (await store.deleteTurn(requestIdOf(id), principal.id));
	return isKept ? { ok: true, value: jsonReply({ id, object: "response", deleted: true }) } : notFound(id);
}

function notFound(id: string): Decoded<Reply, GatewayError> {
	return { ok: false, problem: gatewayError("NOT_FOUND", { message: `Response with id '${id.slice(0, 100)}' not found`, param: "id" }) };
}
