import { type ByteSource, SendError, type UpstreamResponse } from "../../rules/providers/transport.ts";
import type { Performance, WireStep } from "../../rules/simulator/performance.ts";

/** Calls back once after `ms`. @returns what cancels it. */
export type Schedule = (ms: number, callback: () => void) => () => void;

/** How an exchange ended: `cancelled` by whoever asked, or played to its end (a fault of the script included). */
export type PlaybackEnd = "played" | "cancelled";

/**
 * Plays a performance as a transport would: rejects with a {@link SendError}, waits only while somebody reads, and ends at once
 * when `signal` aborts or the body is let go.
 * @param onEnd called exactly once.
 */
export async function play(
	performance: Performance,
	signal: AbortSignal,
	schedule: Schedule,
	onEnd: (end: PlaybackEnd) => void,
): Promise<UpstreamResponse> {
	const stop = createStop(signal, schedule);
	let hasEnded = false;
	const end = (how: PlaybackEnd): void => {
		if (hasEnded) return;
		hasEnded = true;
		stop.dispose();
		onEnd(how);
	};
	stop.onStop(() => end("cancelled"));
	await stop.pause(performance.waitMs);
	return { status: performance.status, headers: performance.headers, body: playBody(performance.body, stop, end) };
}

function playBody(body: Iterable<WireStep>, stop: Stop, end: (how: PlaybackEnd) => void): ByteSource {
	const steps = body[Symbol.iterator]();
	let isOver = false;
	return {
		async read() {
			stop.check();
			while (!isOver) {
				const { done, value: step } = steps.next();
				if (done === true) {
					isOver = true;
					end("played");
				} else if (step.type === "bytes") return step.bytes;
				else if (step.type === "wait") await stop.pause(step.ms);
				else {
					isOver = true;
					end("played");
					throw new SendError("network", "The simulated connection was reset");
				}
			}
			return undefined;
		},
		cancel() {
			if (!isOver) stop.now();
		},
	};
}

interface Stop {
	/** Waits. Rejects as soon as the exchange is stopped. */
	pause(ms: number): Promise<void>;
	/** Throws where the exchange is stopped. */
	check(): void;
	now(): void;
	onStop(callback: () => void): void;
	dispose(): void;
}

function createStop(signal: AbortSignal, schedule: Schedule): Stop {
	const callbacks = new Set<() => void>();
	let isStopped = false;
	const now = (): void => {
		if (isStopped) return;
		isStopped = true;
		for (const callback of callbacks) callback();
	};
	const error = (): SendError => new SendError("aborted", "The request was aborted");
	if (signal.aborted) now();
	else signal.addEventListener("abort", now, { once: true });

	return {
		now,
		check() {
			if (isStopped) throw error();
		},
		onStop(callback) {
			if (isStopped) callback();
			else callbacks.add(callback);
		},
		dispose: () => signal.removeEventListener("abort", now),
		pause(ms) {
			if (isStopped) return Promise.reject(error());
			if (ms === 0) return Promise.resolve();
			return new Promise((resolve, reject) => {
				const giveUp = (): void => {
					cancelTimer();
					reject(error());
				};
				const cancelTimer =
					ms === Number.POSITIVE_INFINITY
						? () => undefined
						: schedule(ms, () => {
								callbacks.delete(giveUp);
								resolve();
							});
				callbacks.add(giveUp);
			});
		},
	};
}
