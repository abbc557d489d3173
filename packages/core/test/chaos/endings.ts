import { type ErrorCode, gatewayError } from "../../src/contract/errors.ts";
import { anthropicMessages } from "../../src/rules/dialects/anthropic-messages/index.ts";
import { openaiChat } from "../../src/rules/dialects/openai-chat/index.ts";
import { parseSse } from "../end-to-end/surfaces.ts";
import type { CallerId } from "../matrix/clients.ts";

/** How a stream ended, in its caller's own words: as a success does, with an error, or without either. */
export type Ending = { readonly type: "complete" } | { readonly type: "error"; readonly word: unknown } | { readonly type: "none" };

const complete: Ending = { type: "complete" };
const none: Ending = { type: "none" };

export function endingOf(caller: CallerId, text: string): Ending {
	const events = parseSse(text);
	const last = events.at(-1);
	const data = parse(last?.data);
	switch (caller) {
		case "chat completions":
			return last?.data === "[DONE]" ? complete : errorOf(field(data, "error", "message"), field(data, "error", "code"));
		case "responses":
			if (last?.event === "response.completed") return complete;
			return last?.event === "response.failed" ? errorOf(field(data, "response", "error", "message"), field(data, "response", "error", "code")) : none;
		case "messages":
			if (last?.event === "message_stop") return complete;
			return last?.event === "error" ? errorOf(field(data, "error", "message"), field(data, "error", "type")) : none;
		case "gemini":
			if (field(data, "candidates", "0", "finishReason") !== undefined) return complete;
			return errorOf(field(data, "error", "message"), field(data, "error", "details", "0", "reason"));
		case "text": {
			const before = events.at(-2);
			if (last?.event !== "done") return none;
			if (before?.event === "result") return field(data, "code") === 0 ? complete : none;
			return before?.event === "error" && field(data, "code") === 1 ? errorOf(field(parse(before.data), "error"), field(parse(before.data), "code")) : none;
		}
		case "prompt":
			if (last?.data === "[DONE]") return complete;
			return last?.event === "error" ? errorOf(field(data, "error"), field(data, "code")) : none;
		default:
			return caller satisfies never;
	}
}

/** The word for a code of the ledger in the caller's dialect. */
export function wordFor(caller: CallerId, code: ErrorCode): unknown {
	switch (caller) {
		case "chat completions":
		case "responses":
			return field(openaiChat.caller.encodeError(gatewayError(code), ""), "error", "code");
		case "messages":
			return field(anthropicMessages.caller.encodeError(gatewayError(code), ""), "error", "type");
		default:
			return code;
	}
}

/** The message of an error body, where its shape is the dialect's. */
export function messageOf(caller: CallerId, body: string): unknown {
	const error = field(parse(body), "error");
	return caller === "text" || caller === "prompt" ? error : field(error, "message");
}

function errorOf(message: unknown, word: unknown): Ending {
	return typeof message === "string" && message !== "" && word !== undefined ? { type: "error", word } : none;
}

function parse(text: string | undefined): unknown {
	try {
		return JSON.parse(text ?? "");
	} catch {
		return undefined;
	}
}

function field(value: unknown, ...path: string[]): unknown {
	return path.reduce<unknown>((inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined), value);
}
