import type { GatewayError } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { FilePart, OpaquePart, ProviderMetadata, ToolCallPart } from "../../../contract/prompt.ts";
import type { Finish, ResponseMetadata, StreamEvent } from "../../../contract/stream-event.ts";
import { mergeMetadata } from "../../sessions/fold.ts";
import type { EncodeAnswerContext, StreamEncoder } from "../dialect.ts";
import { asArray, asObject } from "../json-fields.ts";
import { encodeHead } from "./answer-encoder.ts";
import { encodeError } from "./error-body.ts";
import { encodeFinishReason } from "./finish-reason.ts";
import { encodeImage } from "./image-parts.ts";
import { callFieldsForCaller, encodeSource } from "./message-fields.ts";
import { detailsField, encodeDetails, shownField } from "./reasoning-details.ts";
import { encodeUsage } from "./usage.ts";

/** What stands around the changing part of a chunk, built once a stream: a delta costs one `JSON.stringify` of its text. */
interface Envelope {
	/** `data: {"id":...,` */
	readonly head: string;
	/** `head` and everything up to the delta. */
	readonly before: string;
	/** Everything behind the delta of an answer that goes on. */
	readonly after: string;
	/** Behind the choices. With `include_usage`, every chunk has the field. */
	readonly tail: string;
}

interface SentCall {
	readonly index: number;
	hasInput: boolean;
}

