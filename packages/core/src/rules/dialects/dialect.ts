import type { EmbeddingAnswer, EmbeddingRequest } from "../../contract/embedding.ts";
import type { GatewayError, Issue } from "../../contract/errors.ts";
import type { Failure } from "../../contract/failure.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import type { DialectId, Prompt, Warning } from "../../contract/prompt.ts";
import type { Answer, Finish, StreamEvent } from "../../contract/stream-event.ts";
import type { EffectiveTools } from "../tools/policy.ts";

/**
 * A wire format between client and model. Four pure codecs: request in and out, answer (whole or streamed) in and out, and
 * its errors. Everything here takes and returns values; nothing reads a clock, a socket or the environment.
 *
 * Laws, checked by property tests: `decodeRequest(encodeRequest(p)) = p` and `decodeAnswer(encodeAnswer(a)) = a` for what the
 * dialect can say; a stream decoder gives the same events at every split of its bytes.
 */
export interface Dialect<CallerBody = JsonObject> {
	readonly id: DialectId;
	readonly provider: ProviderCodec;
	readonly caller: CallerCodec<CallerBody>;
}

/** Towards a provider: we are the client. */
export interface ProviderCodec {
	/** Path under the provider's base URL, such as `/chat/completions`; some dialects name the model in it, and whether to stream. */
	path(options: EncodeRequestOptions): string;
	/** Never fails: what the dialect cannot say becomes a warning. */
	encodeRequest(prompt: Prompt, options: EncodeRequestOptions): EncodedRequest;
	/** A whole answer (2xx body). An error object inside it is a failure; so is a body of another shape. */
	decodeAnswer(body: Json): Decoded<Answer, Failure>;
	createStreamDecoder(options?: StreamDecoderOptions): StreamDecoder;
	/** An answer with a status of 400 or more. `body` is its text, possibly not JSON. */
	decodeFailure(status: number, headers: Readonly<Record<string, string>>, body: string): Failure;
	/** How a stream passes untouched to a caller of the same dialect. Absent: it is always decoded and encoded. */
	readonly passThrough?: PassThroughCodec;
	/** Counting a prompt's tokens without an answer, where the dialect has an operation for it. */
	readonly tokenCount?: TokenCountCodec;
	/** Vectors for texts, where the dialect has an operation for them. */
	readonly embedding?: EmbeddingCodec;
}

export interface TokenCountCodec {
	path(options: EncodeRequestOptions): string;
	encodeRequest(prompt: Prompt, options: EncodeRequestOptions): EncodedRequest;
	/** @returns input tokens. */
	decodeAnswer(body: Json): Decoded<number, Failure>;
}

export interface EmbeddingCodec {
	/** The most inputs that one request takes: more go out in several. */
	readonly maxInputs: number;
	/** What no model of this dialect can take; `undefined` where all can be asked for. */
	refuse?(request: EmbeddingRequest): Issue | undefined;
	path(options: EncodeEmbeddingOptions): string;
	/** Only of what is not refused. Never fails: what the dialect cannot say becomes a warning. */
	encodeRequest(request: EmbeddingRequest, options: EncodeEmbeddingOptions): EncodedRequest;
	/** A whole answer (2xx body) to this request: fewer or more vectors than inputs are a failure. */
	decodeAnswer(body: Json, request: EmbeddingRequest): Decoded<EmbeddingAnswer, Failure>;
}
export type EncodeEmbeddingOptions = Omit<EncodeRequestOptions, "stream">;

export interface EncodeRequestOptions {
	/** The provider's own name of the model. */
	readonly model: string;
	readonly stream: boolean;
	readonly quirks: Quirks;
	/** For providers that run tools themselves: those of the gateway that remain for this request. Absent: none were named. */
	readonly toolPolicy?: EffectiveTools;
}
export interface EncodedRequest {
	readonly body: JsonObject;
	readonly warnings: readonly Warning[];
	/** Headers that this request needs beyond the provider's own (such as `anthropic-beta`). */
	readonly headers?: Readonly<Record<string, string>>;
}

