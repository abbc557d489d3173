import type { Json, JsonObject } from "../../../../src/contract/json.ts";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import { claudeCode } from "../../../../src/rules/dialects/claude-code/index.ts";

/** Lines as Claude Code 2.1.197 prints them, without what nobody reads. */
export const session = "2bb8102e-b5a5-4551-9655-07942b21d921";
const own = { session_id: session, parent_tool_use_id: null };

export const init = { type: "system", subtype: "init", session_id: session, tools: [], model: "claude-opus-4-8[1m]", cwd: "/home/me" };
export const status = { type: "system", subtype: "status", status: "requesting", session_id: session };
export const retry = { type: "system", subtype: "api_retry", attempt: 1, max_retries: 2, retry_delay_ms: 500, error_status: 529, session_id: session };

const usage = { input_tokens: 10, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 1 };

export function event(value: JsonObject, parent: string | null = null): JsonObject {
	return { type: "stream_event", ...own, parent_tool_use_id: parent, event: value };
}
export function start(id = "msg_1"): JsonObject {
	return event({ type: "message_start", message: { id, type: "message", role: "assistant", model: "claude-opus-4-8", content: [], stop_reason: null, usage } });
}
export function block(index: number, content: JsonObject, ...deltas: readonly JsonObject[]): readonly JsonObject[] {
	return [
		event({ type: "content_block_start", index, content_block: content }),
		...deltas.map((delta) => event({ type: "content_block_delta", index, delta })),
		event({ type: "content_block_stop", index }),
	];
}
export function text(index: number, ...pieces: readonly string[]): readonly JsonObject[] {
	return block(index, { type: "text", text: "" }, ...pieces.map((piece) => ({ type: "text_delta", text: piece })));
}
export function toolUse(index: number, id: string, input: string): readonly JsonObject[] {
	return block(index, { type: "tool_use", id, name: "Bash", input: {} }, { type: "input_json_delta", partial_json: input });
}
export function stop(reason = "end_turn"): readonly JsonObject[] {
	return [event({ type: "message_delta", delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 7 } }), event({ type: "message_stop" })];
}
export function whole(content: readonly Json[], fields: JsonObject = {}, model = "claude-opus-4-8"): JsonObject {
	return { type: "assistant", ...own, message: { id: "msg_1", type: "message", role: "assistant", model, content, stop_reason: null, usage }, ...fields };
}
export function toolResult(id: string, content: Json, fields: JsonObject = {}): JsonObject {
	return { type: "user", ...own, message: { role: "user", content: [{ type: "tool_result", tool_use_id: id, content, ...fields }] } };
}
export function result(fields: JsonObject = {}): JsonObject {
	return {
		type: "result",
		subtype: "success",
		is_error: false,
		api_error_status: null,
		num_turns: 1,
		result: "Hello",
		stop_reason: "end_turn",
		session_id: session,
		total_cost_usd: 0.000239,
		usage: { ...usage, output_tokens: 7, server_tool_use: { web_search_requests: 0 }, service_tier: "standard" },
		modelUsage: { "claude-opus-4-8[1m]": { inputTokens: 10, outputTokens: 7 } },
		permission_denials: [],
		...fields,
	};
}

export function wire(lines: readonly (JsonObject | string)[]): Uint8Array {
	return new TextEncoder().encode(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""));
}

export function decode(pieces: readonly Uint8Array[], maxEventBytes?: number): StreamEvent[] {
	const decoder = claudeCode.createStreamDecoder(maxEventBytes === undefined ? {} : { maxEventBytes });
	return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
}
