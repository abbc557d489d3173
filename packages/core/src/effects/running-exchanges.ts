import type { Failure } from "../contract/failure.ts";

/** The exchanges under way, so that a gateway that closes can end them. */
export interface RunningExchanges {
	/** @returns what takes it out again. One that comes after `stopAll` is stopped at once. */
	add(stop: (reason: Failure) => void): () => void;
	stopAll(reason: Failure): void;
}

export function createRunningExchanges(): RunningExchanges {
	const running = new Set<(reason: Failure) => void>();
	let stopped: Failure | undefined;
	return {
		add(stop) {
			if (stopped !== undefined) stop(stopped);
			running.add(stop);
			return () => running.delete(stop);
		},
		stopAll(reason) {
			stopped = reason;
			for (const stop of running) stop(reason);
		},
	};
}
