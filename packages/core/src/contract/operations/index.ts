import type { z } from "zod";
import type { Operation, SurfaceId } from "../operation.ts";
import { anthropicOperations } from "./anthropic.ts";
import { metaOperations } from "./meta.ts";
import { openaiOperations } from "./openai.ts";
import { promptOperations } from "./prompt.ts";
import { textOperations } from "./text.ts";

/** The contract: every operation of the gateway, by id. */
export const operations = {
	...metaOperations,
	...promptOperations,
	...textOperations,
	...openaiOperations,
	...anthropicOperations,
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
