import type { z } from "zod";
import type { EventsOutput, JsonOutput, Operation, Output, SurfaceId } from "../operation.ts";
import { anthropicOperations } from "./anthropic.ts";
import { auditOperations } from "./audit.ts";
import { credentialOperations } from "./credentials.ts";
import { authOperations } from "./auth.ts";
import { geminiOperations } from "./gemini.ts";
import { insightsOperations } from "./insights.ts";
import { keyOperations } from "./keys.ts";
import { limitOperations } from "./limits.ts";
import { metaOperations } from "./meta.ts";
import { openaiOperations } from "./openai.ts";
import { promptOperations } from "./prompt.ts";
import { organisationOperations, projectOperations } from "./tenancy.ts";
import { identityOperations, signInOperations } from "./sign-in.ts";
import { textOperations } from "./text.ts";
import { uiOperations } from "./ui.ts";
import { weightOperations } from "./weights.ts";

/** The contract: every operation of the gateway, by id. */
export const operations = {
	...metaOperations,
	...promptOperations,
	...textOperations,
	...openaiOperations,
	...anthropicOperations,
	...geminiOperations,
	...uiOperations,
	...organisationOperations,
	...projectOperations,
	...keyOperations,
	...limitOperations,
	...authOperations,
	...signInOperations,
	...identityOperations,
	...credentialOperations,
	...auditOperations,
	...weightOperations,
	...insightsOperations,
} as const satisfies Record<string, Operation>;

export type Operations = typeof operations;
export type OperationId = keyof Operations;
/** The operations of one surface. */
export type OperationIdOf<Surface extends SurfaceId> = {
	[Id in OperationId]: Operations[Id]["surface"] extends Surface ? Id : never;
}[OperationId];

/** The body a caller sends. */
export type OperationInput<Id extends OperationId> = Operations[Id] extends { body: infer Body extends z.ZodType } ? z.input<Body> : undefined;
/** The body a handler receives: validated, defaults filled in. */
export type OperationBody<Id extends OperationId> = Operations[Id] extends { body: infer Body extends z.ZodType } ? z.output<Body> : undefined;

type OutputOf<Id extends OperationId, Kind extends Output["kind"]> = Operations[Id]["output"] extends infer Outputs
	? Extract<Outputs extends readonly unknown[] ? Outputs[number] : Outputs, { kind: Kind }>
	: never;
type JsonOf<Found> = Found extends JsonOutput<infer Schema> ? z.output<Schema> : never;
type EventsOf<Found> = Found extends EventsOutput
	? { readonly [Name in keyof Found["events"]]: Found["events"][Name] extends z.ZodType ? z.output<Found["events"][Name]> : never }
	: never;

/** What a caller receives as JSON; `never` where the operation has no such output. */
export type OperationResult<Id extends OperationId> = JsonOf<OutputOf<Id, "json">>;
/** The data of each event that a caller receives, by the event's name; `never` where the operation streams nothing. */
export type OperationEvents<Id extends OperationId> = EventsOf<OutputOf<Id, "events">>;
