import type { Failure } from "../../../contract/failure.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { ToolCallPart } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { protocolFailure } from "../failure.ts";
import { asObject, asText, isShallow } from "../json-fields.ts";
import { decodeCitation, imageOf } from "./answer-decoder.ts";
import { reasoningMetadata } from "./own-metadata.ts";

/** One content block of a stream. Tools and images are announced by a start; any other is known by its first delta. */
export interface OpenBlock {
	readonly type: "text" | "reasoning" | "image" | "tool";
	/** A delta of a kind that is not known is skipped; one that belongs to another kind of block is a failure. */
	delta(delta: JsonObject, events: StreamEvent[]): Failure | undefined;
	/** @returns a tool call, which is told once it is known whether it is whole. */
	stop(events: StreamEvent[]): ToolCallPart | undefined;
}

/** @returns `undefined` for a delta that is not known. */
export function kindOfDelta(delta: JsonObject): OpenBlock["type"] | undefined {
	if ("text" in delta || "citation" in delta) return "text";
	if ("reasoningContent" in delta) return "reasoning";
	if ("image" in delta) return "image";
	return "toolUse" in delta ? "tool" : undefined;
}

/** @param id unique in the answer. */
export function openText(id: string, events: StreamEvent[]): OpenBlock {
	events.push({ type: "text-start", id });
	return {
		type: "text",
		delta({ text, citation }, events) {
			if (text !== undefined && typeof text !== "string") return misplaced;
			if (text !== undefined && text !== "") events.push({ type: "text-delta", id, delta: text });
			const cited = asObject(citation);
			if (cited !== undefined && isShallow(cited)) events.push({ type: "source", id, source: decodeCitation(cited) });
			return undefined;
		},
		stop(events) {
			events.push({ type: "text-end", id });
			return undefined;
		},
	};
}

/** @param cap of what is kept until the stop, in UTF-16 units; the same for tools. */
export function openReasoning(id: string, cap: number, events: StreamEvent[]): OpenBlock {
	let signature = "";
	let redacted: string | undefined;
	events.push({ type: "reasoning-start", id });
	return {
		type: "reasoning",
		delta({ reasoningContent }, events) {
			const told = asObject(reasoningContent);
			if (told === undefined) return misplaced;
			const text = asText(told["text"]);
			if (text !== undefined) events.push({ type: "reasoning-delta", id, delta: text });
			signature += asText(told["signature"]) ?? "";
			const more = asText(told["redactedContent"]);
			if (more !== undefined) {
				redacted = redacted === undefined ? more : joinBase64(redacted, more);
				if (redacted === undefined) return misplaced;
			}
			return signature.length + (redacted?.length ?? 0) > cap ? tooLarge : undefined;
		},
		stop(events) {
			const metadata = reasoningMetadata({
				...(signature === "" ? {} : { signature }),
				...(redacted === undefined ? {} : { redactedData: redacted }),
			});
			events.push({ type: "reasoning-end", id, ...metadata });
			return undefined;
		},
	};
}

/** @param format as its start told it. */
export function openImage(format: string | undefined, cap: number): OpenBlock {
	const pieces: string[] = [];
	let size = 0;
	return {
		type: "image",
		delta({ image }) {
			const base64 = asText(asObject(asObject(image)?.["source"])?.["bytes"]);
			const piece = base64 === undefined ? "" : decodeBase64(base64);
			if (piece === undefined) return misplaced;
			pieces.push(piece);
			size += piece.length;
			return size > cap ? tooLarge : undefined;
		},
		stop(events) {
			if (size > 0) events.push(imageOf(btoa(pieces.join("")), format));
			return undefined;
		},
	};
}

/** @returns `undefined` for a start that names no tool. */
export function openTool(toolUse: JsonObject, uniqueId: (id: string) => string, cap: number, events: StreamEvent[]): OpenBlock | undefined {
	const wireId = asText(toolUse["toolUseId"]);
	const toolName = asText(toolUse["name"]);
	if (wireId === undefined || toolName === undefined) return undefined;
	const toolCallId = uniqueId(wireId);
	let input = "";
	const tell = (piece: string, events: StreamEvent[]) => events.push({ type: "tool-input-delta", id: toolCallId, delta: piece });
	events.push({ type: "tool-input-start", id: toolCallId, toolName });
	return {
		type: "tool",
		delta({ toolUse: told }, events) {
			const piece = asObject(told)?.["input"];
			if (typeof piece !== "string") return misplaced;
			input += piece;
			if (input.length > cap) return tooLarge;
			if (piece !== "") tell(piece, events);
			return undefined;
		},
		stop(events) {
			// A call without arguments has no deltas.
			if (input === "") tell((input = "{}"), events);
			return { type: "tool-call", toolCallId, toolName, input };
		},
	};
}

function joinBase64(first: string, second: string): string | undefined {
	const [before, behind] = [decodeBase64(first), decodeBase64(second)];
	return before === undefined || behind === undefined ? undefined : btoa(before + behind);
}

/** A character a byte. */
function decodeBase64(text: string): string | undefined {
	try {
		return atob(text);
	} catch {
		return undefined;
	}
}

const misplaced = protocolFailure("The provider sent a delta that does not fit its content block");
const tooLarge = protocolFailure("The provider sent a content block that is too large");
