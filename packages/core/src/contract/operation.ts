import type { z } from "zod";
import type { ErrorCode } from "./errors.ts";
import type { Role } from "./tenancy.ts";

export const surfaceIds = ["meta", "prompt", "text", "openai", "anthropic", "gemini", "ui", "accounts", "insights"] as const;
export type SurfaceId = (typeof surfaceIds)[number];

/**
 * One endpoint as plain data. Router, handler types, OpenAPI document and client types are derived from it.
 */
export interface Operation {
	readonly surface: SurfaceId;
	readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	/** Segments may be parameters: `/v1/models/:model`. A last `**:name` takes the rest of the path. */
	readonly path: string;
	readonly summary: string;
	readonly description?: string;
	readonly access: Access;
	/** Told apart from an operation with the same method and path: chosen where the request carries this header. */
	readonly whenHeader?: string;
	/** Told apart in the same way: chosen where the last parameter of the path ends so (`:generateContent`), and taken off it. */
	readonly whenSuffix?: string;
	/** Path parameters with their meaning. */
	readonly parameters?: Readonly<Record<string, string>>;
	/** Query parameters with their meaning. */
	readonly query?: Readonly<Record<string, string>>;
	readonly body?: z.ZodType;
	/** A contract's own words, exactly, for what is wrong with a field of the body; by path, empty for the body itself. */
	readonly bodyWords?: Readonly<Record<string, string>>;
	/** No body at all stands for `{}`. */
	readonly isBodyOptional?: true;
	/** Bytes. Default: the gateway's own limit. */
	readonly bodyLimit?: number;
	/**
	 * An `Idempotency-Key` is heeded: a repetition gets the first one's answer. `sealed`: it shows a secret once, and is kept encrypted or
	 * not at all.
	 */
	readonly idempotency?: "kept" | "sealed";
	/** An `x-postern-cache` is heeded. */
	readonly isCacheable?: true;
	/** Of success. Default 200. */
	readonly status?: 201 | 204 | 302;
	/** What the answer of success carries; two where a field of the request chooses (`stream`). */
	readonly output: Output | readonly [Output, Output];
	readonly errors: readonly ErrorCode[];
	/** Statuses beyond 200 that carry the same output (an unhealthy health report). */
	readonly alsoStatus?: readonly number[];
	readonly example?: unknown;
	/** Stands in no document: there only to be answered. */
	readonly isUnlisted?: true;
}

/**
 * Who may: everybody (`public`); any principal, with the caller's own rights over what it asks for (`principal`); all but virtual keys,
 * which are made for using models and not for changing who may (`person`); a person who signed in (`user`); the operator; or whoever
 * has a role at least in the organisation or project that the path names by `:orgId` or `:projectId`. The operator has every role.
 */
export type Access = "public" | "principal" | "person" | "user" | "operator" | { readonly role: Role; readonly in: "organisation" | "project" };

export type Output = JsonOutput | EventsOutput | TextOutput | BytesOutput | EmptyOutput;
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
/** No body: 204, or a redirection. */
export interface EmptyOutput {
	readonly kind: "empty";
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
	"BUDGET_EXCEEDED",
	"PRICE_UNKNOWN",
	"MODEL_NOT_FOUND",
	"CONCURRENCY_LIMIT_ERROR",
	"RATE_LIMIT_EXCEEDED",
	"RATE_LIMITED",
	"PROVIDER_ERROR",
	"TOOL_NOT_ALLOWED",
	"PROVIDER_NOT_CONFIGURED",
	"PROVIDER_OVERLOADED",
	"TIMEOUT_ERROR",
] as const satisfies readonly ErrorCode[];

/** The errors of an operation that heeds an `Idempotency-Key`. */
export const idempotencyErrors = ["VALIDATION_ERROR", "IDEMPOTENCY_RUNNING", "IDEMPOTENCY_MISMATCH"] as const satisfies readonly ErrorCode[];
