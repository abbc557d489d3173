import { z } from "zod";
import { exchangeErrors, type Operation, requestErrors } from "../operation.ts";
import { costUsd, model, provider, system, temperature, usage, warnings } from "./fields.ts";

/** A JSON Schema (draft 2020-12): an object with at least one keyword that says something about a value. */
const telling = [
	"type", "properties", "items", "prefixItems", "$ref", "allOf", "anyOf", "oneOf", "enum", "const", "required", "additionalProperties",
	"minLength", "maxLength", "minimum", "maximum", "pattern", "format",
] as const;
const schema = z
	.looseObject({})
	.refine((value) => telling.some((keyword) => keyword in value), {
		message: `Give a JSON Schema with at least one of: ${telling.join(", ")}`,
	})
	.meta({ description: "JSON Schema (draft 2020-12) of the object to make" });

const common = {
	prompt: z.string().min(1).meta({ example: "Explain recursion" }),
	system,
	sessionId: z.string().min(1).optional().meta({ description: "Continues that session. Absent: a new one begins." }),
	model,
	provider,
	allowedTools: z
		.array(z.string())
		.optional()
		.meta({ description: "Narrows the tools that the gateway allows; can never widen them" }),
	maxTokens: z.int().positive().optional(),
	temperature,
};

export const textRequest = z.strictObject(common).meta({ id: "TextRequest" });
export type TextRequest = z.input<typeof textRequest>;
export const objectRequest = z.strictObject({ ...common, schema }).meta({ id: "ObjectRequest" });
export type ObjectRequest = z.input<typeof objectRequest>;

export const textResult = z
	.object({ text: z.string(), usage, sessionId: z.string(), model: z.string(), costUsd, warnings })
	.meta({ id: "TextResult" });
export type TextResult = z.output<typeof textResult>;
export const objectResult = z
	.object({ object: z.unknown(), rawText: z.string(), usage, sessionId: z.string(), model: z.string(), costUsd, warnings })
	.meta({ id: "ObjectResult" });
export type ObjectResult = z.output<typeof objectResult>;

const session = z.object({ sessionId: z.string() });
const result = z.object({ sessionId: z.string(), usage, model: z.string(), costUsd });
const warning = z.object({ message: z.string(), code: z.string(), field: z.string().optional() });
const error = z.object({ error: z.string(), code: z.string(), requestId: z.string(), rawText: z.string().optional() });
/** `code` is 0 after a success, 1 after an error. */
const done = z.object({ code: z.int().nullable(), signal: z.string().nullable(), reason: z.string().optional() });

export const textEvents = { session, warning, text: z.object({ text: z.string() }), result, error, done };
export const objectEvents = {
	session,
	warning,
	"partial-object": z.object({ partial: z.string(), parsed: z.unknown() }),
	object: z.object({ object: z.unknown() }),
	result,
	error,
	done,
};

const textExample = { prompt: "Explain recursion" };
const objectExample = {
	prompt: "Invent a person",
	schema: { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name", "age"] },
};
const textErrors = [...requestErrors, ...exchangeErrors, "SESSION_NOT_FOUND"] as const;
const objectErrors = [...textErrors, "PARSE_ERROR", "SCHEMA_ERROR"] as const;

export const textOperations = {
	generateText: {
		surface: "text",
		method: "POST",
		path: "/generate-text",
		summary: "Generate text",
		access: "principal",
		body: textRequest,
		idempotency: "kept",
		isCacheable: true,
		output: { kind: "json", schema: textResult },
		errors: textErrors,
		example: textExample,
	},
	generateObject: {
		surface: "text",
		method: "POST",
		path: "/generate-object",
		summary: "Generate an object that matches a JSON Schema",
		access: "principal",
		body: objectRequest,
		idempotency: "kept",
		isCacheable: true,
		output: { kind: "json", schema: objectResult },
		errors: objectErrors,
		example: objectExample,
	},
	streamText: {
		surface: "text",
		method: "POST",
		path: "/stream",
		summary: "Stream text as named events",
		access: "principal",
		body: textRequest,
		idempotency: "kept",
		isCacheable: true,
		output: { kind: "events", events: textEvents, description: "`session` first, `text` pieces, then `result`, or `error`, and `done` last" },
		errors: textErrors,
		example: textExample,
	},
	streamObject: {
		surface: "text",
		method: "POST",
		path: "/stream-object",
		summary: "Stream an object while it is being made",
		access: "principal",
		body: objectRequest,
		idempotency: "kept",
		isCacheable: true,
		output: {
			kind: "events",
			events: objectEvents,
			description: "`session` first, `partial-object` whenever the parsed value changed, then `object` and `result`, or `error`, and `done` last",
		},
		errors: objectErrors,
		example: objectExample,
	},
} as const satisfies Record<string, Operation>;
