import type { OperationEvents, OperationInput } from "@postern/core/contract";
import { errorOfEvent } from "./error-answer.ts";
import type { ItemStream } from "./item-stream.ts";
import type { CallOptions } from "./options.ts";
import { type ReadEvent, readData } from "./stream.ts";
import type { Transport } from "./transport.ts";

export type ChatRequest = OperationInput<"streamChat">;
type Chunk = OperationEvents<"streamChat">["message"];
/** Errors do not come as parts. */
export type ChatStreamPart = Exclude<Chunk, { type: "error" }>;

/** The gateway in the words of the AI SDK's UI messages. `useChat` itself needs no client: its transport takes the URL. */
export interface UiMethods {
	streamChat(request: ChatRequest, options?: CallOptions): ItemStream<ChatStreamPart>;
}

export function uiMethods({ stream }: Transport): UiMethods {
	return { streamChat: (body, options) => stream("/v1/chat/ui", options, { body }, readPart) };
}

const readPart: ReadEvent<ChatStreamPart> = (event, give, response) => {
	if (event.data === "[DONE]") return true;
	const part = readData<Chunk>(event, response);
	if (part.type === "error") throw errorOfEvent(JSON.stringify({ error: part.errorText }), response);
	give(part);
	return false;
};
