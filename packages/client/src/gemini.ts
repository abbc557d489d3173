import type { OperationEvents, OperationInput, OperationResult } from "@postern/core/contract";
import { errorOfEvent } from "./error-answer.ts";
import type { ItemStream } from "./item-stream.ts";
import type { CallOptions } from "./options.ts";
import { type ReadEvent, readData } from "./stream.ts";
import type { Transport } from "./transport.ts";

export type GenerateContentRequest = OperationInput<"generateContent">;
export type GenerateContentResponse = OperationResult<"generateContent">;
export type GenerateContentChunk = OperationEvents<"streamGenerateContent">["message"];
export type CountGeminiTokensRequest = OperationInput<"countGeminiTokens">;
export type GeminiTokenCount = OperationResult<"countGeminiTokens">;
export type EmbedContentRequest = OperationInput<"embedContent">;
export type EmbedContentResponse = OperationResult<"embedContent">;
export type BatchEmbedContentsRequest = OperationInput<"batchEmbedContents">;
export type BatchEmbedContentsResponse = OperationResult<"batchEmbedContents">;
export type GeminiModel = OperationResult<"getGeminiModel">;
export type GeminiModelList = OperationResult<"listGeminiModels">;

/** The gateway in Google's words: any model behind it, whoever its provider is. `model` is `provider/model` or a route's alias. */
export interface GeminiMethods {
	generateContent(model: string, request: GenerateContentRequest, options?: CallOptions): Promise<GenerateContentResponse>;
	streamGenerateContent(model: string, request: GenerateContentRequest, options?: CallOptions): ItemStream<GenerateContentChunk>;
	/** An estimate where the model's provider cannot count. */
	countTokens(model: string, request: CountGeminiTokensRequest, options?: CallOptions): Promise<GeminiTokenCount>;
	embedContent(model: string, request: EmbedContentRequest, options?: CallOptions): Promise<EmbedContentResponse>;
	batchEmbedContents(model: string, request: BatchEmbedContentsRequest, options?: CallOptions): Promise<BatchEmbedContentsResponse>;
	listModels(options?: CallOptions): Promise<GeminiModelList>;
	getModel(model: string, options?: CallOptions): Promise<GeminiModel>;
}

export function geminiMethods({ json, stream }: Transport): GeminiMethods {
	const models = "/v1beta/models";
	const path = (model: string, action = "") => `${models}/${encodeURIComponent(model)}${action}`;
	return {
		generateContent: (model, body, options) => json(path(model, ":generateContent"), options, { body }),
		streamGenerateContent: (model, body, options) => stream(path(model, ":streamGenerateContent?alt=sse"), options, { body }, readChunk),
		countTokens: (model, body, options) => json(path(model, ":countTokens"), options, { body }),
		embedContent: (model, body, options) => json(path(model, ":embedContent"), options, { body }),
		batchEmbedContents: (model, body, options) => json(path(model, ":batchEmbedContents"), options, { body }),
		listModels: (options) => json(models, options),
		getModel: (model, options) => json(path(model), options),
	};
}

const readChunk: ReadEvent<GenerateContentChunk> = (event, give, response) => {
	const chunk = readData<GenerateContentChunk>(event, response);
	if ("error" in chunk) throw errorOfEvent(event.data, response);
	give(chunk);
	return (chunk.candidates?.[0]?.finishReason ?? chunk.promptFeedback?.blockReason) !== undefined;
};
