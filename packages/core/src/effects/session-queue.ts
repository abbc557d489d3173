/** Turns of one session go one after another; those of different sessions side by side. */
export interface SessionQueue {
	/**
	 * Waits for the session's earlier turns. @returns what lets the next one in (safe to call twice), or `undefined` where the signal
	 * aborted first: the place in the queue is given up then.
	 */
	enter(sessionId: string, signal: AbortSignal): Promise<(() => void) | undefined>;
}

export function createSessionQueue(): SessionQueue {
	const tails = new Map<string, Promise<void>>();
	return {
		async enter(sessionId, signal) {
			const before = tails.get(sessionId) ?? Promise.resolve();
			const { promise: done, resolve } = Promise.withResolvers<void>();
			const tail = before.then(() => done);
			tails.set(sessionId, tail);
			tail.then(() => {
				if (tails.get(sessionId) === tail) tails.delete(sessionId);
			});
			const entered = await raceAbort(before, signal);
			if (entered) return resolve;
			resolve();
			return undefined;
		},
	};
}

async function raceAbort(promise: Promise<void>, signal: AbortSignal): Promise<boolean> {
	if (signal.aborted) return false;
	const { promise: aborted, resolve } = Promise.withResolvers<false>();
	const onAbort = () => resolve(false);
	signal.addEventListener("abort", onAbort, { once: true });
	const entered = await Promise.race([promise.then(() => true), aborted]);
	signal.removeEventListener("abort", onAbort);
	return entered;
}
