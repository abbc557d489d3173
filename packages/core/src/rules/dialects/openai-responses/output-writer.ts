import type { JsonObject } from "../../../contract/json.ts";
import type { FilePart, OpaquePart } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import type { EncodeAnswerContext } from "../dialect.ts";
import { asArray, asObject, asText } from "../json-fields.ts";
import { createCallWriter } from "./call-writer.ts";
import { customType } from "./custom-tools.ts";
import { encodeImageItem } from "./image-item.ts";
import type { Emit, ItemPlace, ItemStatus } from "./item-place.ts";
import { createMessageWriter, type MessageWriter } from "./message-writer.ts";
import { ownFields } from "./own-metadata.ts";
import { createReasoningWriter, type ReasoningWriter } from "./reasoning-writer.ts";

/** Canonical events to output items, with the events that tell of them. A whole response is what this has at its end. */
export interface OutputWriter {
	push(event: StreamEvent): void;
	/** Ends what is open. */
	end(status: ItemStatus): void;
	/** The items that are whole, in their order. */
	items(): readonly JsonObject[];
}

export function createOutputWriter(context: EncodeAnswerContext, emit: Emit): OutputWriter {
	const answerKey = context.answerId.replace(/^resp_/, "");
	const output: (JsonObject | undefined)[] = [];
	let message: MessageWriter | undefined;
	let reasoning: ReasoningWriter | undefined;

	function place(): ItemPlace {
		const index = output.push(undefined) - 1;
		return {
			index,
			key: `${answerKey}_${index}`,
			emit,
			added: (item) => emit("response.output_item.added", { output_index: index, item }),
			done(item) {
				output[index] = item;
				emit("response.output_item.done", { output_index: index, item });
			},
		};
	}
	const calls = createCallWriter(place, customTools(context));

	/** Texts that follow each other share a message, summaries a reasoning item: both stay open until something else comes. */
	function closeOpen(status: ItemStatus = "completed"): void {
		message?.close(status);
		message = undefined;
		reasoning?.close();
		reasoning = undefined;
	}

	function messageFor(phase: JsonObject[string]): MessageWriter {
		if (message === undefined || message.phase !== phase) {
			closeOpen();
			message = createMessageWriter(place(), phase);
		}
		return message;
	}

	function reasoningFor(index: JsonObject[string]): ReasoningWriter {
		if (reasoning === undefined || index === undefined) {
			closeOpen();
			reasoning = createReasoningWriter(place());
		}
		return reasoning;
	}

	function pushOpaque(part: OpaquePart): void {
		if (part.dialect !== "openai-responses") return;
		closeOpen();
		const { added, done } = place();
		added(part.value);
		done(part.value);
	}

	function pushFile(file: FilePart): void {
		const index = output.length;
		const image = encodeImageItem(file, `ig_${answerKey}_${index}`);
		if (image === undefined) return;
		closeOpen();
		const { added, done } = place();
		const { result: _, ...begun } = image;
		const about = { item_id: image.id ?? "", output_index: index };
		added({ ...begun, result: null, status: "in_progress" });
		emit("response.image_generation_call.in_progress", about);
		emit("response.image_generation_call.completed", about);
		done(image);
	}

	return {
		items: () => output.filter((item) => item !== undefined),
		end: closeOpen,
		push(event) {
			switch (event.type) {
				case "text-start":
					return messageFor(ownFields(event.metadata).phase).start(event);
				case "text-delta":
					return message?.delta(event.id, event.delta);
				case "source":
					return message?.source(event.id, event.source);
				case "text-end":
					return message?.end(event);
				case "reasoning-start":
					return reasoningFor(ownFields(event.metadata).index).start(event);
				case "reasoning-delta":
					return reasoning?.delta(event.delta);
				case "reasoning-end":
					return reasoning?.end(event);
				case "tool-input-start":
					// A tool that another provider ran cannot be said here, and as a call a client would run it again.
					if (event.providerExecuted) return;
					closeOpen();
					return calls.start(event.id, event.toolName, event.metadata);
				case "tool-input-delta":
					return calls.delta(event.id, event.delta);
				case "tool-call":
					if (event.providerExecuted) return;
					if (!calls.has(event.toolCallId)) closeOpen();
					return calls.end(event);
				case "opaque":
					return pushOpaque(event);
				case "file":
					return pushFile(event);
				case "response-metadata":
				case "tool-input-end":
				case "tool-result":
				case "ping":
				case "finish":
				case "error":
					return;
				default:
					event satisfies never;
			}
		},
	};
}

/** The names of the caller's free-text tools: models of other providers call them as functions. */
function customTools({ request }: EncodeAnswerContext): ReadonlySet<string> {
	const tools = (asArray(request?.tools) ?? []).map(asObject);
	return new Set(tools.flatMap((tool) => (tool?.type === customType ? (asText(tool.name) ?? []) : [])));
}
