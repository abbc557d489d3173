import type { z } from "zod";
import type { ErrorCode } from "./errors.ts";

export const surfaceIds = ["meta", "prompt", "text", "openai", "anthropic", "gemini", "ui"] as const;
export type SurfaceId = (typeof surfaceIds)[number];

/**
 * One endpoint as plain data. Router, handler types, OpenAPI document and client types are derived from it.
 */
export interface Operation {
	readonly surface: SurfaceId;
	readonly method: "GET" | "POST" | "DELETE";
	/** Segments may be parameters: `/v1/models/:model`. A last `**:name` takes the rest of the path. */
	readonly path: string;
	readonly summary: string;
	readonly description?: string;
	/** `public` needs no authentication; `principal` any principal. */
	readonly access: "public" | "principal";
	/** Told apart from an operation with the same method and path: chosen where the request carries this header. */
	readonly whenHeader?: string;
	/** Told apart in the same way: chosen where the last parameter of the path ends so (`:generateContent`), and taken off it. */
	readonly whenSuffix?: string;
	/** Path parameters with their meaning. */
	readonly parameters?: Readonly<Record<string, string>>;
	readonly body?: z.ZodType;
	/** Bytes. Default: the gateway's own limit. */
	readonly bodyLimit?: number;
	/** What a 200 carries; two where a field of the request chooses (`stream`). */
	readonly output: Output | readonly [Output, Output];
	readonly errors: readonly ErrorCode[];
	/** Statuses beyond 200 that carry the same output (an unhealthy health report). */
	readonly alsoStatus?: readonly number[];
	readonly example?: unknown;
}

export type Output = JsonOutput | EventsOutput | TextOutput | BytesOutput;
export interface JsonOutput<Schema extends z.ZodType = z.ZodType> {
	readonly kind: "json";
	readonly schema: Schema;
}
/** Server-sent events by name. `message` stands for events without a name. */
export interface EventsOutput {
	readonly kind: "events";
	readonly events: Readonly<Record<string, z.ZodType>>;
	readonly description: string;
}
export interface TextOutput {
	readonly kind: "text";
	readonly contentType: string;
}
export interface BytesOutput {
	readonly kind: "bytes";
	readonly contentType: string;
}

/** The errors that any operation with a body and a principal can meet. */
export const requestErrors = [
	"VALIDATION_ERROR",
	"UNAUTHORIZED",
	"INVALID_TOKEN",
	"FORBIDDEN",
	"PAYLOAD_TOO_LARGE",
	"UNSUPPORTED_MEDIA_TYPE",
	"INTERNAL_ERROR",
	"SHUTTING_DOWN",
] as const satisfies readonly ErrorCode[];

/** The errors of an exchange with a provider. */
export const exchangeErrors = [
	"NO_TOOLS_AVAILABLE",
	"INVALID_REQUEST",
	"CONTEXT_OVERFLOW",
	"CONTENT_FILTERED",
	"MODEL_NOT_FOUND",
	"CONCURRENCY_LIMIT_ERROR",
	"RATE_LIMITED",
	"PROVIDER_ERROR",
	"TOOL_NOT_ALLOWED",
	"PROVIDER_NOT_CONFIGURED",
	"PROVIDER_OVERLOADED",
	"TIMEOUT_ERROR",
] as const satisfies readonly ErrorCode[];
