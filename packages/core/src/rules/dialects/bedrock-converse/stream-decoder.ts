import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ToolCallPart } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import type { StreamDecoder, StreamDecoderOptions } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asObject, asText, parseJson } from "../json-fields.ts";
import { createUniqueIds } from "../unique-ids.ts";
import { kindOfDelta, type OpenBlock, openImage, openReasoning, openText, openTool } from "./block-decoder.ts";
import { createEventStreamDecoder, type EventStreamMessage, type EventStreamProblem } from "./event-stream.ts";
import { failureOfException } from "./failure-decoder.ts";
import { decodeFinish, isCutOff } from "./finish.ts";

const defaultMaxEventBytes = 8 * 1024 * 1024;

/**
 * Complete is an answer that said how it ended (`messageStop`), and then told its usage (`metadata`) or closed between two messages. A
 * stream that ends inside a message, a message with a wrong checksum and an exception are failures, never a clean end. Events and
 * deltas that are not known are skipped.
 */
export function createStreamDecoder({ maxEventBytes = defaultMaxEventBytes }: StreamDecoderOptions = {}): StreamDecoder {
	const frames = createEventStreamDecoder(maxEventBytes);
	const text = new TextDecoder();
	const blocks = new Map<number, OpenBlock>();
	let ending: JsonObject = {};
	let hasStarted = false;
	let hasStopped = false;
	let partCount = 0;
	const uniqueId = createUniqueIds();
	let callCount = 0;
	/** A call whose block is closed, until it is known whether the token limit closed it. */
	let heldCall: ToolCallPart | undefined;
	let isDead = false;

	function die(failure: Failure, events: StreamEvent[]): void {
		isDead = true;
		events.push({ type: "error", failure });
	}

	function read({ headers, payload }: EventStreamMessage, events: StreamEvent[]): Failure | undefined {
		const data = asObject(parseJson(text.decode(payload)));
		switch (headers[":message-type"]) {
			case "exception":
				return failureOfException(headers[":exception-type"] ?? "", data ?? {});
			case "error":
				return failureOfException(headers[":error-code"] ?? "", { message: headers[":error-message"] });
			case "event":
				return data === undefined ? protocolFailure("The provider sent an event that is not a JSON object") : readEvent(headers[":event-type"], data, events);
			default:
				return undefined;
		}
	}

	function readEvent(type: string | undefined, data: JsonObject, events: StreamEvent[]): Failure | undefined {
		switch (type) {
			case "contentBlockDelta":
				return readDelta(data, events);
			case "contentBlockStart":
				return startBlock(data, events);
			case "contentBlockStop":
				return stopBlock(data, events);
			case "messageStart":
				if (hasStarted) return protocolFailure("The provider began a second answer inside the first");
				hasStarted = true;
				return undefined;
			case "messageStop":
				return stopMessage(data, events);
			case "metadata":
				ending = { ...data, ...ending };
				if (hasStopped) finish(events);
				return undefined;
			default:
				return undefined;
		}
	}

	function startBlock(data: JsonObject, events: StreamEvent[]): Failure | undefined {
		const index = data["contentBlockIndex"];
		if (typeof index !== "number" || !hasStarted || hasStopped || blocks.has(index)) return outOfOrder;
		const start = asObject(data["start"]);
		const image = asObject(start?.["image"]);
		if (image !== undefined) {
			flushCall(undefined, events);
			blocks.set(index, openImage(asText(image["format"]), maxEventBytes));
			return undefined;
		}
		const toolUse = asObject(start?.["toolUse"]);
		// The start of any other block says nothing that its deltas do not say.
		if (toolUse === undefined) return undefined;
		flushCall(undefined, events);
		const block = openTool(toolUse, uniqueId, maxEventBytes, events);
		if (block === undefined) return protocolFailure("The provider sent a tool call without a name");
		callCount++;
		blocks.set(index, block);
		return undefined;
	}

	function readDelta(data: JsonObject, events: StreamEvent[]): Failure | undefined {
		const index = data["contentBlockIndex"];
		const delta = asObject(data["delta"]);
		if (typeof index !== "number" || delta === undefined || !hasStarted || hasStopped) return outOfOrder;
		const type = kindOfDelta(delta);
		if (type === undefined) return undefined;
		let block = blocks.get(index);
		if (block === undefined) {
			if (type === "tool") return outOfOrder;
			flushCall(undefined, events);
			const id = String(partCount++);
			if (type === "text") block = openText(id, events);
			else block = type === "image" ? openImage(undefined, maxEventBytes) : openReasoning(id, maxEventBytes, events);
			blocks.set(index, block);
		}
		return block.type === type ? block.delta(delta, events) : outOfOrder;
	}

	function stopBlock(data: JsonObject, events: StreamEvent[]): Failure | undefined {
		const index = data["contentBlockIndex"];
		if (typeof index !== "number" || !hasStarted || hasStopped) return outOfOrder;
		// A block without deltas (an empty text) was never opened.
		const call = blocks.get(index)?.stop(events);
		blocks.delete(index);
		if (call === undefined) return undefined;
		flushCall(undefined, events);
		heldCall = call;
		return undefined;
	}

	function flushCall(stopReason: Json | undefined, events: StreamEvent[]): void {
		if (heldCall === undefined) return;
		const isWhole = !isCutOff(stopReason) && parseJson(heldCall.input) !== undefined;
		events.push({ type: "tool-input-end", id: heldCall.toolCallId }, isWhole ? heldCall : { ...heldCall, incomplete: true });
		heldCall = undefined;
	}

	function stopMessage(data: JsonObject, events: StreamEvent[]): Failure | undefined {
		if (!hasStarted || hasStopped || blocks.size > 0) return outOfOrder;
		if (asText(data["stopReason"]) === undefined) return protocolFailure("The provider ended its answer without a reason");
		hasStopped = true;
		flushCall(data["stopReason"], events);
		const isToldAlready = "usage" in ending;
		ending = { ...ending, ...data };
		if (isToldAlready) finish(events);
		return undefined;
	}

	function finish(events: StreamEvent[]): void {
		isDead = true;
		events.push({ type: "finish", ...decodeFinish(ending, callCount > 0) });
	}

	return {
		push(bytes) {
			const events: StreamEvent[] = [];
			if (isDead) return events;
			const { messages, problem } = frames.push(bytes);
			for (const message of messages) {
				const failure = read(message, events);
				if (failure !== undefined) die(failure, events);
				if (isDead) return events;
			}
			if (problem !== undefined) die(protocolFailure(problems[problem]), events);
			return events;
		},
		close() {
			const events: StreamEvent[] = [];
			if (isDead) return events;
			if (hasStopped && frames.isAtBoundary()) finish(events);
			else die(protocolFailure("The provider's stream ended before its answer was complete"), events);
			return events;
		},
	};
}

const problems: Readonly<Record<EventStreamProblem, string>> = {
	"too-large": "The provider sent an event that is too large",
	damaged: "The provider sent an event that is damaged",
};

const outOfOrder = protocolFailure("The provider's events came in an impossible order");
