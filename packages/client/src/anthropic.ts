import type { OperationEvents, OperationInput, OperationResult } from "@postern/core/contract";
import { errorOfEvent } from "./error-answer.ts";
import type { ItemStream } from "./item-stream.ts";
import type { CallOptions } from "./options.ts";
import { type ReadEvent, readData } from "./stream.ts";
import type { Transport } from "./transport.ts";

type MessageEvents = OperationEvents<"createMessage">;

/** `stream` is chosen by the method. */
export type MessageRequest = OperationInput<"createMessage">;
export type AnthropicMessage = OperationResult<"createMessage">;
/** Pings and errors do not come as events. */
export type MessageStreamEvent = MessageEvents[Exclude<keyof MessageEvents, "ping" | "error">];
export type CountMessageTokensRequest = OperationInput<"countMessageTokens">;
export type MessageTokenCount = OperationResult<"countMessageTokens">;
export type AnthropicModel = OperationResult<"getAnthropicModel">;
export type AnthropicModelList = OperationResult<"listAnthropicModels">;

/** The gateway in Anthropic's words: any model behind it, whoever its provider is. */
export interface AnthropicMethods {
	createMessage(request: MessageRequest, options?: CallOptions): Promise<AnthropicMessage>;
	streamMessage(request: MessageRequest, options?: CallOptions): ItemStream<MessageStreamEvent>;
	/** An estimate where the model's provider cannot count. */
	countMessageTokens(request: CountMessageTokensRequest, options?: CallOptions): Promise<MessageTokenCount>;
	listModels(options?: CallOptions): Promise<AnthropicModelList>;
	/** `model` is `provider/model` or a route's alias. */
	getModel(model: string, options?: CallOptions): Promise<AnthropicModel>;
}

/** Tells this API's `/v1/models` from OpenAI's. */
const headers = { "anthropic-version": "2023-06-01" };

export function anthropicMethods({ json, stream }: Transport): AnthropicMethods {
	const path = "/v1/messages";
	return {
		createMessage: (request, options) => json(path, options, { headers, body: { ...request, stream: false } }),
		streamMessage: (request, options) => stream(path, options, { headers, body: { ...request, stream: true } }, readMessageEvent),
		countMessageTokens: (body, options) => json(`${path}/count_tokens`, options, { headers, body }),
		listModels: (options) => json("/v1/models", options, { headers }),
		getModel: (model, options) => json(`/v1/models/${encodeURIComponent(model)}`, options, { headers }),
	};
}

const readMessageEvent: ReadEvent<MessageStreamEvent> = (event, give, response) => {
	const data = readData<MessageStreamEvent>(event, response);
	if (event.event === "error") throw errorOfEvent(event.data, response);
	if (event.event !== "ping") give(data);
	return event.event === "message_stop";
};
