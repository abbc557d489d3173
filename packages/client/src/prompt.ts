import type { PromptRequest, PromptResult } from "@postern/core/contract";
import { errorOfEvent } from "./error-answer.ts";
import type { ItemStream } from "./item-stream.ts";
import type { CallOptions } from "./options.ts";
import { type ReadEvent, readData } from "./stream.ts";
import type { Transport } from "./transport.ts";

/** A prompt goes in, an answer comes out. */
export interface PromptMethods {
	prompt(request: PromptRequest, options?: CallOptions): Promise<PromptResult>;
	/** The pieces of the answer's text, exactly as the model wrote them. */
	stream(request: PromptRequest, options?: CallOptions): ItemStream<string>;
}

export function promptMethods({ json, stream }: Transport): PromptMethods {
	return {
		prompt: (body, options) => json("/v1/prompt", options, { body }),
		stream: (body, options) => stream("/v1/stream", options, { body }, readText),
	};
}

/** A text that reads `[DONE]` never comes as one event: the gateway splits it. */
const readText: ReadEvent<string> = (event, give, response) => {
	switch (event.event ?? "message") {
		case "message":
			if (event.data === "[DONE]") return true;
			give(event.data);
			return false;
		case "json":
			give(readData<{ readonly text: string }>(event, response).text);
			return false;
		case "error":
			throw errorOfEvent(event.data, response);
		default:
			return false;
	}
};
