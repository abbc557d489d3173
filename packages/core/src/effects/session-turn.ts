import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Principal } from "../contract/principal.ts";
import type { Message } from "../contract/prompt.ts";
import type { Answer } from "../contract/stream-event.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import type { Target } from "../rules/routing/target.ts";
import { sessionMessages } from "../rules/sessions/history.ts";
import type { Services } from "./services.ts";

/** A place in a session: its history before this turn, and how the turn is kept. */
export interface SessionTurn {
	readonly sessionId: string;
	/** History and input as one conversation. */
	readonly messages: readonly Message[];
	/** The label of the target of its last turn. */
	readonly lastTarget?: string | undefined;
	/** Stores the turn. To be called before the caller sees the end of the answer. */
	keep(answer: Answer, target: Target): Promise<void>;
	/** Lets the session's next turn begin. Safe to call twice. */
	leave(): void;
}

export interface SessionTurnRequest {
	/** Absent: a new session begins. */
	readonly sessionId: string | undefined;
	readonly requestId: string;
	readonly principal: Principal;
	readonly input: readonly Message[];
	readonly signal: AbortSignal;
}

/** Finds or begins a session and waits for its earlier turns. Another principal's session is as unknown as one that never was. */
export async function enterSession(request: SessionTurnRequest, services: Services): Promise<Decoded<SessionTurn, GatewayError>> {
	const { requestId, principal, input, signal } = request;
	const { store, runtime, sessions, createId } = services;
	const sessionId = request.sessionId ?? createId("ses");
	if (request.sessionId !== undefined) {
		const session = await store.findSession(sessionId);
		if (session?.ownerId !== principal.id) {
			return { ok: false, problem: gatewayError("SESSION_NOT_FOUND", { message: "Unknown session. Leave sessionId out to begin a new one" }) };
		}
	}
	const leave = await sessions.enter(sessionId, signal);
	if (leave === undefined) return { ok: false, problem: gatewayError("CANCELLED") };
	try {
		const turns = request.sessionId === undefined ? [] : await store.listTurns(sessionId);
		return {
			ok: true,
			value: {
				sessionId,
				messages: sessionMessages(turns, input),
				lastTarget: turns.at(-1)?.target,
				leave,
				async keep({ content, finish }, target) {
					const answer = { role: "assistant", content } as const;
					const createdAt = runtime.now();
					const turn = await store.appendTurn({ sessionId, ownerId: principal.id, requestId, input, answer, ...answeredBy(target), usage: finish.usage, createdAt });
					if (turn === undefined) throw new Error("The session changed its owner");
				},
			},
		};
	} catch (error) {
		leave();
		throw error;
	}
}

/** What a turn remembers of the target that answered it. */
export function answeredBy(target: Target): { readonly model: string; readonly target: string } {
	return { model: target.model, target: target.label };
}
