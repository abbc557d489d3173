import type { Message, SystemMessage } from "../../../contract/prompt.ts";
import { ownFields } from "./own-metadata.ts";

/** Instructions are of one request alone: told apart from system messages, which belong to the conversation. */
export function instructionsMessage(text: string): SystemMessage {
	return { role: "system", content: [{ type: "text", text }], metadata: { responses: { isInstructions: true } } };
}

/** They can only stand in front. */
export function splitInstructions(messages: readonly Message[]): { readonly instructions?: SystemMessage; readonly messages: readonly Message[] } {
	const [first, ...rest] = messages;
	if (first?.role !== "system" || ownFields(first.metadata).isInstructions !== true) return { messages };
	return { instructions: first, messages: rest };
}
