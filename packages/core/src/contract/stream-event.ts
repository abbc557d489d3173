import type { Failure } from "./failure.ts";
import type { AssistantPart, FilePart, OpaquePart, ProviderMetadata, Source, ToolCallPart, ToolResultPart } from "./prompt.ts";

/** Tokens of one answer. A field is absent where the provider did not tell. */
export interface Usage {
	/** All input tokens, those read from and written to a prompt cache included. */
	readonly inputTokens?: number;
	/** All output tokens, reasoning included. */
	readonly outputTokens?: number;
	readonly cachedInputTokens?: number;
	readonly cacheWriteTokens?: number;
	readonly reasoningTokens?: number;
	/** Of the input, and of the output, what is sound. */
	readonly audioInputTokens?: number;
	readonly audioOutputTokens?: number;
}

export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "pause" | "error" | "other";

export interface Finish {
	readonly reason: FinishReason;
	/** The provider's own word (`end_turn`, `model_context_window_exceeded`, ...). */
	readonly rawReason?: string;
	/** The stop sequence that was met (Anthropic tells it). */
	readonly stopSequence?: string;
	readonly usage: Usage;
	readonly metadata?: ProviderMetadata;
}

/** What a provider said of the answer as a whole. `createdAt` is in milliseconds since 1970. */
export interface ResponseMetadata {
	readonly id?: string;
	readonly model?: string;
	readonly createdAt?: number;
	/** What is known of the usage before the answer begins (Anthropic tells the input's tokens in `message_start`). */
	readonly usage?: Usage;
	readonly metadata?: ProviderMetadata;
}

/**
 * One event of a streamed answer (vocabulary: Vercel AI SDK). Parts do not nest; every part has exactly one start and one
 * end, deltas of parallel tool calls may interleave. `id` is unique in one answer; a tool input's id is its call's id.
 * A stream ends with exactly one `finish` or one `error`, and nothing follows.
 */
export type StreamEvent =
	| ({ readonly type: "response-metadata" } & ResponseMetadata)
	| { readonly type: "text-start"; readonly id: string; readonly refusal?: true; readonly metadata?: ProviderMetadata }
	| { readonly type: "text-delta"; readonly id: string; readonly delta: string }
	| { readonly type: "text-end"; readonly id: string; readonly metadata?: ProviderMetadata }
	/** A citation of the open text part `id`. */
	| { readonly type: "source"; readonly id: string; readonly source: Source }
	| { readonly type: "reasoning-start"; readonly id: string; readonly metadata?: ProviderMetadata }
	| { readonly type: "reasoning-delta"; readonly id: string; readonly delta: string }
	/** Metadata of the end is merged over that of the start (a signature comes last). */
	| { readonly type: "reasoning-end"; readonly id: string; readonly metadata?: ProviderMetadata }
	| {
			readonly type: "tool-input-start";
			readonly id: string;
			readonly toolName: string;
			readonly providerExecuted?: true;
			readonly metadata?: ProviderMetadata;
	  }
	| { readonly type: "tool-input-delta"; readonly id: string; readonly delta: string }
	| { readonly type: "tool-input-end"; readonly id: string }
	/** The whole call, right behind its `tool-input-end`. */
	| ToolCallPart
	| ToolResultPart
	/** A picture or another file that the model made, whole. */
	| FilePart
	| OpaquePart
	/** The provider's sign of life; keeps idle proxies from cutting the caller off. */
	| { readonly type: "ping" }
	| ({ readonly type: "finish" } & Finish)
	| { readonly type: "error"; readonly failure: Failure };

/** A whole answer: what the events of a stream fold into. */
export interface Answer extends ResponseMetadata {
	readonly content: readonly AssistantPart[];
	readonly finish: Finish;
}
