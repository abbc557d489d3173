import type { Json } from "../../contract/json.ts";
import type { AssistantPart, ToolCallPart, ToolResultPart } from "../../contract/prompt.ts";
import type { UiMessagePart } from "../../contract/wire/ui-messages.ts";
import { metadataOf, type PartIssue } from "./part-decoder.ts";

/** What a tool part says: in the assistant's message, and in the tool message behind it. */
export interface DecodedTool {
	readonly content: readonly AssistantPart[];
	readonly results: readonly ToolResultPart[];
}

/** A call with its output. A call whose input was cut off while it streamed was never made. */
export function decodeToolPart(part: UiMessagePart): DecodedTool | PartIssue {
	if (part.state === "input-streaming") return { content: [], results: [] };
	const toolName = part.type === "dynamic-tool" ? part.toolName : part.type.slice("tool-".length);
	if (!toolName) return { field: part.type === "dynamic-tool" ? "toolName" : "type", message: "names no tool" };
	if (!part.toolCallId) return { field: "toolCallId", message: "is missing" };
	const outcome = outcomeOf(part);
	if (outcome !== undefined && "field" in outcome) return outcome;

	const identity = { toolCallId: part.toolCallId, toolName, ...(part.providerExecuted ? { providerExecuted: true as const } : {}) };
	// Loose fields of a body that came from JSON are JSON.
	const input = (part.input ?? part.rawInput ?? {}) as Json;
	const call: ToolCallPart = { type: "tool-call", ...identity, input: JSON.stringify(input), ...metadataOf(part.callProviderMetadata) };
	if (outcome === undefined) return { content: [call], results: [] };
	const { text, isError } = outcome;
	const result: ToolResultPart = {
		type: "tool-result",
		...identity,
		output: { type: "text", text },
		...(isError ? { isError } : {}),
		...metadataOf(part.resultProviderMetadata),
	};
	// What the provider ran itself stands in its own turn.
	return part.providerExecuted ? { content: [call, result], results: [] } : { content: [call], results: [result] };
}

interface Outcome {
	readonly text: string;
	readonly isError?: true;
}

/** @returns `undefined` for a call that the provider runs itself and that has not ended. */
function outcomeOf({ state, output, errorText, approval, providerExecuted }: UiMessagePart): Outcome | PartIssue | undefined {
	switch (state) {
		case "output-available":
			return { text: typeof output === "string" ? output : JSON.stringify(output ?? null) };
		case "output-error":
			return { text: errorText ?? "The tool failed", isError: true };
		case "output-denied":
			return denied(approval);
		case "approval-responded":
			return approval?.approved === false ? denied(approval) : waiting;
		case "input-available":
			return providerExecuted ? undefined : waiting;
		case "approval-requested":
			return waiting;
		case undefined:
			return { field: "state", message: "is missing" };
		default:
			return { field: "state", message: `${JSON.stringify(state)} is not a state of a tool` };
	}
}

/** Providers refuse a call without its result: better said here, where the place can be named. */
const waiting: PartIssue = { field: "state", message: "the call has no output yet: add it before the conversation goes on" };

function denied(approval: UiMessagePart["approval"]): Outcome {
	return { text: approval?.reason ?? "The user denied this call", isError: true };
}
