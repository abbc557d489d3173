import type { OperationEvents, OperationInput, OperationResult } from "@postern/core/contract";
import { errorOfEvent } from "./error-answer.ts";
import type { ItemStream } from "./item-stream.ts";
import type { CallOptions } from "./options.ts";
import { type ReadEvent, readData } from "./stream.ts";
import type { Transport } from "./transport.ts";

/** `stream` is chosen by the method. */
export type ChatCompletionRequest = OperationInput<"createChatCompletion">;
export type ChatCompletion = OperationResult<"createChatCompletion">;
export type ChatCompletionChunk = OperationEvents<"createChatCompletion">["message"];
export type OpenAIModel = OperationResult<"getModel">;
export type OpenAIModelList = OperationResult<"listModels">;

/** The gateway in OpenAI's words: any model behind it, whoever its provider is. */
export interface OpenAIMethods {
	createChatCompletion(request: ChatCompletionRequest, options?: CallOptions): Promise<ChatCompletion>;
	streamChatCompletion(request: ChatCompletionRequest, options?: CallOptions): ItemStream<ChatCompletionChunk>;
	listModels(options?: CallOptions): Promise<OpenAIModelList>;
	/** `model` is `provider/model` or a route's alias. */
	getModel(model: string, options?: CallOptions): Promise<OpenAIModel>;
}

export function openaiMethods({ json, stream }: Transport): OpenAIMethods {
	const path = "/v1/chat/completions";
	return {
		createChatCompletion: (request, options) => json(path, options, { body: { ...request, stream: false } }),
		streamChatCompletion: (request, options) => stream(path, options, { body: { ...request, stream: true } }, readChunk),
		listModels: (options) => json("/v1/models", options),
		getModel: (model, options) => json(`/v1/models/${encodeURIComponent(model)}`, options),
	};
}

const readChunk: ReadEvent<ChatCompletionChunk> = (event, give, response) => {
	if (event.data === "[DONE]") return true;
	const chunk = readData<ChatCompletionChunk>(event, response);
	if (event.event === "error" || "error" in chunk) throw errorOfEvent(event.data, response);
	give(chunk);
	return false;
};
