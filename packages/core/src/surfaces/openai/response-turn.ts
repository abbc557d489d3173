import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Message } from "../../contract/prompt.ts";
import type { Turn } from "../../contract/session.ts";
import type { Answer } from "../../contract/stream-event.ts";
import type { ResponsesRequest } from "../../contract/wire/openai-responses.ts";
import type { Services } from "../../effects/services.ts";
import { answeredBy } from "../../effects/session-turn.ts";
import type { Call } from "../../http/surface.ts";
import type { Decoded, EncodeAnswerContext } from "../../rules/dialects/dialect.ts";
import { splitInstructions } from "../../rules/dialects/openai-responses/instructions.ts";
import type { Target } from "../../rules/routing/target.ts";
import { answerMessage, findResponse } from "./stored-response.ts";

/** A response's place among those before it: its history, and how it is kept. */
export interface ResponseTurn {
	/** Instructions, history and input as one conversation. */
	readonly messages: readonly Message[];
	readonly sessionId?: string;
	/** Stores the turn; absent where the caller wants nothing stored. */
	readonly keep?: (answer: Answer, target: Target) => Promise<void>;
	/** The label of the target of the last turn. */
	readonly lastTarget?: string | undefined;
	/** Lets the session's next turn begin. */
	leave(): void;
}

interface History {
	readonly sessionId: string;
	readonly turns: readonly Turn[];
	/** The turn that this one continues, where others may continue it too. */
	readonly follows?: number;
	leave(): void;
}

export async function enterResponse(
	call: Call<ResponsesRequest>,
	body: ResponsesRequest,
	given: readonly Message[],
	context: EncodeAnswerContext,
	services: Services,
): Promise<Decoded<ResponseTurn, GatewayError>> {
	const found = await findHistory(call, body, services);
	if (!found.ok) return found;
	const { sessionId, turns, follows, leave } = found.value;
	const { requestId, principal } = call;
	const { store, runtime, createId } = services;
	const { instructions, messages: input } = splitInstructions(given);
	const history = turns.flatMap((turn): Message[] => [...turn.input, { role: "assistant", content: turn.answer.content }]);

	async function keep(answer: Answer, target: Target): Promise<void> {
		const turn = {
			sessionId,
			ownerId: principal.id,
			requestId,
			input,
			answer: answerMessage(answer, context),
			...answeredBy(target),
			usage: answer.finish.usage,
			createdAt: runtime.now(),
		};
		if (follows === undefined) {
			if ((await store.appendTurn(turn)) === undefined) throw new Error("The session changed its owner");
			return;
		}
		// Another response continued the same one first: this one becomes a session of its own, which begins with all that was said.
		if ((await store.appendTurn({ ...turn, follows })) === undefined) {
			await store.appendTurn({ ...turn, sessionId: createId("ses"), input: [...history, ...input] });
		}
	}

	const messages = [...(instructions === undefined ? [] : [instructions]), ...history, ...input];
	return { ok: true, value: { messages, leave, lastTarget: turns.at(-1)?.target, ...(body.store === false ? {} : { sessionId, keep }) } };
}

async function findHistory(
	{ principal, request }: Call<ResponsesRequest>,
	{ previous_response_id, conversation }: ResponsesRequest,
	{ store, sessions, createId }: Services,
): Promise<Decoded<History, GatewayError>> {
	if (previous_response_id) {
		const turn = await findResponse(previous_response_id, principal, store);
		if (turn === undefined) return unknown("previous_response_id", "previous_response_not_found", "Previous response", previous_response_id);
		const { sessionId, sequence } = turn;
		const turns = (await store.listTurns(sessionId)).filter((earlier) => earlier.sequence <= sequence);
		return { ok: true, value: { sessionId, turns, follows: sequence, leave: () => undefined } };
	}
	const sessionId = typeof conversation === "string" ? conversation : conversation?.id;
	if (sessionId === undefined) return { ok: true, value: { sessionId: createId("ses"), turns: [], leave: () => undefined } };
	const session = await store.findSession(sessionId);
	if (session?.ownerId !== principal.id) return unknown("conversation", "conversation_not_found", "Conversation", sessionId);
	const leave = await sessions.enter(sessionId, request.signal);
	if (leave === undefined) return { ok: false, problem: gatewayError("CANCELLED") };
	try {
		return { ok: true, value: { sessionId, turns: await store.listTurns(sessionId), leave } };
	} catch (error) {
		leave();
		throw error;
	}
}

function unknown(param: string, providerCode: string, what: string, id: string): { readonly ok: false; readonly problem: GatewayError } {
	return { ok: false, problem: gatewayError("NOT_FOUND", { message: `${what} with id '${id.slice(0, 100)}' not found`, param, providerCode }) };
}
