import type { ObjectRequest, ObjectResult, TextRequest, TextResult } from "@postern/core/contract";
import { type AnswerEvent, createAnswerStream, type ObjectStream, type PartialObject, type TextStream } from "./answer-stream.ts";
import { endedEarly } from "./error.ts";
import { errorOfEvent } from "./error-answer.ts";
import type { CallOptions } from "./options.ts";
import { type ReadEvent, readData } from "./stream.ts";
import type { Transport } from "./transport.ts";

/** An object's answer; `object` is what its schema describes. */
export type GeneratedObject<Value> = Omit<ObjectResult, "object"> & { readonly object: Value };

/** Text and objects, in sessions that the gateway keeps. `Value` names the type that the JSON Schema describes. */
export interface TextMethods {
	generateText(request: TextRequest, options?: CallOptions): Promise<TextResult>;
	generateObject<Value = unknown>(request: ObjectRequest, options?: CallOptions): Promise<GeneratedObject<Value>>;
	streamText(request: TextRequest, options?: CallOptions): TextStream;
	streamObject<Value = unknown>(request: ObjectRequest, options?: CallOptions): ObjectStream<Value>;
}

export function textMethods({ json, stream }: Transport): TextMethods {
	return {
		generateText: (body, options) => json("/generate-text", options, { body }),
		generateObject: (body, options) => json("/generate-object", options, { body }),
		streamText: (body, options) => createAnswerStream<string, never>(stream("/stream", options, { body }, readEvent)),
		streamObject: <Value>(body: ObjectRequest, options?: CallOptions) =>
			createAnswerStream<PartialObject<Value>, Value>(stream("/stream-object", options, { body }, readEvent)),
	};
}

const readEvent: ReadEvent<AnswerEvent> = (event, give, response) => {
	if (event.event === "error") throw errorOfEvent(event.data, response);
	const named = { name: event.event, data: readData(event, response) } as AnswerEvent;
	if (named.name !== "done") {
		give(named);
		return false;
	}
	if (named.data.code === 0) return true;
	throw endedEarly(response);
};
