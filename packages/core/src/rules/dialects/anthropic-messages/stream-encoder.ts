import type { GatewayError } from "../../../contract/errors.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata, ToolCallPart } from "../../../contract/prompt.ts";
import type { Finish, ResponseMetadata, StreamEvent } from "../../../contract/stream-event.ts";
import type { EncodeAnswerContext, StreamEncoder } from "../dialect.ts";
import { mergeMetadata } from "../../sessions/fold.ts";
import { encodeAnswerPart, messageId } from "./answer-encoder.ts";
import { encodeError } from "./error-encoder.ts";
import { encodeStopReason, finishFields } from "./finish.ts";
import { ownFields } from "./own-metadata.ts";
import { encodeCitation, encodeReasoning, encodeReasoningForCaller } from "./part-encoder.ts";
import { encodeUsage } from "./usage.ts";

/**
 * One content block on its way out. Blocks do not overlap in this dialect while canonical parts may: only the first open block
 * is written through, the others gather their frames in `waiting` and follow in the order in which they began.
 */
interface Slot {
	readonly index: number;
	/** Everything of a delta's frame before its text, so that a delta costs one JSON string. */
	readonly deltaPrefix: string;
	waiting: string;
	isClosed: boolean;
	hasDeltas: boolean;
	metadata: ProviderMetadata | undefined;
}

const frame = (event: string, data: JsonObject) => `event: ${event}\ndata: ${JSON.stringify({ type: event, ...data })}\n\n`;
const ping = frame("ping", {});

export function createStreamEncoder(context: EncodeAnswerContext): StreamEncoder {
	/** Text and reasoning parts by their id, and tool calls by theirs. */
	const parts = new Map<string, Slot>();
	const calls = new Map<string, Slot>();
	const queue: Slot[] = [];
	let out = "";
	let blockCount = 0;
	let hasStarted = false;
	let hasRefusal = false;
	let isDead = false;

	function startMessage(response: ResponseMetadata): void {
		if (hasStarted) return;
		hasStarted = true;
		out += frame("message_start", {
			message: {
				id: messageId(response.id, context),
				type: "message",
				role: "assistant",
				model: response.model ?? context.model,
				content: [],
				stop_reason: null,
				stop_sequence: null,
				usage: encodeUsage(response.usage ?? {}),
			},
		});
	}

	function open(block: JsonObject, deltaType = "", deltaField = "", metadata?: ProviderMetadata): Slot {
		startMessage({});
		const index = blockCount++;
		const head = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":`;
		const slot: Slot = {
			index,
			deltaPrefix: `${head}{"type":"${deltaType}","${deltaField}":`,
			waiting: "",
			isClosed: false,
			hasDeltas: false,
			metadata,
		};
		queue.push(slot);
		write(slot, frame("content_block_start", { index, content_block: block }));
		return slot;
	}

	function write(slot: Slot, text: string): void {
		if (queue[0] === slot) out += text;
		else slot.waiting += text;
	}

	function writeDelta(slot: Slot | undefined, delta: string): void {
		if (slot === undefined || slot.isClosed || delta === "") return;
		slot.hasDeltas = true;
		const text = `${slot.deltaPrefix}${JSON.stringify(delta)}}}\n\n`;
		if (queue[0] === slot) out += text;
		else slot.waiting += text;
	}

	/** A delta of another kind than the block's usual one: a citation, a signature. */
	function writeOther(slot: Slot, delta: Record<string, Json>): void {
		write(slot, frame("content_block_delta", { index: slot.index, delta }));
	}

	function close(slot: Slot | undefined): void {
		if (slot === undefined || slot.isClosed) return;
		write(slot, frame("content_block_stop", { index: slot.index }));
		slot.isClosed = true;
		while (queue[0]?.isClosed === true) {
			queue.shift();
			out += queue[0]?.waiting ?? "";
		}
	}

	function openReasoning(id: string, metadata: ProviderMetadata | undefined): void {
		const block = encodeReasoning({ type: "reasoning", text: "", ...(metadata === undefined ? {} : { metadata }) });
		const isRedacted = block["type"] === "redacted_thinking";
		// The signature is told by its own delta, at the end.
		parts.set(id, open(isRedacted ? block : { ...block, signature: "" }, "thinking_delta", "thinking", metadata));
	}

	function closeReasoning(slot: Slot | undefined, metadata: ProviderMetadata | undefined): void {
		const whole = mergeMetadata(slot?.metadata, metadata);
		const { signature } = encodeReasoningForCaller({ type: "reasoning", text: "", ...(whole === undefined ? {} : { metadata: whole }) });
		if (slot !== undefined && typeof signature === "string" && signature !== "") writeOther(slot, { type: "signature_delta", signature });
		close(slot);
	}

	function openCall(call: Pick<ToolCallPart, "toolName" | "providerExecuted" | "metadata">, id: string): void {
		const block = encodeAnswerPart({ ...call, type: "tool-call", toolCallId: id, input: "" });
		if (block !== undefined) calls.set(id, open(block, "input_json_delta", "partial_json"));
	}

	function closeCall(call: ToolCallPart): void {
		if (!calls.has(call.toolCallId)) openCall(call, call.toolCallId);
		const slot = calls.get(call.toolCallId);
		if (slot?.hasDeltas === false) writeDelta(slot, call.input);
		close(slot);
	}

	function finish(end: Finish): void {
		startMessage({});
		while (queue[0] !== undefined) close(queue[0]);
		const kept = finishFields(end);
		const delta = { stop_reason: encodeStopReason(end, hasRefusal), stop_sequence: end.stopSequence ?? null, ...kept.delta };
		out += frame("message_delta", { delta, usage: encodeUsage(end.usage, kept.usage), ...kept.message });
		out += frame("message_stop", {});
		isDead = true;
	}

	function add(event: StreamEvent): void {
		switch (event.type) {
			case "text-delta":
			case "reasoning-delta":
				return writeDelta(parts.get(event.id), event.delta);
			case "tool-input-delta":
				return writeDelta(calls.get(event.id), event.delta);
			case "response-metadata":
				return startMessage(event);
			case "text-start":
				hasRefusal ||= event.refusal === true;
				parts.set(event.id, open({ ...ownFields(event.metadata), type: "text", text: "" }, "text_delta", "text"));
				return;
			case "source": {
				const slot = parts.get(event.id);
				if (slot?.isClosed === false) writeOther(slot, { type: "citations_delta", citation: encodeCitation(event.source) });
				return;
			}
			case "text-end":
				return close(parts.get(event.id));
			case "reasoning-start":
				return openReasoning(event.id, event.metadata);
			case "reasoning-end":
				return closeReasoning(parts.get(event.id), event.metadata);
			case "tool-input-start":
				return openCall(event, event.id);
			case "tool-input-end":
				return;
			case "tool-call":
				return closeCall(event);
			case "tool-result":
			case "file":
			case "opaque": {
				const block = encodeAnswerPart(event);
				if (block !== undefined) close(open(block));
				return;
			}
			case "ping":
				out += ping;
				return;
			case "finish":
				return finish(event);
			case "error":
				return;
			default:
				event satisfies never;
		}
	}

	return {
		push(events) {
			out = "";
			for (const event of events) {
				if (isDead) break;
				add(event);
			}
			return out;
		},
		fail(error: GatewayError) {
			if (isDead) return "";
			isDead = true;
			return `event: error\ndata: ${JSON.stringify(encodeError(error, context.requestId))}\n\n`;
		},
	};
}