/** How a vendor departs from the dialect it speaks. Plain data, in the provider presets. */
export interface Quirks {
	/** Which field carries the output limit. Default `max_completion_tokens` (OpenAI); most compatible vendors know `max_tokens` only. */
	readonly maxTokensField?: "max_tokens" | "max_completion_tokens";
	/** `false`: `stream_options` is refused by this vendor. */
	readonly streamUsage?: boolean;
	/** What structured output the vendor knows. Default `json-schema`. */
	readonly structuredOutput?: "json-schema" | "json-object" | "none";
	/** `false`: the vendor knows no `developer` role; send `system`. */
	readonly developerRole?: boolean;
	/** Settings (canonical names, such as `seed`) that the vendor refuses: dropped with a warning. */
	readonly unsupported?: readonly string[];
	/** `false`: the vendor refuses ids on Gemini's function calls and pairs them by name and order (older servers of Vertex AI). */
	readonly functionCallIds?: boolean;
	/** The model stands in the path, as a deployment's name (Azure's dated API). */
	readonly modelInPath?: boolean;
	/** `true`: embeddings can be asked for as base64. Many compatible servers refuse that, or answer with nothing. */
	readonly base64Embeddings?: boolean;
	/** The most inputs that the vendor takes in one request for embeddings, where they are fewer than the dialect's own. */
	readonly maxEmbeddingInputs?: number;
	/** Fields that every request to this vendor carries (Bedrock's `guardrailConfig`). */
	readonly requestFields?: JsonObject;
	/** Output limit sent where the caller gave none and the dialect demands one. Default 4096. */
	readonly defaultMaxOutputTokens?: number;
}

export interface StreamDecoderOptions {
	/** The most bytes one event may have before the stream counts as broken. Default 8 MiB. */
	readonly maxEventBytes?: number;
}

/**
 * Sans-IO: bytes in, events out. After an `error` or `finish` event it is dead: later pushes give nothing.
 * `close` tells that the bytes have ended; before the provider's own end mark that is a failure (`protocol`).
 */
export interface StreamDecoder {
	push(bytes: Uint8Array): StreamEvent[];
	close(): StreamEvent[];
}

/** What a dialect must know of its frames (server-sent events as text, blank line included) so that they can pass as they are. */
export interface PassThroughCodec {
	/**
	 * Whether a frame only carries a piece of content. It is passed on without being decoded, so what says no must be certain that
	 * neither usage, nor an end, nor an error is in it.
	 */
	isDelta(frame: string): boolean;
	/** The frame for a caller who did not ask for the usage; empty where nothing else is in it. */
	withoutUsage(frame: string): string;
	/** Ends the stream where the provider left its end mark out. */
	readonly endMark: string;
	/** End and usage of a whole answer that needs no closer look; `undefined` where it does (an error, a call, an odd shape). */
	tapAnswer?(body: Json): Finish | undefined;
}

/** The provider's own text, for a caller who speaks the same dialect. */
export interface PassedText {
	readonly type: "passed";
	readonly text: string;
	/** Pieces of content in it that were not decoded. */
	readonly deltaCount: number;
}

/** Towards a caller: we are the server. */
export interface CallerCodec<CallerBody = JsonObject> {
	/** `body` has passed the operation's schema. Issues are what the schema cannot say (an unknown tool in `tool_choice`, ...). */
	decodeRequest(body: CallerBody, address?: RequestAddress): Decoded<CallerRequest, readonly Issue[]>;
	encodeAnswer(answer: Answer, context: EncodeAnswerContext): JsonObject;
	createStreamEncoder(context: EncodeAnswerContext): StreamEncoder;
	/** The body of an error answer. */
	encodeError(error: GatewayError, requestId: string): JsonObject;
}

/** What a dialect tells in the request's path instead of its body (Gemini). */
export interface RequestAddress {
	readonly model: string;
	readonly stream: boolean;
}

export interface CallerRequest {
	readonly model: string;
	readonly stream: boolean;
	readonly prompt: Prompt;
	/** OpenAI's `stream_options.include_usage`; other dialects always tell the usage. */
	readonly includeUsage?: boolean;
}

export interface EncodeAnswerContext {
	/** The name under which the caller asked for the model; used where the provider told none. */
	readonly model: string;
	/** Id of the answer where the provider gave none, or one of another dialect's form. */
	readonly answerId: string;
	/** Milliseconds since 1970; used where the provider told none. */
	readonly createdAt: number;
	readonly requestId: string;
	readonly includeUsage?: boolean;
	/** The caller's own request, for dialects whose answers repeat parts of it. */
	readonly request?: JsonObject;
}

/** Events in, SSE text out: one string a batch, empty where the batch says nothing in this dialect. */
export interface StreamEncoder {
	/** `finish` writes the dialect's own end. An `error` event must not be pushed: call `fail`. */
	push(events: readonly StreamEvent[]): string;
	/** Server-sent events of the provider's own in the form of this stream; absent where it is theirs. */
	pass?(text: string, isEnd: boolean): string;
	/** The terminal error after commit, in the dialect's own form; never followed by a mark of success. */
	fail(error: GatewayError): string;
}

export type Decoded<Value, Problem> =
	| { readonly ok: true; readonly value: Value }
	| { readonly ok: false; readonly problem: Problem };
