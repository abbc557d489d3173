import { fetchSend } from "./fetch-send.ts";
import type { Runtime } from "./runtime.ts";

/** The runtime of everywhere: the platform's `fetch`, clock, randomness and timers. Observes nothing and has no assets. */
export function defaultRuntime(): Runtime {
	return {
		send: fetchSend(),
		now: () => Date.now(),
		random: () => Math.random(),
		randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
		schedule,
		observe: () => {},
	};
}

/** Calls back once after `ms`; a timer alone does not keep the process alive. @returns what cancels it. */
export function schedule(ms: number, callback: () => void): () => void {
	const timer = setTimeout(callback, ms);
	unref(timer);
	return () => clearTimeout(timer);
}

/** Timers are objects with `unref` on Node, Deno and Bun, plain numbers elsewhere. */
function unref(timer: unknown): void {
	if (typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function") timer.unref();
}
