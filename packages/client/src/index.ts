export type { AnswerStream, ObjectStream, PartialObject, StreamWarning, TextStream } from "./answer-stream.ts";
export type {
	AnthropicMessage,
	AnthropicMethods,
	AnthropicModel,
	AnthropicModelList,
	CountMessageTokensRequest,
	MessageRequest,
	MessageStreamEvent,
	MessageTokenCount,
} from "./anthropic.ts";
export { type Client, createClient } from "./client.ts";
export { type ClientErrorCode, PosternError, type PosternErrorCode, type PosternErrorDetails } from "./error.ts";
export type {
	BatchEmbedContentsRequest,
	BatchEmbedContentsResponse,
	CountGeminiTokensRequest,
	EmbedContentRequest,
	EmbedContentResponse,
	GeminiMethods,
	GeminiModel,
	GeminiModelList,
	GeminiTokenCount,
	GenerateContentChunk,
	GenerateContentRequest,
	GenerateContentResponse,
} from "./gemini.ts";
export type { ItemStream } from "./item-stream.ts";
export type { MetaMethods, OpenApiDocument } from "./meta.ts";
export type {
	ChatCompletion,
	ChatCompletionChunk,
	ChatCompletionRequest,
	DeletedResponse,
	EmbeddingList,
	EmbeddingRequest,
	OpenAIMethods,
	OpenAIModel,
	OpenAIModelList,
	OpenAIResponse,
	ResponseEvent,
	ResponsesRequest,
} from "./openai.ts";
export type { CacheChoice, CallOptions, ClientOptions } from "./options.ts";
export type { PromptMethods } from "./prompt.ts";
export type { GeneratedObject, TextMethods } from "./text.ts";
export type { ChatRequest, ChatStreamPart, UiMethods } from "./ui.ts";
export type {
	ErrorCode,
	Health,
	Issue,
	ObjectRequest,
	ObjectResult,
	PromptRequest,
	PromptResult,
	TextRequest,
	TextResult,
	UsageTotals,
} from "@postern/core/contract";
