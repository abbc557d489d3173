import type { GatewayError } from "../contract/errors.ts";
import type { SurfaceId } from "../contract/operation.ts";
import type { OperationBody, OperationIdOf } from "../contract/operations/index.ts";
import type { Principal } from "../contract/principal.ts";
import type { Services } from "../effects/services.ts";
import type { GatewayRequest, Reply } from "./reply.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";

/** One API family as callers see it: a handler for each of its operations, and its wire habits. */
export interface Surface<Id extends SurfaceId> extends SurfaceHabits {
	readonly id: Id;
	/** Exhaustive: an operation without a handler does not compile. */
	readonly handlers: { readonly [Operation in OperationIdOf<Id>]: Handler<OperationBody<Operation>> };
}

export interface SurfaceHabits {
	/** An error in this family's own form. */
	errorReply(error: GatewayError, requestId: string): Reply;
	/** The header that carries a token beside `Authorization: Bearer`, where the family has one (`x-api-key`). */
	readonly tokenHeader?: string;
	/** The query parameter that carries one, where the family has that custom (`key`). Queries are never logged. */
	readonly tokenParameter?: string;
	/** Headers that every answer of the family carries. */
	headers?(requestId: string): Readonly<Record<string, string>>;
}

/** Any surface: the operation table joins ids to handlers, and the body is checked by the operation's own schema. */
export interface AnySurface extends SurfaceHabits {
	readonly handlers: object;
}

/** Receives what the door has checked. What goes wrong before the first byte of the answer is a value. */
export type Handler<Body> = (call: Call<Body>, services: Services) => Promise<Decoded<Reply, GatewayError>>;

export interface Call<Body> {
	readonly requestId: string;
	readonly operation: string;
	readonly principal: Principal;
	/** Validated by the operation's schema; `undefined` where it takes none. */
	readonly body: Body;
	/** Path parameters, percent-decoded. */
	readonly parameters: Readonly<Record<string, string>>;
	readonly request: GatewayRequest;
}
