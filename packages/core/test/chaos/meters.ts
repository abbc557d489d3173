import type { Runtime, Send } from "@postern/core";

/** Where the first attempts wait for each other, so that all of them are made at once. */
export interface Gathering {
	/** Resolves when everybody is there. */
	join(): Promise<void>;
	/** One will not come. */
	excuse(): void;
	readonly complete: Promise<void>;
	isComplete(): boolean;
}

export function gather(count: number): Gathering {
	const { promise, resolve } = Promise.withResolvers<void>();
	let missing = count;
	const excuse = (): void => {
		missing--;
		if (missing === 0) resolve();
	};
	return {
		excuse,
		join() {
			excuse();
			return promise;
		},
		complete: promise,
		isComplete: () => missing <= 0,
	};
}

/** Exchanges that were begun, and whose answer was neither refused, nor read to its end, nor let go. The first ones wait for each other. */
export function countExchanges(send: Send, crowd: Gathering): { readonly send: Send; active(): number; peak(): number } {
	const active = new Set<symbol>();
	let peak = 0;
	return {
		active: () => active.size,
		peak: () => peak,
		async send(request) {
			const exchange = Symbol();
			active.add(exchange);
			peak = Math.max(peak, active.size);
			const end = () => active.delete(exchange);
			try {
				await crowd.join();
				const { body, ...rest } = await send(request);
				const read = async (): Promise<Uint8Array | undefined> => {
					const chunk = await body.read().catch((error: unknown) => {
						end();
						throw error;
					});
					if (chunk === undefined) end();
					return chunk;
				};
				const cancel = (): void => {
					end();
					body.cancel();
				};
				request.signal.addEventListener("abort", end);
				return { ...rest, body: { read, cancel } };
			} catch (error) {
				end();
				throw error;
			}
		},
	};
}

export interface Timers extends Pick<Runtime, "schedule"> {
	/** Those that were set, and have neither fired nor been taken back. */
	active(): number;
	/** How many of so many milliseconds have fired. */
	fired(ms: number): number;
}

/** The clocks stand still until everybody is there. */
export function countTimers(schedule: Runtime["schedule"], crowd: Gathering): Timers {
	const active = new Set<symbol>();
	const fired = new Map<number, number>();
	return {
		active: () => active.size,
		fired: (ms) => fired.get(ms) ?? 0,
		schedule(ms, callback) {
			const timer = Symbol();
			active.add(timer);
			let cancel = (): void => {};
			const start = (): void => {
				if (!active.has(timer)) return;
				cancel = schedule(ms, () => {
					active.delete(timer);
					fired.set(ms, (fired.get(ms) ?? 0) + 1);
					callback();
				});
			};
			if (crowd.isComplete()) start();
			else void crowd.complete.then(start);
			return () => {
				active.delete(timer);
				cancel();
			};
		},
	};
}
