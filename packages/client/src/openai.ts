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
/** `stream` is chosen by the method. */
export type ResponsesRequest = OperationInput<"createResponse">;
export type OpenAIResponse = OperationResult<"createResponse">;
type ResponseEvents = OperationEvents<"createResponse">;
/** Told apart by `type`. */
export type ResponseEvent = ResponseEvents[keyof ResponseEvents];
export type DeletedResponse = OperationResult<"deleteResponse">;
export type EmbeddingRequest = OperationInput<"createEmbedding">;
export type EmbeddingList = OperationResult<"createEmbedding">;
export type OpenAIModel = OperationResult<"getModel">;
export type OpenAIModelList = OperationResult<"listModels">;

/** The gateway in OpenAI's words: any model behind it, whoever its provider is. */
export interface OpenAIMethods {
	createChatCompletion(request: ChatCompletionRequest, options?: CallOptions): Promise<ChatCompletion>;
	streamChatCompletion(request: ChatCompletionRequest, options?: CallOptions): ItemStream<ChatCompletionChunk>;
	createResponse(request: ResponsesRequest, options?: CallOptions): Promise<OpenAIResponse>;
	/** The last event is `response.completed` or `response.incomplete`; where it would be `response.failed`, the stream throws. */
	streamResponse(request: ResponsesRequest, options?: CallOptions): ItemStream<ResponseEvent>;
	getResponse(id: string, options?: CallOptions): Promise<OpenAIResponse>;
	deleteResponse(id: string, options?: CallOptions): Promise<DeletedResponse>;
	/** Vectors as numbers, or as base64 with `encoding_format`. */
	createEmbedding(request: EmbeddingRequest, options?: CallOptions): Promise<EmbeddingList>;
	listModels(options?: CallOptions): Promise<OpenAIModelList>;
	/** `model` is `provider/model` or a route's alias. */
	getModel(model: string, options?: CallOptions): Promise<OpenAIModel>;
}

export function openaiMethods({ json, stream }: Transport): OpenAIMethods {
	const path = "/v1/chat/completions";
	return {
		createChatCompletion: (request, options) => json(path, options, { body: { ...request, stream: false } }),
		streamChatCompletion: (request, options) => stream(path, options, { body: { ...request, stream: true } }, readChunk),
		createResponse: (request, options) => json("/v1/responses", options, { body: { ...request, stream: false } }),
		streamResponse: (request, options) => stream("/v1/responses", options, { body: { ...request, stream: true } }, readResponseEvent),
		getResponse: (id, options) => json(`/v1/responses/${encodeURIComponent(id)}`, options),
		deleteResponse: (id, options) => json(`/v1/responses/${encodeURIComponent(id)}`, options, { method: "DELETE" }),
		createEmbedding: (body, options) => json("/v1/embeddings", options, { body }),
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

const readResponseEvent: ReadEvent<ResponseEvent> = (event, give, response) => {
	const data = readData<ResponseEvent>(event, response);
	if (data.type === "response.failed") throw errorOfEvent(JSON.stringify(data.response), response);
	give(data);
	return data.type === "response.completed" || data.type === "response.incomplete";
};
