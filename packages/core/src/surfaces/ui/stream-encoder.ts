import type { ProviderMetadata, ToolCallPart, ToolResultPart } from "../../contract/prompt.ts";
import type { Finish, FinishReason, Usage } from "../../contract/stream-event.ts";
import type { UiMessageChunk } from "../../contract/wire/ui-messages.ts";
import type { ExchangeEvent } from "../../effects/exchange.ts";
import { pingComment } from "../../http/server-sent-events.ts";
import { parseJson } from "../../rules/dialects/json-fields.ts";
import { encodeFilePart } from "./file-part.ts";
import { encodeOpaquePart } from "./opaque-part.ts";

export interface UiStreamContext {
	readonly messageId: string;
	/** Makes the sources' ids unique in a message of several answers. */
	readonly answerId: string;
	/** Told at the start. */
	readonly metadata: MessageMetadata;
	/** In millionths of a US dollar, asked for at the end. */
	cost(): number | undefined;
}
type MessageMetadata = Extract<UiMessageChunk, { type: "start" }>["messageMetadata"];

/** Events as parts of the AI SDK's UI message stream: a text a batch. */
export function createUiStreamEncoder({ messageId, answerId, metadata, cost }: UiStreamContext): (batch: readonly ExchangeEvent[]) => string {
	let opening = write({ type: "start", messageId, messageMetadata: metadata }) + write({ type: "start-step" });
	let sourceCount = 0;
	/** Of open parts: clients let the metadata of the end replace that of the start. */
	const begun = new Map<string, ProviderMetadata>();

	function ending(id: string, metadata: ProviderMetadata | undefined): { providerMetadata?: ProviderMetadata } {
		const start = begun.get(id);
		begun.delete(id);
		return metadata === undefined ? {} : told(start === undefined ? metadata : { ...start, ...metadata });
	}

	function encode(event: ExchangeEvent): string {
		switch (event.type) {
			case "text-delta":
			case "reasoning-delta": {
				const { type, id, delta } = event;
				return delta === "" ? "" : write({ type, id, delta });
			}
			case "text-start":
			case "reasoning-start": {
				const { type, id, metadata } = event;
				if (metadata !== undefined) begun.set(id, metadata);
				return write({ type, id, ...told(metadata) });
			}
			case "text-end":
			case "reasoning-end": {
				const { type, id, metadata } = event;
				return write({ type, id, ...ending(id, metadata) });
			}
			case "source": {
				const { url, title, metadata } = event.source;
				const sourceId = `${answerId}-source-${++sourceCount}`;
				if (url === undefined) return write({ type: "source-document", sourceId, mediaType: "text/plain", title: title ?? "", ...told(metadata) });
				return write({ type: "source-url", sourceId, url, ...(title === undefined ? {} : { title }), ...told(metadata) });
			}
			case "tool-input-start": {
				const { id, toolName } = event;
				return write({ type: "tool-input-start", toolCallId: id, toolName, ...executed(event) });
			}
			case "tool-input-delta":
				return event.delta === "" ? "" : write({ type: "tool-input-delta", toolCallId: event.id, inputTextDelta: event.delta });
			case "tool-call":
				return write(encodeCall(event));
			case "tool-result":
				return write(encodeResult(event));
			case "opaque":
				return write(encodeOpaquePart(event));
			case "file": {
				const file = encodeFilePart(event);
				return file === undefined ? "" : write(file);
			}
			case "ping":
				return pingComment;
			case "finish":
				return encodeFinish(event, cost());
			// No mark of success follows: clients take the error and the end of the bytes.
			case "error":
				return write({ type: "error", errorText: event.error.message });
			case "tool-input-end":
			case "response-metadata":
			case "passed":
				return "";
			default:
				return event satisfies never;
		}
	}

	return (batch) => {
		const written = opening + batch.map(encode).join("");
		opening = "";
		return written;
	};
}

function write(chunk: UiMessageChunk): string {
	return `data: ${JSON.stringify(chunk)}\n\n`;
}

function told(metadata: ProviderMetadata | undefined): { providerMetadata?: ProviderMetadata } {
	return metadata === undefined ? {} : { providerMetadata: metadata };
}

function executed({ providerExecuted }: { readonly providerExecuted?: true }): { providerExecuted?: true } {
	return providerExecuted === undefined ? {} : { providerExecuted };
}

function encodeCall(call: ToolCallPart): UiMessageChunk {
	const { toolCallId, toolName, input } = call;
	const named = { toolCallId, toolName, ...executed(call), ...told(call.metadata) };
	const parsed = parseJson(input);
	if (parsed !== undefined && call.incomplete === undefined) return { type: "tool-input-available", ...named, input: parsed };
	const errorText = call.incomplete ? "The call was cut off by the token limit" : "The model's input for this tool is no JSON";
	return { type: "tool-input-error", ...named, input, errorText };
}

function encodeResult(result: ToolResultPart): UiMessageChunk {
	const { toolCallId, output, isError } = result;
	const head = { toolCallId, ...executed(result), ...told(result.metadata) };
	if (isError) return { type: "tool-output-error", ...head, errorText: output.type === "text" ? output.text : JSON.stringify(output.parts) };
	return { type: "tool-output-available", ...head, output: output.type === "text" ? output.text : output.parts };
}

function encodeFinish({ reason, usage }: Finish, cost: number | undefined): string {
	const messageMetadata = { usage: encodeUsage(usage), ...(cost === undefined ? {} : { costUsd: cost / 1e6 }) };
	const finish = write({ type: "finish", finishReason: finishReasons[reason], messageMetadata });
	return `${write({ type: "finish-step" })}${finish}data: [DONE]\n\n`;
}

const finishReasons = {
	stop: "stop",
	length: "length",
	"tool-calls": "tool-calls",
	"content-filter": "content-filter",
	error: "error",
	pause: "other",
	other: "other",
} as const satisfies Record<FinishReason, string>;

/** Counts that the provider did not tell are left out. */
function encodeUsage({ cacheWriteTokens: _, ...usage }: Usage): NonNullable<MessageMetadata["usage"]> {
	const { inputTokens, outputTokens } = usage;
	return { ...usage, ...(inputTokens === undefined || outputTokens === undefined ? {} : { totalTokens: inputTokens + outputTokens }) };
}
