import type { ObservedEvent, Runtime } from "../effects/runtime.ts";
import type { Send } from "../rules/providers/transport.ts";

/** A runtime whose time stands still until it is told to go on. */
export interface FakeRuntime extends Runtime {
	/** What was observed so far. */
	readonly observed: readonly ObservedEvent[];
	/** Lets time pass: calls back what falls due, in order, and lets what it set off run before the next. */
	advance(ms: number): Promise<void>;
	/** Timers that wait. */
	pending(): number;
}

export interface FakeRuntimeOptions {
	readonly send?: Send;
	/** Milliseconds since 1970 at the start. */
	readonly startAt?: number;
	/** What `random` gives, always. Default 0.5. */
	readonly random?: number;
}

interface Timer {
	readonly at: number;
	readonly callback: () => void;
}

/** For tests of clocks and backoff: no test has to wait for them. */
export function fakeRuntime({ send, startAt = 1_700_000_000_000, random = 0.5 }: FakeRuntimeOptions = {}): FakeRuntime {
	const observed: ObservedEvent[] = [];
	const timers = new Set<Timer>();
	let now = startAt;
	let lastByte = 0;

	function nextDue(until: number): Timer | undefined {
		return [...timers].filter(({ at }) => at <= until).sort((first, second) => first.at - second.at)[0];
	}

	return {
		observed,
		send: send ?? (() => Promise.reject(new Error("This runtime has no transport"))),
		now: () => now,
		random: () => random,
		randomBytes: (count) => Uint8Array.from({ length: count }, () => lastByte++ % 256),
		schedule(ms, callback) {
			const timer: Timer = { at: now + ms, callback };
			timers.add(timer);
			return () => timers.delete(timer);
		},
		observe: (event) => observed.push(event),
		pending: () => timers.size,
		async advance(ms) {
			const until = now + ms;
			await settled();
			for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
				timers.delete(timer);
				now = timer.at;
				timer.callback();
				await settled();
			}
			now = until;
		},
	};
}

/** Lets everything run that waits for nothing but its turn. */
function settled(): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, 0));
}
