import type { Runtime } from "../effects/runtime.ts";

/** The requests that are in the house: lets a gateway close without cutting anybody off who can still be served. */
export interface RunningRequests {
	isClosing(): boolean;
	/** @returns what to call once the request is over, its streamed answer included. */
	enter(): () => void;
	/** Waits until all have left; calls `onDeadline` after `deadlineMs` where some have not, and gives them a last moment. */
	close(deadlineMs: number, onDeadline: () => void): Promise<void>;
}

export function createRunningRequests(runtime: Pick<Runtime, "schedule">): RunningRequests {
	let active = 0;
	let isClosing = false;
	let onEmpty: (() => void) | undefined;
	const leave = () => {
		active--;
		if (active === 0) onEmpty?.();
	};
	return {
		isClosing: () => isClosing,
		enter() {
			active++;
			return leave;
		},
		async close(deadlineMs, onDeadline) {
			isClosing = true;
			if (active === 0) return;
			const { promise, resolve } = Promise.withResolvers<void>();
			onEmpty = resolve;
			let cancel = runtime.schedule(deadlineMs, () => {
				onDeadline();
				cancel = runtime.schedule(graceMs, resolve);
			});
			await promise;
			cancel();
		},
	};
}

/** After the deadline streams end at their next read. One that nobody reads any more has none: a caller in this process may drop it so. */
const graceMs = 1000;
