import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ToolCallPart } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { protocolFailure } from "../failure.ts";
import { asObject, asText, isShallow } from "../json-fields.ts";
import { incompleteMark, maxDepth } from "./answer-decoder.ts";
import { type OpenBlock, openBlock } from "./block-decoder.ts";
import { failureOfError } from "./failure-decoder.ts";
import { decodeFinish } from "./finish.ts";
import { decodeUsage, mergeUsage } from "./usage.ts";

/** One message, event by event, however its events are framed. */
export interface MessageReader {
	/** @returns what breaks the stream. */
	read(data: JsonObject | undefined, events: StreamEvent[]): Failure | undefined;
	/** `message_stop` has come, and `finish` was told. */
	isFinished(): boolean;
}

/**
 * Strict about order, for a stream that breaks it has lost something (two upstream answers spliced into one were seen): a delta
 * without its block, a second `message_start` or an end with a block open is a failure. Event and delta types that are not known
 * are skipped, as the protocol asks.
 * @param cap of what is kept of one block, in UTF-16 units. @param nextId gives each part its id, unique in the answer.
 */
export function createMessageReader(cap: number, nextId: () => string): MessageReader {
	const blocks = new Map<number, OpenBlock>();
	let message: JsonObject | undefined;
	let usage: JsonObject = {};
	/** A call whose block is closed, until it is known whether the token limit closed it. */
	let heldCall: ToolCallPart | undefined;
	let isFinished = false;

	function read(data: JsonObject | undefined, events: StreamEvent[]): Failure | undefined {
		if (data === undefined) return protocolFailure("The provider sent an event that is not a JSON object");
		// Most events are these; what is not plain text in them is looked at where it is read.
		if (data["type"] === "content_block_delta") return readDelta(data, events);
		if (!isShallow(data, maxDepth)) return protocolFailure("The provider sent an event that nests too deep");
		switch (data["type"]) {
			case "content_block_start":
				return startBlock(data, events);
			case "content_block_stop":
				return stopBlock(data, events);
			case "message_start":
				return startMessage(data, events);
			case "message_delta":
				return readMessageDelta(data, events);
			case "message_stop":
				return stopMessage(events);
			case "ping":
				events.push({ type: "ping" });
				return undefined;
			case "error":
				return failureOfError(data["error"]);
			default:
				return undefined;
		}
	}

	function startMessage(data: JsonObject, events: StreamEvent[]): Failure | undefined {
		if (message !== undefined) return protocolFailure("The provider began a second answer inside the first");
		const { usage: told, ...fields } = asObject(data["message"]) ?? {};
		message = fields;
		usage = asObject(told) ?? {};
		const id = asText(fields["id"]);
		const model = asText(fields["model"]);
		events.push({
			type: "response-metadata",
			...(id === undefined ? {} : { id }),
			...(model === undefined ? {} : { model }),
			...(told === undefined ? {} : { usage: decodeUsage(usage) }),
		});
		return undefined;
	}

	function startBlock(data: JsonObject, events: StreamEvent[]): Failure | undefined {
		const index = data["index"];
		const block = asObject(data["content_block"]);
		if (typeof index !== "number" || block === undefined || message === undefined || blocks.has(index)) return outOfOrder;
		flushCall(undefined, events);
		const open = openBlock(block, nextId(), cap, events);
		if (open === undefined) return protocolFailure("The provider sent a content block that cannot be read");
		blocks.set(index, open);
		return undefined;
	}

	function readDelta(data: JsonObject, events: StreamEvent[]): Failure | undefined {
		const { index } = data;
		const delta = asObject(data["delta"]);
		const block = typeof index === "number" ? blocks.get(index) : undefined;
		return block === undefined || delta === undefined ? outOfOrder : block.delta(delta, events);
	}

	function stopBlock(data: JsonObject, events: StreamEvent[]): Failure | undefined {
		const { index } = data;
		const block = typeof index === "number" ? blocks.get(index) : undefined;
		if (block === undefined || typeof index !== "number") return outOfOrder;
		blocks.delete(index);
		const ended = block.stop(events);
		if (ended === undefined) return protocolFailure("The provider sent a content block that cannot be read");
		if (ended === "told") return undefined;
		flushCall(undefined, events);
		heldCall = ended;
		return undefined;
	}

	function flushCall(stopReason: Json | undefined, events: StreamEvent[]): void {
		if (heldCall === undefined) return;
		events.push({ type: "tool-input-end", id: heldCall.toolCallId }, { ...heldCall, ...incompleteMark(heldCall.input, stopReason) });
		heldCall = undefined;
	}

	function readMessageDelta(data: JsonObject, events: StreamEvent[]): Failure | undefined {
		if (message === undefined) return outOfOrder;
		const { type: _, delta, usage: told, ...beside } = data;
		message = overlay(overlay(message, beside), asObject(delta) ?? {});
		usage = mergeUsage(usage, asObject(told) ?? {});
		if (typeof message["stop_reason"] === "string") flushCall(message["stop_reason"], events);
		return undefined;
	}

	function stopMessage(events: StreamEvent[]): Failure | undefined {
		if (message === undefined || blocks.size > 0) return outOfOrder;
		if (asText(message["stop_reason"]) === undefined) return protocolFailure("The provider ended its answer without a reason");
		// Where the reason stood in `message_start` already, no later event has told the last call.
		flushCall(message["stop_reason"], events);
		isFinished = true;
		events.push({ type: "finish", ...decodeFinish(message, usage) });
		return undefined;
	}

	return { read, isFinished: () => isFinished };
}

const outOfOrder = protocolFailure("The provider's events came in an impossible order");

/** The second wins, save where it says nothing. */
function overlay(first: JsonObject, second: JsonObject): JsonObject {
	return { ...first, ...Object.fromEntries(Object.entries(second).filter(([, value]) => value !== null)) };
}
