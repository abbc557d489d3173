import type { FinishReason } from "../../../contract/stream-event.ts";
import type { ChatFinishReason } from "../../../contract/wire/openai-chat.ts";

/** OpenAI's words and those of compatible vendors. */
const reasons = new Map<string, FinishReason>([
	["stop", "stop"],
	["eos", "stop"],
	["end_turn", "stop"],
	["stop_sequence", "stop"],
	["length", "length"],
	["max_tokens", "length"],
	["model_length", "length"],
	["tool_calls", "tool-calls"],
	["function_call", "tool-calls"],
	["tool_use", "tool-calls"],
	["content_filter", "content-filter"],
	["sensitive", "content-filter"],
	["refusal", "content-filter"],
	["error", "error"],
	["network_error", "error"],
	["insufficient_system_resource", "error"],
]);

/** A forced tool call ends with `stop` at OpenAI, any tool call does at some vendors: what counts is that one must be run. */
export function decodeFinishReason(raw: string, hasToolCalls: boolean): FinishReason {
	const reason = reasons.get(raw) ?? "other";
	return reason === "stop" && hasToolCalls ? "tool-calls" : reason;
}

/** OpenAI has no word for an answer that paused or broke off: `length` says at least that it is not whole. */
export function encodeFinishReason(reason: FinishReason): ChatFinishReason {
	switch (reason) {
		case "length":
		case "pause":
		case "error":
			return "length";
		case "tool-calls":
			return "tool_calls";
		case "content-filter":
			return "content_filter";
		case "stop":
		case "other":
			return "stop";
		default:
			return reason satisfies never;
	}
}
