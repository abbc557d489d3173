import type { JsonObject } from "./json.ts";

/**
 * The canonical prompt: what every dialect decodes to and encodes from. Words follow the Vercel AI SDK's language model
 * specification (parts, tool calls, provider metadata).
 */
export interface Prompt {
	readonly messages: readonly Message[];
	readonly tools?: readonly ToolDefinition[];
	readonly toolChoice?: ToolChoice;
	/** `false` forbids more than one tool call in one answer. */
	readonly parallelToolCalls?: boolean;
	/** Absent means plain text. */
	readonly output?: OutputFormat;
	readonly settings: Settings;
	readonly extras?: Extras;
}

/** What only one dialect can say in a request: sent on by that dialect, a warning for each field in every other. */
export interface Extras {
	readonly dialect: ProviderDialectId;
	readonly fields: JsonObject;
	/** Headers that switch on what the fields ask for (`anthropic-beta`). */
	readonly headers?: Readonly<Record<string, string>>;
}

/** What callers speak; every one of them is also spoken to providers. */
export type DialectId = "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini";
/** What is spoken to providers. */
export type ProviderDialectId = DialectId | "bedrock-converse" | "ai-sdk" | "claude-code";

/** State of one vendor that must survive a round trip, by vendor: `{ anthropic: { signature } }`. */
export type ProviderMetadata = Readonly<Record<string, JsonObject>>;

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** OpenAI's developer messages are system messages with `metadata.openai.role = "developer"`. */
export interface SystemMessage {
	readonly role: "system";
	readonly content: readonly TextPart[];
	readonly metadata?: ProviderMetadata;
}
export interface UserMessage {
	readonly role: "user";
	readonly content: readonly UserPart[];
	readonly metadata?: ProviderMetadata;
}
export interface AssistantMessage {
	readonly role: "assistant";
	readonly content: readonly AssistantPart[];
	readonly metadata?: ProviderMetadata;
}
/** All results of one assistant turn, in one message, right behind it. */
export interface ToolMessage {
	readonly role: "tool";
	readonly content: readonly ToolResultPart[];
	readonly metadata?: ProviderMetadata;
}

export type UserPart = TextPart | FilePart | OpaquePart;
export type AssistantPart = TextPart | FilePart | ReasoningPart | ToolCallPart | ToolResultPart | OpaquePart;

export interface TextPart {
	readonly type: "text";
	readonly text: string;
	/** The model's own words of refusal (OpenAI's `refusal`). */
	readonly refusal?: true;
	/** Citations and annotations that belong to this text. */
	readonly sources?: readonly Source[];
	readonly metadata?: ProviderMetadata;
}

/** An image (`mediaType` `image/...`), document or audio clip. `image/*` and `application/octet-stream` stand for "not told". */
export interface FilePart {
	readonly type: "file";
	readonly mediaType: string;
	readonly data: FileData;
	readonly filename?: string;
	readonly metadata?: ProviderMetadata;
}
export type FileData =
	| { readonly type: "base64"; readonly base64: string }
	| { readonly type: "url"; readonly url: string }
	| { readonly type: "text"; readonly text: string }
	/** A file stored at the provider (`file_...`). */
	| { readonly type: "id"; readonly id: string };

/** `metadata.anthropic` holds `{ signature }` or, for redacted thinking, `{ redactedData }` (then `text` is empty). */
export interface ReasoningPart {
	readonly type: "reasoning";
	readonly text: string;
	readonly metadata?: ProviderMetadata;
}

export interface ToolCallPart {
	readonly type: "tool-call";
	readonly toolCallId: string;
	readonly toolName: string;
	/** JSON text as the model wrote it; `{}` where it wrote nothing. Kept as text so that no number drifts. */
	readonly input: string;
	/** The provider ran it (web search, code execution): a caller must not. */
	readonly providerExecuted?: true;
	/** Cut off by the token limit: `input` may not parse. */
	readonly incomplete?: true;
	readonly metadata?: ProviderMetadata;
}

export interface ToolResultPart {
	readonly type: "tool-result";
	readonly toolCallId: string;
	readonly toolName?: string;
	readonly output: ToolOutput;
	readonly isError?: true;
	readonly providerExecuted?: true;
	readonly metadata?: ProviderMetadata;
}
export type ToolOutput =
	| { readonly type: "text"; readonly text: string }
	| { readonly type: "parts"; readonly parts: readonly UserPart[] };

/** A block that only its own dialect can say. Encoded as it came by that dialect; a warning in every other. */
export interface OpaquePart {
	readonly type: "opaque";
	readonly dialect: ProviderDialectId;
	readonly value: JsonObject;
}

export interface Source {
	readonly url?: string;
	readonly title?: string;
	/** The vendor's own citation object. */
	readonly metadata?: ProviderMetadata;
}

export type ToolDefinition = FunctionTool | ProviderTool;
export interface FunctionTool {
	readonly type: "function";
	readonly name: string;
	readonly description?: string;
	/** A JSON Schema of an object. */
	readonly inputSchema: JsonObject;
	readonly strict?: boolean;
	readonly metadata?: ProviderMetadata;
}
/** A tool that the provider runs itself; only its own dialect can define it. */
export interface ProviderTool {
	readonly type: "provider";
	readonly name: string;
	readonly dialect: ProviderDialectId;
	readonly definition: JsonObject;
}

export type ToolChoice =
	| { readonly type: "auto" | "none" | "required" }
	| { readonly type: "tool"; readonly toolName: string }
	| { readonly type: "allowed"; readonly mode: "auto" | "required"; readonly toolNames: readonly string[] };

export type OutputFormat =
	| { readonly type: "text" }
	/** Any JSON object (OpenAI's `json_object`). */
	| { readonly type: "json" }
	| {
			readonly type: "json-schema";
			readonly schema: JsonObject;
			readonly name?: string;
			readonly description?: string;
			readonly strict?: boolean;
	  };

export interface Settings {
	readonly maxOutputTokens?: number;
	readonly temperature?: number;
	readonly topP?: number;
	readonly topK?: number;
	readonly stopSequences?: readonly string[];
	readonly seed?: number;
	readonly presencePenalty?: number;
	readonly frequencyPenalty?: number;
	readonly reasoning?: ReasoningSettings;
	/** The caller's end user, opaque (OpenAI `user`, Anthropic `metadata.user_id`). */
	readonly user?: string;
}
export interface ReasoningSettings {
	/** `none` switches reasoning off. Values beyond the known ones pass through to the provider. */
	readonly effort?: string;
	/** Anthropic's `thinking.budget_tokens`. */
	readonly budgetTokens?: number;
	/** Anthropic's `thinking.type`: `enabled`, `adaptive` or `disabled`. */
	readonly mode?: string;
	readonly metadata?: ProviderMetadata;
}

/** Something clamped, dropped or changed on the way to the provider: told to the caller, never a failure. */
export interface Warning {
	/** `unsupported-setting`, `unsupported-part`, `unsupported-tool`, `changed-setting`, `extraction-fallback`. */
	readonly code: string;
	/** The canonical or wire name of the field, such as `settings.seed`. */
	readonly field?: string;
	readonly message: string;
}
