import type { Json, JsonObject } from "../../../../src/contract/json.ts";
import type { AssistantPart, ToolCallPart } from "../../../../src/contract/prompt.ts";
import type { Answer, Finish, StreamEvent, Usage } from "../../../../src/contract/stream-event.ts";
import { asObject, parseJson } from "../../../../src/rules/dialects/json-fields.ts";
import { delta, end, event, exception, start, stop, tool } from "./frames.ts";

/** Bedrock's side of Converse, which the gateway never takes: canonical answers as its servers write them. */
export function converseAnswer({ content, finish }: Answer): JsonObject {
	return {
		output: { message: { role: "assistant", content: content.map(block).filter((value) => value !== undefined) } },
		stopReason: stopReasonOf(finish),
		usage: converseUsage(finish.usage),
		metrics: { latencyMs: 1 },
	};
}

/** The same as the messages of an event stream: those of each batch. */
export function createConverseWriter(): (events: readonly StreamEvent[]) => Uint8Array[] {
	const places = new Map<string, number>();
	const signatures = new Map<string, JsonObject>();
	let count = 0;
	let hasStarted = false;

	function place(id: string): number {
		const known = places.get(id);
		if (known !== undefined) return known;
		places.set(id, count);
		return count++;
	}

	function write(each: StreamEvent): Uint8Array[] {
		switch (each.type) {
			case "text-delta":
				return [delta(place(each.id), { text: each.delta })];
			case "reasoning-delta":
				return [delta(place(each.id), { reasoningContent: { text: each.delta } })];
			case "text-end":
				return places.has(each.id) ? [stop(place(each.id))] : [];
			case "reasoning-start":
				signatures.set(each.id, each.metadata?.anthropic ?? {});
				return [];
			case "reasoning-end": {
				const { signature, redactedData } = { ...signatures.get(each.id), ...each.metadata?.anthropic };
				const state = redactedData === undefined ? { signature: signature ?? "" } : { redactedContent: redactedData };
				return [delta(place(each.id), { reasoningContent: state }), stop(place(each.id))];
			}
			case "tool-input-start":
				return [tool(place(each.id), each.id, each.toolName)];
			case "tool-input-delta":
				return [delta(place(each.id), { toolUse: { input: each.delta } })];
			case "tool-input-end":
				return [stop(place(each.id))];
			case "file":
				return each.data.type === "base64" ? [delta(count, { image: { source: { bytes: each.data.base64 } } }), stop(count++)] : [];
			case "finish":
				return [end(stopReasonOf(each)), event("metadata", { usage: converseUsage(each.usage), metrics: { latencyMs: 1 } })];
			case "error":
				return [exception("modelStreamErrorException", { message: each.failure.message })];
			default:
				return [];
		}
	}

	return (events) => {
		const opening = hasStarted || events.length === 0 ? [] : [start];
		hasStarted ||= events.length > 0;
		return [...opening, ...events.flatMap(write)];
	};
}

function block(part: AssistantPart): JsonObject | undefined {
	switch (part.type) {
		case "text":
			return { text: part.text };
		case "reasoning": {
			const { signature, redactedData } = part.metadata?.anthropic ?? {};
			if (redactedData !== undefined) return { reasoningContent: { redactedContent: redactedData } };
			return { reasoningContent: { reasoningText: { text: part.text, ...(signature === undefined ? {} : { signature }) } } };
		}
		case "tool-call":
			return { toolUse: { toolUseId: part.toolCallId, name: part.toolName, input: inputOf(part) } };
		case "file":
			return part.data.type === "base64" ? { image: { format: part.mediaType.slice("image/".length), source: { bytes: part.data.base64 } } } : undefined;
		default:
			return undefined;
	}
}

function inputOf({ input }: ToolCallPart): Json {
	return asObject(parseJson(input)) ?? {};
}

const stopReasons = {
	stop: "end_turn",
	length: "max_tokens",
	"tool-calls": "tool_use",
	"content-filter": "content_filtered",
	pause: "end_turn",
	error: "malformed_model_output",
	other: "end_turn",
} as const;

function stopReasonOf({ reason }: Pick<Finish, "reason">): string {
	return stopReasons[reason];
}

function converseUsage({ inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, cacheWriteTokens = 0 }: Usage): JsonObject {
	return {
		inputTokens: inputTokens - cachedInputTokens - cacheWriteTokens,
		outputTokens,
		totalTokens: inputTokens + outputTokens,
		cacheReadInputTokens: cachedInputTokens,
		cacheWriteInputTokens: cacheWriteTokens,
	};
}
