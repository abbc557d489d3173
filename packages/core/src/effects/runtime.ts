import type { Send } from "../rules/providers/transport.ts";

/** The gateway's only way to the world outside, beside the store. All of it can be replaced in a test. */
export interface Runtime {
	/** One HTTP exchange with a provider. Resolves at the answer's headers; rejects with a `SendError` before them. */
	readonly send: Send;
	/** Milliseconds since 1970. */
	now(): number;
	/** At least 0, less than 1. */
	random(): number;
	/** Unpredictable bytes for ids. */
	randomBytes(count: number): Uint8Array;
	/** Calls back once after `ms`. @returns what cancels it. Must not keep the process alive. */
	schedule(ms: number, callback: () => void): () => void;
	/** Called for what an operator should know. Must not throw. */
	observe(event: ObservedEvent): void;
	/** A file that ships with the package (the docs page's script), where the runtime can read files. */
	readonly asset?: (name: string) => Promise<Asset | undefined>;
	/** Where the runtime can hash passwords; nobody can sign in with one elsewhere. */
	readonly passwords?: Passwords;
}

/** Slow on purpose, and off the event loop. A hash carries its own parameters (PHC string format). */
export interface Passwords {
	hash(password: string): Promise<string>;
	/** `yes-rehash`: it is the one, but hashed with other parameters than `hash` uses now. */
	verify(password: string, hash: string): Promise<"yes" | "no" | "yes-rehash">;
}

export interface Asset {
	readonly bytes: Uint8Array;
	readonly contentType: string;
	/** `br` or `gzip` where the bytes are compressed. */
	readonly contentEncoding?: string;
}

/** What happened, for logs. No prompt, no answer, no secret is in it. */
export type ObservedEvent =
	| {
			readonly type: "request-end";
			readonly requestId: string;
			readonly method: string;
			readonly path: string;
			readonly operation?: string;
			readonly status: number;
			readonly durationMs: number;
			readonly errorCode?: string;
			/** The provider and model that answered. */
			readonly target?: string;
	  }
	| {
			readonly type: "attempt-failed";
			readonly requestId: string;
			readonly target: string;
			readonly attempt: number;
			readonly failure: string;
			readonly message: string;
			readonly next: "retry" | "fallback" | "give-up";
	  }
	/** Most of a budget is spent: told once in its day or month. */
	| {
			readonly type: "budget-warning";
			readonly requestId: string;
			/** Whose: `project:prj_...`. */
			readonly party: string;
			/** `project-month-usd`. */
			readonly policy: string;
			/** From 0 to 1 and beyond. */
			readonly spentShare: number;
	  }
	/** A bug of ours, caught at the door. */
	| { readonly type: "internal-error"; readonly requestId: string; readonly error: unknown }
	| { readonly type: "warning"; readonly message: string };
