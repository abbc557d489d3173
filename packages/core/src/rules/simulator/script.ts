import type { DialectId, Prompt } from "../../contract/prompt.ts";
import type { ResponseMetadata, StreamEvent, Usage } from "../../contract/stream-event.ts";
import type { VendorErrorName } from "./vendor-error.ts";

/** What one model of the simulator does with one prompt, step by step. */
export type Script = (scene: Scene) => Iterable<Step>;

export interface Scene {
	readonly prompt: Prompt;
	readonly dialect: DialectId;
	/** The number behind the model's name: 200 in `slow-200`. */
	readonly parameter?: number;
	/** 1 for the first request to this model, 2 for the second, ... */
	readonly turn: number;
	/** What the answer says of itself. */
	readonly response: ResponseMetadata;
	/** Names the calls of this answer, so that no two answers share an id. */
	readonly callPrefix: string;
	readonly usage: Usage;
	/** Milliseconds before the first piece of content, and before every further one. */
	readonly firstMs: number;
	readonly deltaMs: number;
}

/**
 * A script that simply ends has answered well. `say` reaches the caller in the dialect's own form; where the request asked for a
 * whole answer, all that was said makes one body, and the faults cut that body in half.
 */
export type Step =
	| { readonly type: "say"; readonly events: readonly StreamEvent[] }
	/** `Infinity` waits until the caller gives up. Before the headers only as a script's first step. */
	| { readonly type: "wait"; readonly ms: number; readonly beforeHeaders?: true }
	/** Answers with an error's status: only as a script's first step, or behind a wait. */
	| { readonly type: "refuse"; readonly error: VendorErrorName; readonly status?: number; readonly retryAfterS?: number }
	/** An error inside an answer that began with 200. */
	| { readonly type: "fail"; readonly error: VendorErrorName }
	/** Text that is no protocol. */
	| { readonly type: "garbage"; readonly text: string }
	/** The connection breaks. */
	| { readonly type: "reset" }
	/** The bytes end cleanly, without the dialect's own end. */
	| { readonly type: "end" };
