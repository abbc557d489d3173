import type { GatewayError } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { Finish, ResponseMetadata, StreamEvent } from "../../../contract/stream-event.ts";
import type { EncodeAnswerContext, StreamEncoder } from "../dialect.ts";
import { encodeError } from "../openai-chat/error-body.ts";
import { createOutputWriter } from "./output-writer.ts";
import { encodeEnding, encodeHead } from "./response-object.ts";

export function createStreamEncoder(context: EncodeAnswerContext): StreamEncoder {
	let response: ResponseMetadata = {};
	let text = "";
	let sequence = 0;
	let isOpen = false;
	let isDone = false;

	function emit(type: string, fields: JsonObject): void {
		text += `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`;
	}
	const writer = createOutputWriter(context, emit);

	/** Both events of the beginning: clients wait for either. */
	function open(): void {
		if (isOpen) return;
		isOpen = true;
		const begun = { ...encodeHead(response, context), output: [], usage: null };
		emit("response.created", { response: begun });
		emit("response.in_progress", { response: begun });
	}

	function end(type: string, fields: JsonObject): void {
		isDone = true;
		emit(type, { response: { ...encodeHead(response, context), output: writer.items(), ...fields } });
	}

	function finish(event: Finish): void {
		const ending = encodeEnding(event);
		const status = ending.status === "incomplete" ? "incomplete" : "completed";
		writer.end(status);
		end(`response.${status}`, ending);
	}

	function push(event: StreamEvent): void {
		switch (event.type) {
			case "response-metadata": {
				const { type: _, ...told } = event;
				response = { ...response, ...told };
				return;
			}
			case "ping":
				text += ": ping\n\n";
				return;
			case "finish":
				open();
				return finish(event);
			default:
				open();
				writer.push(event);
		}
	}

	function taken(): string {
		const written = text;
		text = "";
		return written;
	}

	return {
		push(events) {
			for (const event of events) {
				if (isDone) break;
				push(event);
			}
			// The beginning is told as soon as it is known, content or not.
			if (events.some(({ type }) => type === "response-metadata")) open();
			return taken();
		},
		/** The response that failed, with what was whole of it: clients wait for this event. */
		fail(error: GatewayError) {
			if (isDone) return "";
			open();
			const { code, message, type, param } = encodeError(error).error;
			end("response.failed", { status: "failed", error: { code: code ?? "server_error", message, type, param }, usage: null });
			return taken();
		},
	};
}
