import type { Message, Prompt, SystemMessage, UserMessage } from "../../contract/prompt.ts";
import type { Turn } from "../../contract/session.ts";

/** What a turn adds to its session: the caller's message and, where given, new instructions. */
export interface TurnInput {
	readonly system?: string | undefined;
	readonly prompt: string;
}

export function inputMessages({ system, prompt }: TurnInput): readonly Message[] {
	const user: UserMessage = { role: "user", content: [{ type: "text", text: prompt }] };
	return system === undefined ? [user] : [systemMessage(system), user];
}

/** History and input as one conversation. The newest instructions hold: those of this turn, else the last ones given. */
export function sessionMessages(turns: readonly Turn[], input: readonly Message[]): Prompt["messages"] {
	const spoken = turns.flatMap((turn) => [...turn.input, turn.answer]);
	const system = [...spoken, ...input].findLast((message) => message.role === "system");
	const conversation = [...spoken, ...input].filter((message) => message.role !== "system");
	return system === undefined ? conversation : [system, ...conversation];
}

function systemMessage(text: string): SystemMessage {
	return { role: "system", content: [{ type: "text", text }] };
}