export function createStreamEncoder(context: EncodeAnswerContext): StreamEncoder {
	let response: ResponseMetadata = {};
	let envelope: Envelope | undefined;
	let isDone = false;
	let textLength = 0;
	let textStart = 0;
	const refusals = new Set<string>();
	/** By id; tools that the provider runs itself stand as `undefined`: a client would run them again. */
	const calls = new Map<string, SentCall | undefined>();
	let callCount = 0;
	let imageCount = 0;
	let detailCount = 0;
	const thoughts = new Map<string, { readonly metadata: ProviderMetadata | undefined; readonly opening: string; readonly deltas: string[] }>();

	function chunk(delta: string): string {
		if (envelope !== undefined) return envelope.before + delta + envelope.after;
		envelope = buildEnvelope(response, context);
		return `${chunk('{"role":"assistant","content":"","refusal":null}')}${chunk(delta)}`;
	}

	function startCall(id: string, toolName: string, metadata: JsonObject | undefined): string {
		const index = callCount++;
		calls.set(id, { index, hasInput: false });
		const call = { ...metadata, index, id, type: "function", function: { name: toolName, arguments: "" } };
		return chunk(JSON.stringify({ tool_calls: [call] }));
	}

	function callInput(id: string, delta: string): string {
		const call = calls.get(id);
		if (call === undefined || delta === "") return "";
		call.hasInput = true;
		return chunk(`{"tool_calls":[{"index":${call.index},"function":{"arguments":${JSON.stringify(delta)}}}]}`);
	}

	function endCall(part: ToolCallPart): string {
		if (part.providerExecuted) return "";
		const { toolCallId, toolName, input, metadata } = part;
		const start = calls.has(toolCallId) ? "" : startCall(toolCallId, toolName, callFieldsForCaller(metadata));
		// Arguments without a letter are no JSON: clients parse what they have put together.
		return start + (calls.get(toolCallId)?.hasInput ? "" : callInput(toolCallId, input));
	}

	function thoughtDelta(id: string, delta: string): string {
		const thought = thoughts.get(id);
		if (thought === undefined) return "";
		if (thought.metadata?.openai === undefined) thought.deltas.push(delta);
		return chunk(`${thought.opening}${JSON.stringify(delta)}}`);
	}

	/** The state comes last, with the words that it belongs to: a caller need not put them together. */
	function endThought({ id, metadata: ending }: Extract<StreamEvent, { type: "reasoning-end" }>): string {
		const { metadata: beginning, deltas = [] } = thoughts.get(id) ?? {};
		thoughts.delete(id);
		const metadata = mergeMetadata(beginning, ending);
		const details = encodeDetails({ text: deltas.join(""), ...(metadata === undefined ? {} : { metadata }) }, detailCount);
		detailCount += details.length;
		return details.length === 0 ? "" : chunk(JSON.stringify({ [detailsField]: details }));
	}

	function fragment(part: OpaquePart): string {
		if (part.dialect !== "openai-chat") return "";
		const { tool_calls, ...rest } = part.value;
		const numbered = asArray(tool_calls)?.map((call) => ({ index: callCount++, ...asObject(call) }));
		return chunk(JSON.stringify(numbered === undefined ? rest : { ...rest, tool_calls: numbered }));
	}

	function image(part: FilePart): string {
		const encoded = encodeImage(part, imageCount);
		if (encoded === undefined) return "";
		imageCount++;
		return chunk(JSON.stringify({ images: [encoded] }));
	}

	function finish(event: Finish): string {
		isDone = true;
		// Also sends the role where nothing came before the end.
		const opening = envelope === undefined ? chunk("{}") : "";
		const { head, before, tail } = envelope ?? buildEnvelope(response, context);
		const logprobs = JSON.stringify(event.metadata?.openai?.logprobs ?? null);
		const end = `${before}{},"logprobs":${logprobs},"finish_reason":"${encodeFinishReason(event.reason)}"}]${tail}`;
		const usage = encodeUsage(event.usage) ?? { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
		const told = context.includeUsage ? `${head}"choices":[],"usage":${JSON.stringify(usage)}}\n\n` : "";
		return `${opening}${end}${told}data: [DONE]\n\n`;
	}

	function encode(event: StreamEvent): string {
		switch (event.type) {
			case "response-metadata": {
				const { type: _, ...told } = event;
				response = { ...response, ...told };
				return "";
			}
			case "text-delta":
				if (refusals.has(event.id)) return chunk(`{"refusal":${JSON.stringify(event.delta)}}`);
				textLength += event.delta.length;
				return chunk(`{"content":${JSON.stringify(event.delta)}}`);
			case "reasoning-delta":
				return thoughtDelta(event.id, event.delta);
			case "tool-input-delta":
				return callInput(event.id, event.delta);
			case "text-start":
				if (event.refusal) refusals.add(event.id);
				textStart = textLength;
				return "";
			case "source": {
				const annotation = encodeSource(event.source, textStart, textLength);
				return annotation === undefined ? "" : chunk(JSON.stringify({ annotations: [annotation] }));
			}
			case "tool-input-start":
				if (event.providerExecuted) return "";
				return startCall(event.id, event.toolName, callFieldsForCaller(event.metadata));
			case "tool-call":
				return endCall(event);
			case "opaque":
				return fragment(event);
			case "file":
				return image(event);
			case "ping":
				return ": ping\n\n";
			case "finish":
				return finish(event);
			case "reasoning-start":
				thoughts.set(event.id, { metadata: event.metadata, opening: `{"${shownField(event.metadata)}":`, deltas: [] });
				return "";
			case "reasoning-end":
				return endThought(event);
			case "text-end":
			case "tool-input-end":
			case "tool-result":
			case "error":
				return "";
			default:
				return event satisfies never;
		}
	}

	return {
		push(events) {
			let text = "";
			for (const event of events) {
				if (isDone) break;
				text += encode(event);
			}
			return text;
		},
		/** Chat completions have no terminal error of their own; official clients throw at an `error` in a chunk. No `[DONE]` follows. */
		fail(error: GatewayError) {
			if (isDone) return "";
			isDone = true;
			return `data: ${JSON.stringify(encodeError(error))}\n\n`;
		},
	};
}

function buildEnvelope(response: ResponseMetadata, context: EncodeAnswerContext): Envelope {
	const head = `data: ${JSON.stringify(encodeHead(response, context, "chat.completion.chunk")).slice(0, -1)},`;
	const tail = `${context.includeUsage ? ',"usage":null' : ""}}\n\n`;
	return {
		head,
		before: `${head}"choices":[{"index":0,"delta":`,
		after: `,"logprobs":null,"finish_reason":null}]${tail}`,
		tail,
	};
}
