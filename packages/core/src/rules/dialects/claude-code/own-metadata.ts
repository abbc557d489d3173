import type { AssistantMessage, ProviderMetadata } from "../../../contract/prompt.ts";
import { asArray, asObject, asText, parseJson } from "../json-fields.ts";

/** `metadata.claudeCode.sessionId` of a text: the conversation up to and with it is known to Claude Code under this id. */
export function sessionMetadata(sessionId: string | undefined): ProviderMetadata | undefined {
	return sessionId === undefined ? undefined : { claudeCode: { sessionId } };
}

/** Callers can bring metadata back: what is no session id of Claude Code must not become an argument. */
const sessionIdForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function sessionIdOf({ content }: AssistantMessage): string | undefined {
	const told = content.map((part) => ("metadata" in part ? asText(part.metadata?.claudeCode?.["sessionId"]) : undefined));
	return told.findLast((id) => id !== undefined && sessionIdForm.test(id));
}

/** The first line of an output that says more than how the run is set up; `undefined` while it has not come. */
export function firstSpokenLine(output: string): string | undefined {
	const lines = output.split("\n");
	return lines.slice(0, -1).find((line) => line !== "" && asObject(parseJson(line))?.["type"] !== "system");
}

/**
 * Claude Code keeps its sessions per machine and folder, and not for ever.
 * @param line the first one that says something, or the last: with others in front of it, it did more than say so.
 */
export function isSessionUnknown(line: string, stderr = ""): boolean {
	const errors = asArray(asObject(parseJson(line))?.["errors"]) ?? [];
	return [...errors, stderr].some((text) => /no conversation found with session id/i.test(asText(text) ?? ""));
}
