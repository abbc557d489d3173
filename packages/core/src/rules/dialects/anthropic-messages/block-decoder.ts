import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ToolCallPart } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { protocolFailure } from "../failure.ts";
import { asObject, isShallow } from "../json-fields.ts";
import { ownMetadata } from "./own-metadata.ts";
import { decodeAssistantBlock, decodeCitation, decodeToolUseHead, isToolUse, toolInputText } from "./part-decoder.ts";

/** One content block of a stream, from its start to its stop. */
export interface OpenBlock {
	/** A delta of a kind that is not known is skipped; one that belongs to another kind of block is a failure. */
	delta(delta: JsonObject, events: StreamEvent[]): Failure | undefined;
	/** @returns a tool call, which the caller tells once it knows whether it is whole; `undefined` for an unreadable block. */
	stop(events: StreamEvent[]): "told" | ToolCallPart | undefined;
}

/** @param id of the part, unique in the answer (a tool call has its own). @param cap of what is kept until the stop, in UTF-16 units. */
export function openBlock(block: JsonObject, id: string, cap: number, events: StreamEvent[]): OpenBlock | undefined {
	const { type } = block;
	if (type === "text") return openText(block, id, events);
	if (type === "thinking" || type === "redacted_thinking") return openReasoning(block, id, events);
	if (typeof type !== "string") return undefined;
	return isToolUse(type) ? openToolUse(block, type, cap, events) : openOther(block, cap);
}

function openText(block: JsonObject, id: string, events: StreamEvent[]): OpenBlock | undefined {
	const start = decodeAssistantBlock(block);
	if (start?.type !== "text") return undefined;
	events.push({ type: "text-start", id, ...(start.metadata === undefined ? {} : { metadata: start.metadata }) });
	if (start.text !== "") events.push({ type: "text-delta", id, delta: start.text });
	for (const source of start.sources ?? []) events.push({ type: "source", id, source });
	return {
		delta(delta, events) {
			if (delta["type"] === "text_delta") {
				if (typeof delta["text"] !== "string") return misplaced;
				if (delta["text"] !== "") events.push({ type: "text-delta", id, delta: delta["text"] });
				return undefined;
			}
			if (delta["type"] !== "citations_delta") return unlessKnown(delta);
			const citation = asObject(delta["citation"]);
			if (citation === undefined || !isShallow(citation)) return misplaced;
			events.push({ type: "source", id, source: decodeCitation(citation) });
			return undefined;
		},
		stop(events) {
			events.push({ type: "text-end", id });
			return "told";
		},
	};
}

function openReasoning(block: JsonObject, id: string, events: StreamEvent[]): OpenBlock | undefined {
	const start = decodeAssistantBlock(block);
	if (start?.type !== "reasoning") return undefined;
	let signature: string | undefined;
	events.push({ type: "reasoning-start", id, ...(start.metadata === undefined ? {} : { metadata: start.metadata }) });
	if (start.text !== "") events.push({ type: "reasoning-delta", id, delta: start.text });
	return {
		delta(delta, events) {
			if (delta["type"] === "thinking_delta") {
				if (typeof delta["thinking"] !== "string") return misplaced;
				if (delta["thinking"] !== "") events.push({ type: "reasoning-delta", id, delta: delta["thinking"] });
				return undefined;
			}
			if (delta["type"] !== "signature_delta") return unlessKnown(delta);
			if (typeof delta["signature"] !== "string") return misplaced;
			signature = delta["signature"] === "" ? signature : delta["signature"];
			return undefined;
		},
		stop(events) {
			events.push({ type: "reasoning-end", id, ...ownMetadata(signature === undefined ? undefined : { signature }) });
			return "told";
		},
	};
}

/** Deltas that were told add up to the call's input: where none came, the input of the start is told as one. */
function openToolUse(block: JsonObject, type: string, cap: number, events: StreamEvent[]): OpenBlock | undefined {
	const head = decodeToolUseHead(block, type);
	const first = toolInputText(block["input"]);
	if (head === undefined || first === undefined) return undefined;
	const flags = head.providerExecuted ? ({ providerExecuted: true } as const) : {};
	const metadata = head.metadata === undefined ? {} : { metadata: head.metadata };
	let input = "";
	events.push({ type: "tool-input-start", id: head.id, toolName: head.toolName, ...flags, ...metadata });
	return {
		delta(delta, events) {
			if (delta["type"] !== "input_json_delta") return unlessKnown(delta);
			const piece = delta["partial_json"];
			if (typeof piece !== "string") return misplaced;
			if (piece === "") return undefined;
			input += piece;
			if (input.length > cap) return tooLarge;
			events.push({ type: "tool-input-delta", id: head.id, delta: piece });
			return undefined;
		},
		stop(events) {
			if (input === "") {
				input = first;
				events.push({ type: "tool-input-delta", id: head.id, delta: input });
			}
			return { type: "tool-call", toolCallId: head.id, toolName: head.toolName, input, ...flags, ...metadata };
		},
	};
}

/** Results of provider-run tools, compactions and what is not known yet: told as one part at the end. */
function openOther(block: JsonObject, cap: number): OpenBlock {
	const fields = createFields(block);
	let size = 0;
	return {
		delta(delta) {
			if (!isShallow(delta)) return misplaced;
			for (const name in delta) {
				const value = delta[name];
				if (name === "type" || value === undefined) continue;
				size += typeof value === "string" ? value.length : 0;
				fields.add(name, value);
			}
			return size > cap ? tooLarge : undefined;
		},
		stop(events) {
			const part = decodeAssistantBlock(fields.whole());
			if (part === undefined) return undefined;
			if (part.type === "tool-result" || part.type === "opaque") events.push(part);
			return "told";
		},
	};
}

/**
 * What deltas make of a block: each holds the final value of its fields (`compaction_delta`), or adds to a text that was begun. Put
 * together once, at the end: a long block has thousands of them.
 */
function createFields(block: JsonObject) {
	const texts = new Map<string, string[]>();
	const values = new Map<string, Json>();

	function begun(name: string): Json | undefined {
		if (values.has(name)) return values.get(name);
		return Object.hasOwn(block, name) ? block[name] : undefined;
	}

	return {
		add(name: string, value: Json): void {
			if (typeof value !== "string") {
				texts.delete(name);
				values.set(name, value);
				return;
			}
			const known = texts.get(name);
			const first = begun(name);
			if (known !== undefined) known.push(value);
			else texts.set(name, typeof first === "string" ? [first, value] : [value]);
		},
		whole: (): JsonObject => ({
			...block,
			...Object.fromEntries(values),
			...Object.fromEntries([...texts].map(([name, pieces]) => [name, pieces.join("")])),
		}),
	};
}

const knownDeltas: ReadonlySet<unknown> = new Set([
	"text_delta",
	"input_json_delta",
	"thinking_delta",
	"signature_delta",
	"citations_delta",
]);

function unlessKnown(delta: JsonObject): Failure | undefined {
	return knownDeltas.has(delta["type"]) ? misplaced : undefined;
}

const misplaced = protocolFailure("The provider sent a delta that does not fit its content block");
const tooLarge = protocolFailure("The provider sent a content block that is too large");
