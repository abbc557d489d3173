import type { AssistantPart } from "../../contract/prompt.ts";
import type { Answer, StreamEvent } from "../../contract/stream-event.ts";

/** A whole answer as the events of a stream: the inverse of the fold. Each text comes as one delta. */
export function unfoldAnswer(answer: Answer): StreamEvent[] {
	const { content, finish, ...response } = answer;
	return [
		{ type: "response-metadata", ...response },
		...content.flatMap((part, index) => unfoldPart(part, String(index))),
		{ type: "finish", ...finish },
	];
}

function unfoldPart(part: AssistantPart, id: string): StreamEvent[] {
	const metadata = "metadata" in part && part.metadata !== undefined ? { metadata: part.metadata } : {};
	switch (part.type) {
		case "text":
			return [
				{ type: "text-start", id, ...(part.refusal ? { refusal: true } : {}), ...metadata },
				...(part.text === "" ? [] : [{ type: "text-delta", id, delta: part.text } as const]),
				...(part.sources ?? []).map((source) => ({ type: "source", id, source }) as const),
				{ type: "text-end", id, ...metadata },
			];
		case "reasoning":
			return [
				{ type: "reasoning-start", id, ...metadata },
				...(part.text === "" ? [] : [{ type: "reasoning-delta", id, delta: part.text } as const]),
				{ type: "reasoning-end", id, ...metadata },
			];
		case "tool-call": {
			const { toolCallId, toolName, input, providerExecuted } = part;
			const flags = providerExecuted ? ({ providerExecuted } as const) : {};
			return [
				{ type: "tool-input-start", id: toolCallId, toolName, ...flags, ...metadata },
				...(input === "" ? [] : [{ type: "tool-input-delta", id: toolCallId, delta: input } as const]),
				{ type: "tool-input-end", id: toolCallId },
				part,
			];
		}
		case "tool-result":
		case "file":
		case "opaque":
			return [part];
		default:
			return part satisfies never;
	}
}
